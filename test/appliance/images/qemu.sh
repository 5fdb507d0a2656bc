# Unpacks the QEMU of the backports into the cache. Source it after cache.sh.
#
# Bookworm's own has no I2C controllers for the Pi, and at times runs stale code after the kernel of the PC has changed it.

need_qemu() {
  local packages=(qemu-system-x86 qemu-system-arm qemu-system-common qemu-system-data)
  is_made qemu 10 && return
  say 'QEMU of the backports'
  rm -rf qemu
  unpack amd64 "$CACHE/qemu" "${packages[@]/%//bookworm-backports}" seabios
  mark_made qemu 10
}
