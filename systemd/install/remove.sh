# Removes the service, the program, the user and its groups; the configuration only with --purge, and the history never.
# shellcheck shell=bash

remove_all() {
  local units_folder=$ROOT/etc/systemd/system unit units=() paths=()
  # These files belong to the package.
  check_package
  if [ -z "$ROOT" ]; then
    for unit in "${ALL_UNITS[@]}"; do
      # A template has no state of its own.
      case $unit in *@.service) continue ;; esac
      if [ -e "/etc/systemd/system/$unit" ]; then units+=("$unit"); fi
    done
    [ ! -e "/etc/systemd/system/$PULL_UNIT" ] || step 'end dapberry-pull' end_pull
    [ "${#units[@]}" -eq 0 ] || step 'end the service' systemctl --quiet disable --now "${units[@]}"
  fi
  for unit in "${ALL_UNITS[@]}"; do
    paths+=("$units_folder/$unit" "$units_folder/multi-user.target.wants/$unit" "$units_folder/sockets.target.wants/$unit")
  done
  paths+=("$units_folder/multi-user.target.wants/${PULL_UNIT%.service}"*)
  # systemd has written the second one, for allow-devices.sh.
  take_away 'remove the units' "${paths[@]}" "$DROP_IN" "$CONTROL/50-DeviceAllow.conf"
  remove_drop_ins
  if [ -z "$ROOT" ] && ! $DRY_RUN; then
    systemctl daemon-reload
    systemctl reset-failed "${ALL_UNITS[@]}" 2>/dev/null || true
  fi
  take_away "remove $RULES" "$RULES"
  if [ -z "$ROOT" ] && [ -d /run/udev ] && ! $DRY_RUN; then udevadm control --reload; fi
  disable_interfaces
  if is_ours "$COMMAND"; then
    take_away 'remove the command dapberry' "$COMMAND"
  elif [ -e "$COMMAND" ] || [ -L "$COMMAND" ]; then
    note "$COMMAND is not of this installation, and stays"
  fi
  remove_accounts
  take_away "remove $HOME_FOLDER" "$HOME_FOLDER"
  [ -n "$ROOT" ] || take_away 'remove /run/dapberry' /run/dapberry
  take_away 'remove the link to the schema of the configuration' "$ROOT/etc/dapberry/config.schema.json"
  remove_remains
  # It is a copy of the configuration.
  ! $PURGE || take_away 'remove the last good configuration' "$STATE/last-good"
  keep_history
  keep_pulled
  if $PURGE; then
    take_away "remove $ROOT/etc/dapberry" "$ROOT/etc/dapberry"
  elif [ -d "$ROOT/etc/dapberry" ]; then
    say "the configuration stays in $ROOT/etc/dapberry; install.sh --purge removes it"
  fi
}

# Other drop-ins are the administrator's: they stay as the configuration does.
remove_drop_ins() {
  local folder folders=("$CONTROL")
  for folder in "${ALL_UNITS[@]}"; do folders+=("$ROOT/etc/systemd/system/$folder.d"); done
  # The names of an instance: dapberry-pull@roof.service.d.
  folders+=("$ROOT/etc/systemd/system/${PULL_UNIT%.service}"?*.service.d)
  if $PURGE; then
    take_away 'remove the drop-ins of the units' "${folders[@]}"
  else
    for folder in "${folders[@]}"; do
      [ -z "$(find "$folder" -mindepth 1 ! -path "$DROP_IN" ! -path "$CONTROL/50-DeviceAllow.conf" -print -quit 2>/dev/null)" ] ||
        say "the drop-ins of the administrator stay in $folder; install.sh --purge removes them"
      $DRY_RUN || rmdir --ignore-fail-on-non-empty "$folder" 2>/dev/null || true
    done
  fi
  $DRY_RUN || rmdir --ignore-fail-on-non-empty "$(dirname "$CONTROL")" 2>/dev/null || true
}

end_pull() {
  systemctl stop "${PULL_UNIT%.service}*.service"
  systemctl --quiet disable "$PULL_UNIT"
}

# Measured rows cannot be measured again: no option deletes them. Without rows the folder goes.
keep_history() {
  [ -d "$STATE" ] || return 0
  if [ -z "$(find -H "$STATE" ! -type d ! -name '.dapberry*' ! -path "$STATE/last-good/*" -print -quit)" ]; then
    take_away "remove $STATE" "$STATE"
    return
  fi
  give_to_root "$STATE"
  say "the history stays in $STATE/history; this deletes it: sudo rm -r $STATE"
}

# The files of dapberry-pull@ are rows too; its locks are none.
keep_pulled() {
  [ -d "$PULLED" ] || return 0
  if [ -z "$(find -H "$PULLED" ! -type d ! -name '.*.lock' -print -quit)" ]; then
    take_away "remove $PULLED" "$PULLED"
    return
  fi
  give_to_root "$PULLED"
  say "the files of dapberry pull stay in $PULLED; this deletes them: sudo rm -r $PULLED"
}

# Another user may get the number of the removed one. systemd gives the files back to the service of a new installation.
give_to_root() {
  if [ -n "$(find -H "$1" -maxdepth 1 ! -user root -print -quit)" ] && ! has_user dapberry; then
    step "give $1 to root" chown -hRH 0:0 "$1"
  fi
}

# Removes the user and groups that the installer has created: members first, then the user, then groups without other members.
remove_accounts() {
  local name others
  if [ -n "$(made user)" ]; then
    ! has_user dapberry || step 'remove the user dapberry' remove_user
  else
    for name in $(made member); do
      if has_user dapberry && in_group dapberry "$name"; then step "take dapberry out of the group $name" leave_group "$name"; fi
    done
  fi
  for name in $(made group); do
    has_group "$name" || continue
    others=$(others_in "$name" | paste -sd ' ')
    if [ -n "$others" ]; then note "the group $name stays for others who are in it: $others"; else step "remove the group $name" remove_group "$name"; fi
  done
}
