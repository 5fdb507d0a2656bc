# Enables and starts the service of an installation by install.sh.
# shellcheck shell=bash

start_service() {
  local unit enabled=true active
  if [ -n "$ROOT" ]; then
    for unit in "${UNITS[@]}"; do
      put_link "/etc/systemd/system/$unit" "$ROOT/etc/systemd/system/multi-user.target.wants/$unit"
    done
    return
  fi
  for unit in "${UNITS[@]}"; do systemctl --quiet is-enabled "$unit" 2>/dev/null || enabled=false; done
  active=$(state_of ActiveState)
  if $enabled && ! $CHANGED && [ "$active" = active ]; then return; fi
  # Undone last: starts the former service with its former files.
  if was_up "$active"; then UNDO=("$(printf '%q ' again)" "${UNDO[@]}"); else UNDO=("$(printf '%q ' reload_quietly)" "${UNDO[@]}"); fi
  $DRY_RUN || systemctl daemon-reload
  if ! $enabled; then
    undo systemctl --quiet disable "${UNITS[@]}"
    step 'have it started with the machine' systemctl --quiet enable "${UNITS[@]}"
  fi
  [ -e /run/dapberry ] || undo rm -rf /run/dapberry
  [ -e "$STATE" ] || undo rm -rf "$STATE"
  was_up "$active" || undo systemctl stop dapberry.service
  # The path unit waits for a corrected configuration, even while the service is down.
  systemctl --quiet is-active dapberry-devices.path || undo systemctl stop dapberry-devices.path
  [ -e "$CONTROL" ] || undo rm -rf "$CONTROL"
  step 'allow the devices that the configuration needs' systemctl start dapberry-devices.service
  # Resets the counts of restarts and failures, which belong to the former version.
  $DRY_RUN || reset_failures
  step 'start the service' systemctl restart --no-block dapberry-devices.path dapberry.service
  step 'wait until it is healthy' wait_until_healthy
  # The files of the former version go.
  $DRY_RUN || systemctl try-restart "${PULL_UNIT%.service}*.service" || true
}

again() {
  reload_quietly
  # The former version lists its devices.
  systemctl restart --no-block dapberry-devices.path dapberry.service dapberry-devices.service
}
