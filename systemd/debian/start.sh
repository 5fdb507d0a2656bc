#!/bin/bash
# Replaces the running version by the unpacked one, as install.sh does, and restores the former one if the new one does not become healthy.
# The postinst runs it, with the version that was configured before if there was one: `start.sh configure [VERSION]`. When apt has
# replaced Node, it is `start.sh triggered`.
set -euo pipefail
# The path by which the service finds its programs.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 022

ACTION=$1
CONFIGURED=${2:-}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
SOURCE=$(dirname "$HERE")
# Each version is a folder of hard links there, and the link `current` leads to the one that runs. dpkg replaces the files in SOURCE
# while the service goes on with the former ones.
HOME_FOLDER=/var/lib/dapberry-package
VERSION=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$SOURCE/package.json")
LINKS=true DRY_RUN=false ROOT='' TELLER=dapberry
SERVICE_COMMAND=/usr/bin/dapberry
MADE=$HOME_FOLDER/made
# shellcheck source=systemd/install/steps.sh
. "$HERE/install/steps.sh"
# shellcheck source=systemd/install/node.sh
. "$HERE/install/node.sh"
# shellcheck source=systemd/install/program.sh
. "$HERE/install/program.sh"
# shellcheck source=systemd/install/port.sh
. "$HERE/install/port.sh"
# shellcheck source=systemd/install/health.sh
. "$HERE/install/health.sh"
# shellcheck source=systemd/install/move.sh
. "$HERE/install/move.sh"
# shellcheck source=systemd/debian/takeover.sh
. "$HERE/takeover.sh"

# apt's own lines say enough of what succeeds.
step() {
  shift
  "$@"
}
unchanged() { echo 'nothing was changed'; }
note() { printf 'dapberry: note: %s\n' "$*" >&2; }

# The service may be down on purpose (policy-rc.d, a disabled unit).
invoke() { deb-systemd-invoke "$@" >/dev/null 2>&1 || true; }

# Has the service run the version that `current` leads to; $1 is its version. Succeeds also if the service is down on purpose.
restart_with() {
  local former job
  former=$(state_of MainPID)
  systemctl --system daemon-reload
  # Restarts are counted from here.
  reset_failures
  invoke start dapberry-devices.service
  invoke restart dapberry-devices.path
  # It returns when the service is ready, which a broken version never is.
  invoke restart dapberry.service &
  job=$!
  # Between the stop and the start it is inactive for a moment.
  while { [ "$(state_of MainPID)" = "$former" ] || [ "$(state_of ActiveState)" = inactive ]; } && kill -0 "$job" 2>/dev/null; do sleep 0.2; done
  [ "$(state_of ActiveState)" != inactive ] || return 0
  VERSION=$1 wait_until_healthy
}

# The version that the service runs until now, and where its files are; empty if there is none.
FORMER=
FORMER_FOLDER=
find_former() {
  local folder
  for folder in "$HOME_FOLDER/current" /opt/dapberry/current; do
    [ -e "$folder/package.json" ] || continue
    FORMER_FOLDER=$(readlink -f "$folder")
    FORMER=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$folder/package.json")
    return
  done
}

# The units and rules are files of the package, which a restored version replaces by its own.
put_units() {
  local file
  for file in "$1"/systemd/units/*; do
    [ -f "$file" ] || continue
    case $file in
      *.rules) put_file "$file" "/usr/lib/udev/rules.d/60-${file##*/}" ;;
      *) put_file "$file" "/usr/lib/systemd/system/${file##*/}" ;;
    esac
  done
}

# Undone last, when the link and the units of install.sh are as before.
RESTARTED=false
start_again() {
  $RESTARTED || return 0
  if [ -z "$FORMER_FOLDER" ]; then
    # There is nothing to go back to, and further restarts would not help.
    systemctl stop dapberry.service || true
    return
  fi
  put_units "$FORMER_FOLDER"
  (restart_with "$FORMER") >/dev/null 2>&1 || true
}

after_failure() {
  local now
  now=$(state_of ActiveState)
  if ! was_up "$now"; then
    echo 'dapberry: the service does not run' >&2
  elif [ "$ACTION" = triggered ] && $RESTARTED; then
    echo "dapberry: version ${FORMER:-$VERSION} was restarted with Node $(node_here), and does not answer: journalctl -u dapberry" >&2
  elif $RESTARTED && [ -n "$FORMER" ]; then
    if (VERSION=$FORMER && answers_now); then
      echo "dapberry: version $FORMER was restored and serves again" >&2
    else
      echo "dapberry: version $FORMER was restored, and does not answer yet: journalctl -u dapberry" >&2
    fi
  else
    echo "dapberry: version ${FORMER:-before} goes on, and was not restarted" >&2
  fi
  echo 'dapberry: when the cause is mended, this goes on with the installation: sudo dpkg --configure dapberry' >&2
  [ "$ACTION" != configure ] || [ -z "$CONFIGURED" ] ||
    echo "dapberry: and this goes back: sudo apt install --allow-downgrades dapberry=$CONFIGURED, or ./dapberry_${CONFIGURED}_$(dpkg --print-architecture).deb in place of dapberry=$CONFIGURED" >&2
}
answers_now() { is_healthy "$(addresses | sed -n '1{s/localhost/127.0.0.1/;p}')"; }

# Going back to the version that a failed upgrade has left running needs no restart.
runs_already() { [ "$BEFORE" = "versions/${PROGRAM##*/}" ] && ! $CHANGED && [ "$(state_of ActiveState)" = active ] && answers_now; }

configure() {
  local before=$FORMER_FOLDER
  undo start_again
  check_service_node
  # Addons may be for other versions of Node; sensors without addons work all the same.
  tell_addons_of "$SOURCE"
  install_program
  check_configuration
  give_way_to_package
  put_units "$PROGRAM"
  switch_program
  if runs_already; then
    systemctl --system daemon-reload
  else
    RESTARTED=true
    restart_with "$VERSION"
  fi
  keep_steps
  # The files of the former version go.
  systemctl try-restart 'dapberry-pull@*.service' || true
  forget_archive
  remove_old_programs
  [ -n "$CONFIGURED" ] || [ -n "$before" ] || tell_addresses
}

# apt has replaced the file of the running Node, which the process goes on with until its next start.
node_changed() {
  local process code=0
  process=$(state_of MainPID)
  case $(readlink "/proc/$process/exe" 2>/dev/null || true) in *' (deleted)') ;; *) return 0 ;; esac
  check_service_node
  PROGRAM=$(readlink -f "$HOME_FOLDER/current" || true)
  [ -e "$PROGRAM/package.json" ] || PROGRAM=$SOURCE
  # What does not load with the new Node works until the next start.
  tell_addons_of "$PROGRAM"
  if [ "$ADDONS_MISSING" -gt 0 ]; then
    note 'the service was not restarted, and goes on with the former Node until it is'
    return
  fi
  as_service node "$PROGRAM/dist/server/main.js" check >"$KEPT/check" 2>&1 || code=$?
  # A mistake in the configuration, for which the service is not restarted either.
  [ "$code" -ne 2 ] || return 0
  if [ "$code" -ne 0 ]; then
    harmless <"$KEPT/check" >&2
    die "expected that dapberry runs with Node $(node_here), found that \"dapberry check\" ends with the code $code and the above; the service goes on with the former Node until it is restarted"
  fi
  RESTARTED=true
  restart_with "${FORMER:-$VERSION}"
}

begin_steps
find_former
case $ACTION in
  configure) configure ;;
  triggered) node_changed ;;
  *) die "expected configure or triggered, found $ACTION" ;;
esac
