#!/bin/sh
# Allows the running service the devices that its configuration needs and those of the administrator's drop-ins, and no others, without
# a restart.
# systemd remembers them for the next start. This script runs as root and loads neither the configuration nor its drivers:
# dapberry-device-list.service does, as the user of the service. Drivers can write anything into the list, so each line is compared
# with the few lines that the program can write.
set -eu
export LC_ALL=C
unit=dapberry.service
lister=dapberry-device-list.service
# The configuration (dapberry-devices.path), and the list of the devices that it needs (dapberry-device-list.service).
folder=${1:-/etc/dapberry}
list=${2:-/run/dapberry-devices/list}
newline='
'

# The list in $wanted, sorted, each line once.
# Reads the list once, since a process of a driver may go on writing, and neither through a link nor from a pipe, where root would read
# another file or wait.
read_list() {
  content=$(dd if="$list" iflag=nofollow,nonblock bs=1024 count=1 status=none && echo .) || {
    echo "expected the list of devices in the file $list, found no file that can be read (journalctl -u $lister): the allowed devices stay the same" >&2
    exit 1
  }
  wanted='' complete=false
  while IFS= read -r line; do
    case $complete:$line in
      'false:char-gpiochip rw' | 'false:char-i2c rw') wanted=$wanted$line$newline ;;
      false:end) complete=true ;;
      # The dot added above makes a last line without a line break visible.
      true:.) ;;
      *) refuse "$line" ;;
    esac
  done <<LIST
$content
LIST
  $complete || refuse 'the end of the file'
  wanted=$(printf %s "$wanted" | sort -u)
}

# refuse LINE: one wrong line makes the script refuse the whole list.
refuse() {
  # read_list adds the dot.
  shown=$(printf %s "${1%.}" | tr -c '[:print:]' '?' | cut -c1-60)
  echo "expected char-gpiochip rw, char-i2c rw or end in $list, found ${shown:-nothing}; a driver of the configuration has written there, or the program was ended by one (journalctl -u $lister): no device is allowed for it, and those that were allowed stay" >&2
  exit 1
}

# Prints the devices that drop-ins of the administrator allow, such as a serial port for a driver, as systemd shows them.
own_devices() {
  for file in $(systemctl show --property=DropInPaths --value "$unit"); do
    # Those that systemd has written are of this script.
    case $file in */system.control/*) ;; *) cat "$file" ;; esac
  done | awk -F= '
    /^[ \t]*DeviceAllow[ \t]*=/ {
      count = split($2, words, /[ \t\r]+/)
      path = ""; rights = "rwm"
      for (i = 1; i <= count; i++) if (words[i] != "") { if (path == "") path = words[i]; else rights = words[i] }
      # The empty value removes those before it.
      if (path == "") { all = ""; next }
      all = all path " " (rights ~ /r/ ? "r" : "") (rights ~ /w/ ? "w" : "") (rights ~ /m/ ? "m" : "") "\n"
    }
    END { printf "%s", all }
  '
}

allow() {
  systemctl restart "$lister" 2>/dev/null || {
    # A wrong configuration changes nothing: the server goes on with the former one.
    if [ "$(systemctl show --property=Result --value "$lister")" = exit-code ] &&
      [ "$(systemctl show --property=ExecMainStatus --value "$lister")" = 2 ]; then
      # The server says what is wrong; no unit counts as failed for it.
      systemctl reset-failed "$lister"
      echo 'the configuration is wrong (dapberry check shows why): the allowed devices stay the same'
      return 0
    fi
    echo "expected $lister to list the devices that the configuration needs, found that it failed (journalctl -u $lister shows why): the allowed devices stay the same" >&2
    exit 1
  }
  read_list
  wanted=$(printf '%s\n' "$wanted" "$(own_devices)" | sed '/^$/d' | sort -u)

  # Both in systemd's own order; the read-only entry of the clock comes from ProtectClock=.
  allowed=$(systemctl show --property=DeviceAllow --value "$unit" | grep -v '^char-rtc ' | sort -u || true)
  if [ "$wanted" != "$allowed" ]; then
    # The empty value removes the devices that were allowed before.
    set -- DeviceAllow=
    while read -r device; do
      [ -z "$device" ] || set -- "$@" "DeviceAllow=$device"
    done <<LIST
$wanted
LIST
    # On a read-only root systemd cannot remember the devices, but can allow them.
    systemctl set-property "$unit" "$@" || systemctl set-property --runtime "$unit" "$@"
    echo "allowed devices: $(echo "${wanted:-none}" | tr '\n' ',' | sed 's/,$//')"
  fi

  # The service was down because of its configuration, which is right now.
  if systemctl --quiet is-failed "$unit"; then
    systemctl reset-failed "$unit"
    systemctl start --no-block "$unit"
  fi
}

# Changes with every save, also with the same content.
state() { find -L "$folder" -printf '%p %i %s %C@\n' 2>/dev/null | sort || true; }

# Stopping it removes the list and ends processes that a driver has started.
trap 'systemctl stop "$lister"' EXIT

# systemd ignores changes while this script runs (systemd.path, PathChanged=), so the script looks for further changes itself.
for round in 1 2 3 4 5; do
  before=$(state)
  allow
  # Before the last look, which only the end of this script may follow.
  systemctl stop "$lister"
  if [ "$(state)" = "$before" ]; then
    trap - EXIT
    exit 0
  fi
done
echo "the configuration keeps changing: read it $round times, and will read it again after the next change"
