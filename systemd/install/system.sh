# Adds the user, the groups, the rules for devices, the units, the configuration and the command to the system.
# shellcheck shell=bash

# The enabled units. One of them starts the list of devices; the socket is an option.
UNITS=(dapberry.service dapberry-devices.service dapberry-devices.path)
PULL_UNIT=dapberry-pull@.service
ALL_UNITS=("${UNITS[@]}" dapberry-device-list.service dapberry.socket "$PULL_UNIT")
DROP_IN=$ROOT/etc/systemd/system/dapberry.service.d/port.conf
COMMAND=$ROOT/usr/local/bin/dapberry
# The folder in which systemd remembers the devices of allow-devices.sh.
CONTROL=$ROOT/etc/systemd/system.control/dapberry.service.d
RULES=$ROOT/etc/udev/rules.d/60-dapberry.rules
# The folder that systemd makes for the service (StateDirectory=), with the history in it.
STATE=$ROOT/var/lib/dapberry
# The folder with the files of dapberry-pull@ (StateDirectory=).
PULLED=$ROOT/var/lib/dapberry-pull
# The record of the user and groups that the installer has created, for the uninstallation.
MADE=$ROOT/opt/dapberry/made

# With --root, uses the files of that system.
IN_ROOT=()
[ -z "$ROOT" ] || IN_ROOT=(--prefix "$ROOT")

has_group() { grep -q "^$1:" "$ROOT/etc/group" 2>/dev/null; }
has_user() { grep -q "^$1:" "$ROOT/etc/passwd" 2>/dev/null; }
in_group() { sed -n "s/^$2:[^:]*:[^:]*://p" "$ROOT/etc/group" 2>/dev/null | tr , '\n' | grep -x "$1" >/dev/null; }

install_user() {
  local group
  put_folder "$ROOT/opt/dapberry"
  adopt_accounts
  # The service runs in the first group, which an existing user may lack. Debian, unlike Raspberry Pi OS, does not have the others.
  for group in dapberry gpio i2c; do
    has_group "$group" && continue
    undo remove_group "$group"
    step "make the group $group" groupadd "${IN_ROOT[@]}" --system "$group"
    undo forget "group $group"
    $DRY_RUN || remember "group $group"
  done
  if ! has_user dapberry; then
    undo remove_user
    undo forget 'user dapberry'
    $DRY_RUN || remember 'user dapberry'
    step 'make the user dapberry' useradd "${IN_ROOT[@]}" --system --no-user-group --gid dapberry --no-create-home \
      --home-dir /nonexistent --shell /usr/sbin/nologin --comment dapberry dapberry
  fi
  for group in gpio i2c; do
    in_group dapberry "$group" && continue
    CHANGED=true
    undo leave_group "$group"
    undo forget "member $group"
    $DRY_RUN || remember "member $group"
    step "take dapberry into the group $group" usermod "${IN_ROOT[@]}" --append --groups "$group" dapberry
  done
}

# The file lists the created users and groups, one a line.
remember() { grep -qxF "$1" "$MADE" 2>/dev/null || printf '%s\n' "$1" >>"$MADE"; }
# made KIND: prints the names of that kind.
made() { sed -n "s/^$1 //p" "$MADE" 2>/dev/null || true; }
forget() {
  grep -vxF "$1" "$MADE" >"$MADE.new" || true
  if [ -s "$MADE.new" ]; then mv "$MADE.new" "$MADE"; else rm -f "$MADE.new" "$MADE"; fi
}

leave_group() { if has_user dapberry; then gpasswd_in_root "$1"; fi; }
gpasswd_in_root() { gpasswd ${ROOT:+--root "$ROOT"} --delete dapberry "$1" >/dev/null; }
remove_user() {
  has_user dapberry || return 0
  # userdel would remove the group of the same name, which may have existed before.
  usermod "${IN_ROOT[@]}" --gid nogroup dapberry
  # userdel reports that the group stays.
  userdel "${IN_ROOT[@]}" dapberry 2>"$KEPT/userdel" || {
    cat "$KEPT/userdel" >&2
    return 1
  }
}
remove_group() { if has_group "$1"; then groupdel "${IN_ROOT[@]}" "$1"; fi; }

