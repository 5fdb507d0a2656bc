#!/bin/sh
# Lets the running service open the devices that its configuration needs, and no others, without a restart; remembered for the next start.
set -eu
here=$(dirname "$(readlink -f "$0")")
unit=dapberry.service
# Where the configuration is (dapberry-devices.path).
folder=${1:-/etc/dapberry}

command -v node >/dev/null || {
  echo 'expected Node to read the configuration with, found none' >&2
  exit 1
}

# As the service does it, not as root: drivers that the configuration names are programs, and they are loaded for this.
as_service='setpriv --reuid=dapberry --regid=dapberry --init-groups --no-new-privs'

allow() {
  # A wrong configuration changes nothing: the server goes on with the one before.
  # shellcheck disable=SC2086 # words
  wanted=$($as_service node "$here/../dist/server/main.js" devices 2>/dev/null) || {
    echo "the configuration is wrong (dapberry check tells why): allowed devices stay as they are"
    return 0
  }

  # Each in systemd's own order; the clock's read-only entry comes from ProtectClock=.
  allowed=$(systemctl show --property=DeviceAllow --value "$unit" | grep -v '^char-rtc ' | sort || true)
  if [ "$wanted" != "$allowed" ]; then
    # The empty one takes away what was allowed before.
    set -- DeviceAllow=
    while read -r device; do
      [ -z "$device" ] || set -- "$@" "DeviceAllow=$device"
    done <<LIST
$wanted
LIST
    # A root that became read-only cannot remember it, but can allow it.
    systemctl set-property "$unit" "$@" || systemctl set-property --runtime "$unit" "$@"
    echo "allowed devices: $(echo "${wanted:-none}" | tr '\n' ',' | sed 's/,$//')"
  fi

  # It was down for its configuration, which is right now.
  if systemctl --quiet is-failed "$unit"; then
    systemctl reset-failed "$unit"
    systemctl start --no-block "$unit"
  fi
}

# Changes with everything that is saved there, also where the content is that of before.
state() { find -L "$folder" -printf '%p %i %s %C@\n' 2>/dev/null | sort || true; }

# systemd does not watch for changes while this runs, nor makes up for them (systemd.path, PathChanged=): what was saved meanwhile is looked at here.
for round in 1 2 3 4 5; do
  before=$(state)
  allow
  [ "$(state)" != "$before" ] || exit 0
done
echo "the configuration goes on changing: looked at it $round times, and again when it changes next"
