# Takes over from the Debian package, installed or removed, and refuses to install beside one that is half-installed.
# shellcheck shell=bash

# Prints dpkg's state of the package; nothing if dpkg does not know it.
package_state() { dpkg-query --admindir="$ROOT/var/lib/dpkg" -W -f '${db:Status-Status}' dapberry 2>/dev/null || true; }

# Both ways together would have two of each unit; a half-installed package may be completed at any time.
check_package() {
  local state
  state=$(package_state)
  case $state in
    '' | not-installed | config-files) ;;
    installed)
      ! $UNINSTALL || die 'dapberry is installed as a Debian package: remove it with apt (sudo apt remove dapberry)'
      [ -z "$ROOT" ] || die 'dapberry is installed as a Debian package: upgrade it with apt, or remove it first (sudo apt remove dapberry)'
      ;;
    half-installed)
      die "expected no Debian package of dapberry, found one that is $state; this removes it: sudo dpkg --remove --force-remove-reinstreq dapberry"
      ;;
    *)
      die "expected no Debian package of dapberry, found one that is $state; this removes it and keeps the configuration: sudo apt remove dapberry (and this finishes it, to be upgraded with apt: sudo apt -f install)"
      ;;
  esac
}

has_package() { [ "$(package_state)" = installed ]; }
# Succeeds if the package was removed but not purged.
has_remains() { [ "$(package_state)" = config-files ]; }

# The scripts of the package work on their own machine, and the steps below need a mount of their own.
check_remains() {
  has_package || has_remains || return 0
  if [ -n "$ROOT" ] || { [ "$(id -u)" -eq 0 ] && ! unshare --mount true 2>/dev/null; }; then
    die "expected no Debian package of dapberry, found one that $(has_package && echo is installed || echo was removed and not purged); a purge later would take the configuration away. On ${ROOT:+the system of }${ROOT:-this system}, this purges it now and keeps the configuration: sudo mv /etc/dapberry /etc/dapberry.kept && sudo apt purge dapberry && sudo mv /etc/dapberry.kept /etc/dapberry"
  fi
}

# The records of the package name the user and groups that it has created; from here on they are records of install.sh.
adopt_accounts() {
  local line
  { has_package || has_remains; } && ! $DRY_RUN || return 0
  while IFS= read -r line; do
    undo forget "$line"
    remember "$line"
  done < <(grep -vxF "$(cat "$MADE" 2>/dev/null || true)" /var/lib/dapberry-package/made 2>/dev/null || true)
}

# Units in /etc come before those of the package, whose service goes on until start_service. The administrator's drop-ins are for both.
leave_package() {
  ! has_package || own_wants /etc/systemd/system
  if has_package || has_remains; then readdress "${PACKAGE_PATHS[@]}" "${ARCHIVE_PATHS[@]}"; fi
}

# The last steps, when the service is healthy, since dpkg cannot undo them.
take_over_package() {
  ! has_package || step 'remove the Debian package; /etc/dapberry and the history stay' remove_beside
  ! has_remains || step 'have dpkg forget the package that was removed; /etc/dapberry stays' purge_beside
}

# The scripts of the package leave the service alone if they find this installation. Those of its first version stop it.
remove_beside() {
  with_dpkg dpkg --remove dapberry
  install_configuration
  systemctl is-active --quiet dapberry.service || systemctl start dapberry-devices.path dapberry.service
}

# dpkg deletes the configuration without asking. So dpkg, and no other program, sees another folder in its place meanwhile.
purge_beside() {
  local empty
  empty=$(mktemp -d "$KEPT/empty.XXXXXX")
  # shellcheck disable=SC2016 # variables of the inner shell
  with_dpkg unshare --mount sh -c 'mount --bind "$1" /etc/dapberry && exec dpkg --purge dapberry' sh "$empty"
}

# with_dpkg COMMAND...: waits while another program is installing packages.
with_dpkg() {
  local end=$((SECONDS + 300))
  until LC_ALL=C "$@" >"$KEPT/dpkg" 2>&1; do
    if ! grep -q 'lock' "$KEPT/dpkg" || [ "$SECONDS" -ge "$end" ]; then
      cat "$KEPT/dpkg" >&2
      die "expected that dpkg can remove the package ($(words "$@")), found the above; the installation itself is complete"
    fi
    sleep 5
  done
}

# Removes the records of the package, for a purge that removes the configuration too.
remove_remains() {
  has_remains || return 0
  if $PURGE && [ -z "$ROOT" ]; then
    step 'purge the Debian package that was removed (dpkg --purge dapberry)' dpkg --purge dapberry
  else
    note 'a Debian package of dapberry was removed and not purged; this takes away what it left, with the configuration: sudo apt purge dapberry'
  fi
}
