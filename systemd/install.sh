#!/usr/bin/env bash
# Installs, upgrades or uninstalls dapberry on Raspberry Pi OS or Debian, and undoes all steps if one fails.
set -euo pipefail
# The path by which the service finds its programs.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 022

usage() {
  cat <<'TEXT'
usage: sudo ./systemd/install.sh [OPTIONS]

Installs this version of dapberry, or upgrades to it, starts it, and prints
its addresses. An upgrade that fails its health check is rolled back.

  --dry-run        print the steps and change nothing
  --enable-i2c     switch I2C on (config.txt, module i2c-dev)
  --enable-1wire   switch 1-Wire on, at GPIO 4 (config.txt)
  --enable-spi     switch SPI on (config.txt)
  --port N         serve on this port, 1 to 65535, also below 1024;
                   `--port default` removes that again
  --root DIR       install into a system that is mounted there, such as the
                   card of a Pi; nothing is started
  --uninstall      remove everything but the configuration and the history
  --purge          remove everything but the history
  --help           print this
TEXT
}

ARGUMENTS=("$@")
DRY_RUN=false
UNINSTALL=false
PURGE=false
ENABLE=()
PORT=
ROOT=
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) DRY_RUN=true ;;
    --enable-i2c) ENABLE+=(i2c) ;;
    --enable-1wire) ENABLE+=(1wire) ;;
    --enable-spi) ENABLE+=(spi) ;;
    --uninstall) UNINSTALL=true ;;
    --purge) UNINSTALL=true PURGE=true ;;
    --port | --port=* | --root | --root=*)
      option=${1%%=*}
      if [ "$option" = "$1" ]; then
        [ $# -ge 2 ] || { echo "install.sh: $1: expected a value, found none" >&2; exit 2; }
        shift
        value=$1
      else
        value=${1#*=}
      fi
      # A variable without a value, as in --root "$CARD", must not mean this machine.
      [ -n "$value" ] || { echo "install.sh: $option: expected a value, found an empty one" >&2; exit 2; }
      if [ "$option" = --port ]; then PORT=$value; else ROOT=$value; fi
      ;;
    --help | -h)
      usage
      exit
      ;;
    *)
      echo "install.sh: expected one of these options, found $1" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift
done
if [ -n "$PORT" ] && [ "$PORT" != default ] && { ! [[ $PORT =~ ^[0-9]{1,5}$ ]] || [ "$PORT" -lt 1 ] || [ "$PORT" -gt 65535 ]; }; then
  echo "install.sh: --port: expected a number from 1 to 65535 or default, found $PORT" >&2
  exit 2
fi
if [ -n "$ROOT" ]; then
  [ -d "$ROOT/etc" ] || { echo "install.sh: --root: expected a folder with a system, found none at $ROOT" >&2; exit 2; }
  ROOT=$(cd "$ROOT" && pwd)
fi

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
VERSION=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$SOURCE/package.json")
# shellcheck source=systemd/install/steps.sh
. "$SOURCE/systemd/install/steps.sh"
# shellcheck source=systemd/install/node.sh
. "$SOURCE/systemd/install/node.sh"
# shellcheck source=systemd/install/machine.sh
. "$SOURCE/systemd/install/machine.sh"
# shellcheck source=systemd/install/move.sh
. "$SOURCE/systemd/install/move.sh"
# shellcheck source=systemd/install/package.sh
. "$SOURCE/systemd/install/package.sh"
# shellcheck source=systemd/install/program.sh
. "$SOURCE/systemd/install/program.sh"
# shellcheck source=systemd/install/system.sh
. "$SOURCE/systemd/install/system.sh"
# shellcheck source=systemd/install/boot.sh
. "$SOURCE/systemd/install/boot.sh"
# shellcheck source=systemd/install/port.sh
. "$SOURCE/systemd/install/port.sh"
# shellcheck source=systemd/install/health.sh
. "$SOURCE/systemd/install/health.sh"
# shellcheck source=systemd/install/service.sh
. "$SOURCE/systemd/install/service.sh"
# shellcheck source=systemd/install/remove.sh
. "$SOURCE/systemd/install/remove.sh"

begin_steps
if $UNINSTALL; then
  [ "$(id -u)" -eq 0 ] || $DRY_RUN || die "expected to be run by root: sudo $(words "$0" "${ARGUMENTS[@]}")"
  remove_all
else
  check_machine
  install_user
  install_program
  check_configuration
  enable_interfaces
  install_rules
  install_configuration
  install_units
  leave_package
  switch_program
  start_service
  take_over_package
  keep_steps
  remove_old_programs
  tell_addresses
  tell_node_there
  tell_addons
fi
if [ "$STEPS" -eq 0 ]; then
  if $NOTED; then say 'nothing to do but what the notes say'; else say 'nothing to do: everything is up to date'; fi
fi
if $REBOOT && ! $DRY_RUN && [ -z "$ROOT" ]; then say 'restart the machine for the change of config.txt: sudo reboot'; fi
