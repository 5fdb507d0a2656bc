#!/bin/sh
# Replaces the running version by the unpacked one: checks it first, and stops it if it does not stay up.
# The postinst runs this script; $1 is the former version, if there was one.
set -eu
# The path by which the service finds its programs.
service_path=${DAPBERRY_PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin}
# The seconds that a new version has to stay up.
proof=${DAPBERRY_PROOF:-5}
here=$(dirname "$(readlink -f "$0")")
program=$here/../dist/server/main.js
before=${1:-}
unit=dapberry.service
folder=/etc/dapberry

# fail SENTENCE...: prints each sentence as a line, and exits.
fail() {
  for line; do echo "dapberry: $line" >&2; done
  echo 'dapberry: then, to go on with this installation: sudo dpkg --configure dapberry' >&2
  [ -z "$before" ] ||
    echo "dapberry: or, to go back: sudo apt install --allow-downgrades ./dapberry_${before}_$(dpkg --print-architecture).deb" >&2
  exit 1
}

# Removes bytes that control a terminal from the output of drivers.
harmless() { LC_ALL=C sed -e 's/[^[:print:]\t\x80-\xff]/?/g' -e 's/\xc2[\x80-\x9f]/?/g'; }

# as_service COMMAND...: runs a command as the user of the service: root must not load drivers, nor give them its terminal.
as_service() { setsid --wait setpriv --reuid=dapberry --regid=dapberry --init-groups --no-new-privs "$@" </dev/null; }

state_of() { systemctl show --property="$1" --value "$unit" 2>/dev/null || true; }

# The former version goes on without a restart, although its files are replaced.
kept() {
  case $(state_of ActiveState) in
    active | reloading) echo "the ${before:+version $before }that runs goes on as it is, and was not restarted" ;;
    *) echo 'the service was not started' ;;
  esac
}

node=$(PATH=$service_path command -v node || true)
[ -n "$node" ] || fail "expected Node in $service_path, where the service looks for it, found none: sudo apt install nodejs; $(kept)"
real=$(readlink -f "$node" || true)
case $real in /home/* | /root/* | /run/user/*)
  fail "expected a Node outside of homes, which the service does not see, found $node, which is $real: sudo rm $node; $(kept)"
  ;;
esac

# The addons may be for other versions of Node; sensors without addons work all the same.
as_service "$node" "$here/load-addons.mjs" 2>&1 | harmless | sed 's/^/dapberry: note: /' >&2 || true

code=0
said=$(as_service "$node" "$program" check 2>&1) || code=$?
if [ "$code" -ne 0 ]; then
  printf '%s\n' "$said" | harmless >&2
  case $code in
    2) fail "expected a configuration in $folder that this version takes, found the above; $(kept)" "mend it: sudo -u dapberry dapberry check" ;;
    *) fail "expected that this version runs, found that \"dapberry check\" ends with the code $code and the above; $(kept)" 'this package may be damaged: install another one' ;;
  esac
fi

# Resets the counts of restarts and failures, which belong to the former version.
systemctl reset-failed "$unit" 2>/dev/null || true
# Allows the devices of the configuration before the start.
deb-systemd-invoke start dapberry-devices.service >/dev/null || true
deb-systemd-invoke restart dapberry-devices.path >/dev/null || true
deb-systemd-invoke restart "$unit" >/dev/null || true

# The service may be down on purpose (policy-rc.d, a disabled unit).
[ "$(state_of ActiveState)" != inactive ] || exit 0
sleep "$proof"
restarts=$(state_of NRestarts)
if [ "$(state_of ActiveState)" = active ] && [ "${restarts:-0}" -eq 0 ]; then exit 0; fi
found="$(state_of ActiveState) ($(state_of Result))"
# Further restarts would not help.
systemctl stop "$unit" || true
journalctl --unit="$unit" --lines=40 --no-pager --output=cat 2>/dev/null | harmless >&2 || true
fail "expected that this version starts and stays up, found it $found after $proof s, with the above in its log (journalctl -u dapberry): it was stopped" 'mend what the log tells of'
