# What becomes of a Debian package of it? One that is there is left alone; what a removed one left is taken over, since its purge would take the configuration away.
# shellcheck shell=bash

# As dpkg has it; nothing where it knows of none.
package_state() { dpkg-query --admindir="$ROOT/var/lib/dpkg" -W -f '${db:Status-Status}' dapberry 2>/dev/null || true; }

# Both ways at once would have two of each unit; one that is half there may be finished any time.
check_package() {
  local state
  state=$(package_state)
  case $state in
    '' | not-installed | config-files) ;;
    installed) die 'dapberry is installed as a Debian package: upgrade it with apt, or remove it first (sudo apt remove dapberry)' ;;
    half-installed)
      die "expected no Debian package of dapberry, found one that is $state; this removes it: sudo dpkg --remove --force-remove-reinstreq dapberry"
      ;;
    *)
      die "expected no Debian package of dapberry, found one that is $state; this removes it and keeps the configuration: sudo apt remove dapberry (and this finishes it, to be upgraded with apt: sudo apt -f install)"
      ;;
  esac
}

# Whether it was removed and not purged.
has_remains() { [ "$(package_state)" = config-files ]; }

# Its scripts are for the machine that they are on, and what is done below needs a mount of its own.
check_remains() {
  has_remains || return 0
  if [ -n "$ROOT" ] || { [ "$(id -u)" -eq 0 ] && ! unshare --mount true 2>/dev/null; }; then
    die "expected no Debian package of dapberry, found one that was removed and not purged; a purge later would take the configuration away. On ${ROOT:+the system of }${ROOT:-this system}, this purges it now and keeps the configuration: sudo mv /etc/dapberry /etc/dapberry.kept && sudo apt purge dapberry && sudo mv /etc/dapberry.kept /etc/dapberry"
  fi
}

# The user and the groups that it made are known by what it remembers, and are install.sh's own from here on.
adopt_accounts() {
  local line
  has_remains && ! $DRY_RUN || return 0
  while IFS= read -r line; do
    undo forget "$line"
    remember "$line"
  done < <(grep -vxF "$(cat "$MADE" 2>/dev/null || true)" /var/lib/dapberry/made 2>/dev/null || true)
}

# The last step, when all is well, since dpkg cannot take it back.
take_over_remains() {
  ! has_remains || step 'have dpkg forget the package that was removed; /etc/dapberry stays' purge_beside
}

# dpkg deletes the configuration before it asks anybody: where it looks, another folder is for that time, and for dpkg alone.
purge_beside() {
  local empty end=$((SECONDS + 300))
  empty=$(mktemp -d "$KEPT/empty.XXXXXX")
  # shellcheck disable=SC2016 # the inner shell's own
  until LC_ALL=C unshare --mount sh -c 'mount --bind "$1" /etc/dapberry && exec dpkg --purge dapberry' sh "$empty" >"$KEPT/dpkg" 2>&1; do
    # Others install something.
    if ! grep -q 'lock' "$KEPT/dpkg" || [ "$SECONDS" -ge "$end" ]; then
      cat "$KEPT/dpkg" >&2
      die 'expected that dpkg can purge the package that was removed (dpkg --purge dapberry), found the above'
    fi
    sleep 5
  done
}

# What a purge of everything takes along; the configuration goes with it.
remove_remains() {
  has_remains || return 0
  if $PURGE && [ -z "$ROOT" ]; then
    step 'purge the Debian package that was removed (dpkg --purge dapberry)' dpkg --purge dapberry
  else
    note 'a Debian package of dapberry was removed and not purged; this takes away what it left, with the configuration: sudo apt purge dapberry'
  fi
}
