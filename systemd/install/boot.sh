# How are I2C, 1-Wire and SPI of a Raspberry Pi switched on? By lines of its config.txt, in a block that can be taken away again.
# shellcheck shell=bash

MODULES=$ROOT/etc/modules-load.d/dapberry.conf
BEGIN='# dapberry: begin (install.sh --uninstall takes this away)'
END='# dapberry: end'
REBOOT=false

# The firmware's file; before Bookworm it was the second one. Nothing where this is no Raspberry Pi.
boot_file() {
  local path
  for path in "$ROOT/boot/firmware/config.txt" "$ROOT/boot/config.txt"; do
    if [ -f "$path" ]; then
      printf '%s\n' "$path"
      return
    fi
  done
}

# Where somebody took its end away, it ends before the first line that is not of its kind.
without_block() { by_block 0 "$1"; }
block_of() { by_block 1 "$1" | grep -E '^dt' || true; }
by_block() {
  awk -v wanted="$1" -v begin="$BEGIN" -v end="$END" '
    $0 == begin { inside = 1; first = 1; if (wanted) print; next }
    inside && $0 == end { inside = 0; if (wanted) print; next }
    inside && !(first && $0 == "[all]") && !/^(dtparam=i2c_arm=on|dtoverlay=w1-gpio|dtparam=spi=on)$/ { inside = 0 }
    { first = 0 }
    inside == wanted
  ' "$2"
}

# asks_for FILE INTERFACE: whether lines that are not ours switch it on.
asks_for() {
  local pattern
  case $2 in
    i2c) pattern='^[[:space:]]*dtparam=([^#]*,)?i2c(_arm|1)?(=on)?[[:space:]]*(,|#|$)' ;;
    1wire) pattern='^[[:space:]]*dtoverlay=w1-gpio(-pi5|-pullup)?[[:space:]]*(,|#|$)' ;;
    spi) pattern='^[[:space:]]*dtparam=([^#]*,)?spi(=on)?[[:space:]]*(,|#|$)' ;;
  esac
  # To the end: who writes into a pipe that nobody reads any more fails.
  without_block "$1" | grep -E "$pattern" >/dev/null
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
  # What holds for other models alone ends where [all] begins.
  printf '%s\n' "$BEGIN" '[all]' "${lines[@]}" "$END" >>"$new"
  cmp -s "$new" "$file" && return
  give_back_later "$file"
  step "write into $file: ${lines[*]}" write_boot "$new" "$file"
  REBOOT=true
}

# FAT knows no modes; a power cut leaves the old file or the new one.
write_boot() {
  cp "$1" "$2.new"
  chmod --reference="$2" "$2.new"
  sync "$2.new"
  mv -f "$2.new" "$2"
}

enable_i2c_devices() {
  # raspi-config writes it into the first one.
  grep -qsx 'i2c-dev' "$ROOT/etc/modules" || put_text 'i2c-dev' "$MODULES"
  if [ -z "$ROOT" ] && [ ! -d /sys/class/i2c-dev ]; then step 'load the module i2c-dev' modprobe i2c-dev; fi
}

disable_interfaces() {
  local file new
  take_away "remove $MODULES" "$MODULES"
  file=$(boot_file)
  if [ -z "$file" ] || ! grep -qxF "$BEGIN" "$file"; then return 0; fi
  new=$(mktemp "$KEPT/config.XXXXXX")
  without_block "$file" >"$new"
  step "take away what was written into $file" write_boot "$new" "$file"
  REBOOT=true
}
