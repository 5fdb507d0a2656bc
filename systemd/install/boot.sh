# Switches on I2C, 1-Wire and SPI of a Raspberry Pi by lines of its config.txt, in a block that can be removed again.
# shellcheck shell=bash

MODULES=$ROOT/etc/modules-load.d/dapberry.conf
BEGIN='# dapberry: begin (install.sh --uninstall takes this away)'
END='# dapberry: end'
REBOOT=false

# Prints the firmware's file; before Bookworm it was the second one, which now only refers to the first. Nothing if this is no Raspberry Pi.
boot_file() {
  local path
  for path in "$ROOT/boot/firmware/config.txt" "$ROOT/boot/config.txt"; do
    if [ -f "$path" ] && ! has_moved "$path"; then
      printf '%s\n' "$path"
      return
    fi
  done
}

has_moved() { grep -qs 'has moved to /boot/firmware' "$1"; }

# Prints the mount point of a boot partition that is not mounted: the other partition of a card, for example.
boot_place_missing() {
  local place
  [ -z "$(boot_file)" ] || return 0
  if has_moved "$ROOT/boot/config.txt" || [ -L "$ROOT/boot/config.txt" ]; then
    printf '%s\n' "$ROOT/boot/firmware"
    return
  fi
  for place in /boot/firmware /boot; do
    # Other machines have other files there.
    if mounts "$place" && [ -z "$(ls -A "$ROOT$place" 2>/dev/null)" ]; then
      printf '%s\n' "$ROOT$place"
      return
    fi
  done
}
mounts() { awk -v place="$1" '$1 !~ /^#/ && $2 == place { found = 1 } END { exit !found }' "$ROOT/etc/fstab" 2>/dev/null; }

# Runs before the installer changes anything.
check_boot() {
  local place
  [ "${#ENABLE[@]}" -gt 0 ] || return 0
  place=$(boot_place_missing)
  [ -z "$place" ] ||
    die "expected the boot partition with config.txt at $place, found none: mount it there$([ -n "$ROOT" ] || echo " (sudo mount $(words "$place"))"), and run this again"
}

# If the end of the block is missing, it ends before the first line of another kind. Lines after the block keep applying to all models.
without_block() { by_block 0 "$1"; }
block_of() { by_block 1 "$1" | grep -E '^dt' || true; }
by_block() {
  awk -v wanted="$1" -v begin="$BEGIN" -v end="$END" '
    $0 == begin { inside = 1; first = 1; if (wanted) print; next }
    inside && $0 == end { inside = 0; after = !all; if (wanted) print; next }
    inside && !(first && $0 == "[all]") && !/^(dtparam=i2c_arm=on|dtoverlay=w1-gpio|dtparam=spi=on)$/ { inside = 0; after = !all }
    { first = 0 }
    !inside && after && NF { after = 0; if (!wanted && !/^[ \t]*\[/) { print "[all]"; all = 1 } }
    !inside && /^[ \t]*\[/ { all = /^[ \t]*\[all\]/ }
    inside == wanted
  ' all=1 "$2"
}

# asks_for FILE INTERFACE: succeeds if lines outside our block switch it on for every model, and none after them switches it off.
asks_for() {
  # Items of a list contain no comma.
  local names=, overlay=,
  case $2 in
    i2c) names='^i2c(_arm|1)?$' ;;
    1wire) overlay='^w1-gpio(-pi5|-pullup)?$' ;;
    spi) names='^spi$' ;;
  esac
  without_block "$1" | awk -v names="$names" -v overlay="$overlay" '
    { sub(/#.*/, ""); gsub(/[ \t\r]/, "") }
    /^\[/ { all = $0 == "[all]" }
    /^dtoverlay=/ { split(substr($0, 11), items, ","); if (all && items[1] ~ overlay) on = 1 }
    /^dtparam=/ {
      count = split(substr($0, 9), items, ",")
      for (i = 1; i <= count; i++) {
        split(items[i] "=", setting, "=")
        if (setting[1] !~ names) continue
        # A parameter without a value is on.
        if (setting[2] !~ /^(on|yes|true|)$/) on = 0
        else if (all) on = 1
      }
    }
    END { exit !on }
  ' all=1
}

enable_interfaces() {
  local file interface line lines=() new
  [ "${#ENABLE[@]}" -gt 0 ] || return 0
  case " ${ENABLE[*]} " in *' i2c '*) enable_i2c_devices ;; esac
  file=$(boot_file)
  if [ -z "$file" ]; then
    note 'no config.txt of a Raspberry Pi here: nothing to switch on there'
    return
  fi
  while IFS= read -r line; do [ -z "$line" ] || lines+=("$line"); done <<<"$(block_of "$file")"
  for interface in "${ENABLE[@]}"; do
    case $interface in
      i2c) line=dtparam=i2c_arm=on ;;
      1wire) line=dtoverlay=w1-gpio ;;
      spi) line=dtparam=spi=on ;;
    esac
    case " ${lines[*]} " in *" $line "*) continue ;; esac
    asks_for "$file" "$interface" || lines+=("$line")
  done
  [ "${#lines[@]}" -gt 0 ] || return 0
  new=$(mktemp "$KEPT/config.XXXXXX")
  without_block "$file" >"$new"
  [ -z "$(tail -c1 "$new")" ] || echo >>"$new"
  # [all] ends a section for other models.
  printf '%s\n' "$BEGIN" '[all]' "${lines[@]}" "$END" >>"$new"
  cmp -s "$new" "$file" && return
  give_back_later "$file"
  step "write into $file: ${lines[*]}" write_boot "$new" "$file"
  REBOOT=true
}

# FAT has no modes; after a power cut the old file or the new one is there.
write_boot() {
  cp "$1" "$2.new"
  chmod --reference="$2" "$2.new"
  sync "$2.new"
  mv -f "$2.new" "$2"
}

enable_i2c_devices() {
  # raspi-config writes into the first one.
  grep -qsx 'i2c-dev' "$ROOT/etc/modules" || put_text 'i2c-dev' "$MODULES"
  if [ -z "$ROOT" ] && [ ! -d /sys/class/i2c-dev ]; then step 'load the module i2c-dev' modprobe i2c-dev; fi
}

disable_interfaces() {
  local file new place
  take_away "remove $MODULES" "$MODULES"
  place=$(boot_place_missing)
  [ -z "$place" ] || note "the boot partition is not mounted at $place: what --enable-* wrote into its config.txt, if anything, stays"
  file=$(boot_file)
  if [ -z "$file" ] || ! grep -qxF "$BEGIN" "$file"; then return 0; fi
  new=$(mktemp "$KEPT/config.XXXXXX")
  without_block "$file" >"$new"
  step "take away what was written into $file" write_boot "$new" "$file"
  REBOOT=true
}
