# Which QEMU runs the guests? That of the backports, unpacked into the cache: bookworm's own has no I2C controllers for the
# Pi, and at times runs code that the PC's kernel has just changed. To be sourced after cache.sh.

need_qemu() {
  local packages=(qemu-system-x86 qemu-system-arm qemu-system-common qemu-system-data)
  is_made qemu 10 && return
  say 'QEMU of the backports'
  rm -rf qemu
  unpack amd64 "$CACHE/qemu" "${packages[@]/%//bookworm-backports}" seabios
  mark_made qemu 10
}
