# Moves files of the system between an installation by install.sh and the Debian package. Source it after steps.sh.
# shellcheck shell=bash

UNITS_OF_BOTH=(dapberry.service dapberry-devices.service dapberry-devices.path dapberry-device-list.service dapberry.socket dapberry-pull@.service)

# put_away PATH: removes a file or link; the undoing gives it back.
put_away() {
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then return 0; fi
  give_back_later "$1"
  CHANGED=true
  step "remove $1" rm -f "$1"
}

# readdress FROM FOLDER TO FOLDER: rewrites the command of one installation, and the folder of its program, into those of the other
# in the drop-ins of the units. An ExecStart= of the administrator, which gives the service a port for example, stays in force. A drop-in
# keeps its owner and its rights, since it may hold secrets.
readdress() {
  local from=$1 from_folder=$2 to=$3 to_folder=$4 file new
  for file in /etc/systemd/system/dapberry*.d/*.conf; do
    [ -f "$file" ] && grep -qE "(^|[^A-Za-z0-9_./-])($from|$from_folder)(\$|[^A-Za-z0-9_.-])" "$file" || continue
    new=$(mktemp "$KEPT/drop-in.XXXXXX")
    sed -E "s#(^|[^A-Za-z0-9_./-])$from(\$|[^A-Za-z0-9_./-])#\\1$to\\2#g; s#(^|[^A-Za-z0-9_./-])$from_folder(\$|[^A-Za-z0-9_.-])#\\1$to_folder\\2#g" "$file" >"$new"
    cmp -s "$new" "$file" && continue
    # The place of a file that a link names.
    file=$(readlink -f "$file")
    CHANGED=true
    give_back_later "$file"
    step "write $file" write_content "$new" "$file"
  done
}

write_content() {
  cp -p "$2" "$2.new"
  cat "$1" >"$2.new"
  sync "$2.new"
  mv -fT "$2.new" "$2"
}

# own_wants FOLDER: has the links that start the units with the machine lead to the units in FOLDER; no unit is enabled or disabled.
own_wants() {
  local link unit
  for link in /etc/systemd/system/multi-user.target.wants/dapberry* /etc/systemd/system/sockets.target.wants/dapberry.socket; do
    [ -L "$link" ] || continue
    unit=${link##*/}
    # The unit of dapberry-pull@roof.service is dapberry-pull@.service.
    case $unit in *@*) unit=${unit%%@*}@.service ;; esac
    put_link "$1/$unit" "$link"
  done
}

# The paths of both, as arguments for readdress.
ARCHIVE_PATHS=(/usr/local/bin/dapberry /opt/dapberry/current)
PACKAGE_PATHS=(/usr/bin/dapberry /var/lib/dapberry-package/current)
