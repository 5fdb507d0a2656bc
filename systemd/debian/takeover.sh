# Takes over from an installation by install.sh, whose units, command and rules would come before those of the package.
# shellcheck shell=bash

has_archive() { [ -e /opt/dapberry/current ]; }

# The installation goes on until the service is restarted, and does so again if the package is not healthy then.
give_way_to_package() {
  local unit
  has_archive || return 0
  own_wants /usr/lib/systemd/system
  for unit in "${UNITS_OF_BOTH[@]}"; do
    # A link to /dev/null is a mask of the administrator.
    [ -L "/etc/systemd/system/$unit" ] || put_away "/etc/systemd/system/$unit"
  done
  readdress "${ARCHIVE_PATHS[@]}" "${PACKAGE_PATHS[@]}"
  put_away /etc/udev/rules.d/60-dapberry.rules
  case $(readlink /usr/local/bin/dapberry || true) in /opt/dapberry/*) put_away /usr/local/bin/dapberry ;; esac
  put_link "$SOURCE/systemd/config.schema.json" /etc/dapberry/config.schema.json
}

# The last step, when the package is healthy.
forget_archive() {
  local line
  has_archive || return 0
  # The user and groups that it has created are removed by a purge of the package.
  while IFS= read -r line; do
    grep -qxF "$line" "$MADE" 2>/dev/null || printf '%s\n' "$line" >>"$MADE"
  done < <(cat /opt/dapberry/made 2>/dev/null || true)
  rm -rf /opt/dapberry
  if grep -qs '^# dapberry: begin' /boot/firmware/config.txt /boot/config.txt; then
    note 'what install.sh --enable-* has written into config.txt stays'
  fi
}