# others_in GROUP: prints its members and the users whose first group it is, without the created user.
others_in() {
  local number
  number=$(sed -n "s/^$1:[^:]*:\([0-9]*\):.*/\1/p" "$ROOT/etc/group")
  {
    sed -n "s/^$1:[^:]*:[^:]*://p" "$ROOT/etc/group" | tr , '\n' | sed '/^dapberry$/d'
    awk -F: -v number="$number" -v made="$(made user)" '$4 == number && $1 != made { print $1 }' "$ROOT/etc/passwd"
  } | sed '/^$/d' | LC_ALL=C sort -u
}

install_rules() {
  local changed=$CHANGED
  CHANGED=false
  put_own dapberry.rules "$RULES"
  if $CHANGED && [ -z "$ROOT" ] && [ -d /run/udev ]; then step 'apply the rules to the devices that are there' apply_rules; fi
  CHANGED=$changed
}

# put_own NAME TARGET: puts a file of the program into the system. One that was changed there by hand is kept beside it.
put_own() {
  local name=$1 target=$2 former=$HOME_FOLDER/current/systemd/$1 kept number=
  if [ -f "$target" ] && ! cmp -s "$former" "$target" && ! cmp -s "$SOURCE/systemd/$name" "$target"; then
    kept=$target.old
    while [ -e "$kept" ] || [ -L "$kept" ]; do
      number=$((${number:-1} + 1))
      kept=$target.old$number
    done
    undo rm -f "$kept"
    step "keep $target as $kept" cp -a "$target" "$kept"
    note "$target was changed by hand and is replaced; make the change in a file of your own, such as a drop-in (sudo systemctl edit dapberry), which stays"
  fi
  put_file "$SOURCE/systemd/$name" "$target"
}

apply_rules() {
  udevadm control --reload
  udevadm trigger --action=change --subsystem-match=gpio --subsystem-match=i2c-dev --subsystem-match=w1
  udevadm settle --timeout=30 || true
}

install_configuration() {
  local folder=$ROOT/etc/dapberry
  put_folder "$folder"
  # An existing file belongs to the administrator, and so does a link to one that is not there now.
  [ -e "$folder/config.yaml" ] || [ -L "$folder/config.yaml" ] || put_file "$SOURCE/systemd/config.starter.yaml" "$folder/config.yaml"
  put_link /opt/dapberry/current/systemd/config.schema.json "$folder/config.schema.json"
}

install_units() {
  local unit
  for unit in "${ALL_UNITS[@]}"; do put_own "$unit" "$ROOT/etc/systemd/system/$unit"; done
  case $PORT in
    '') ;;
    default) remove_port ;;
    *) put_text "$(port_text "$PORT")" "$DROP_IN" ;;
  esac
  put_link /opt/dapberry/current/dist/server/main.js "$COMMAND"
}

# Drop-ins of the administrator stay.
remove_port() {
  [ -e "$DROP_IN" ] || return 0
  CHANGED=true
  give_back_later "$DROP_IN"
  step "remove $DROP_IN" rm -f "$DROP_IN"
  $DRY_RUN || ! rmdir "${DROP_IN%/*}" 2>/dev/null || undo mkdir -m 0755 "${DROP_IN%/*}"
}

# A port below 1024 needs a capability.
port_text() {
  printf '# On which port does this machine serve? Said to install.sh --port; it comes before server.port of the configuration.\n\n'
  printf '[Service]\nExecStart=\nExecStart=/usr/local/bin/dapberry serve --port %s\n' "$1"
  [ "$1" -ge 1024 ] || printf 'AmbientCapabilities=CAP_NET_BIND_SERVICE\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\n'
}
