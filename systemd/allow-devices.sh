#!/bin/sh
# Lets the running service open the devices that its configuration needs, and no others, without a restart; systemd remembers it for the next start.
# This runs as root, and loads neither the configuration nor its drivers: dapberry-device-list.service does, as the service's user. Those drivers
# can write whatever they like into the list, so each line of it is compared with the few that the program can ask for.
set -eu
export LC_ALL=C
unit=dapberry.service
lister=dapberry-device-list.service
# Where the configuration is (dapberry-devices.path), and the list of what it needs (dapberry-device-list.service).
folder=${1:-/etc/dapberry}
list=${2:-/run/dapberry-devices/list}
newline='
'

# The list in $wanted, sorted, each line once.
# It is read once, since a process of a driver may go on writing; and neither through a link nor from a pipe, where root would read another file or wait.
read_list() {
  content=$(dd if="$list" iflag=nofollow,nonblock bs=1024 count=1 status=none && echo .) || {
    echo "expected the list of devices in $list, a file, found none that can be read (journalctl -u $lister): allowed devices stay as they are" >&2
    exit 1
  }
  wanted='' complete=false
  while IFS= read -r line; do
    case $complete:$line in
      'false:char-gpiochip rw' | 'false:char-i2c rw') wanted=$wanted$line$newline ;;
      false:end) complete=true ;;
      # What is added above, so that a last line without a line break is seen.
      true:.) ;;
      *) refuse "$line" ;;
    esac
  done <<LIST
$content
LIST
  $complete || refuse 'the end of the file'
  wanted=$(printf %s "$wanted" | sort -u)
}

# refuse LINE: one that is wrong makes all of them doubtful.
refuse() {
  # The dot is what read_list adds.
  shown=$(printf %s "${1%.}" | tr -c '[:print:]' '?' | cut -c1-60)
  echo "expected char-gpiochip rw, char-i2c rw or end in $list, found ${shown:-nothing}; a driver of the configuration has written there, or the program was ended by one (journalctl -u $lister): no device is allowed for it, and those that were allowed stay" >&2
  exit 1
}

allow() {
  systemctl restart "$lister" 2>/dev/null || {
    # A wrong configuration changes nothing: the server goes on with the one before.
    if [ "$(systemctl show --property=Result --value "$lister")" = exit-code ] &&
      [ "$(systemctl show --property=ExecMainStatus --value "$lister")" = 2 ]; then
      echo 'the configuration is wrong (dapberry check tells why): allowed devices stay as they are'
      return 0
    fi
    echo "expected that $lister lists the devices that the configuration needs, found that it failed (journalctl -u $lister tells why): allowed devices stay as they are" >&2
    exit 1
  }
  read_list

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

# The list goes with it, and what a driver has left running.
trap 'systemctl stop "$lister"' EXIT

# systemd does not watch for changes while this runs, nor makes up for them (systemd.path, PathChanged=): what was saved meanwhile is looked at here.
for round in 1 2 3 4 5; do
  before=$(state)
  allow
  [ "$(state)" != "$before" ] || exit 0
done
echo "the configuration goes on changing: looked at it $round times, and again when it changes next"
