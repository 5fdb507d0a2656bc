# How is the PC guest made? To be sourced after kernel.sh
# and pc-system.sh.
#
# pc/system is a small Debian 12 with systemd, which the guest sees read-only; what it writes goes to a disk of its own
# (guest/pc/init). pc/initramfs brings both together.

need_pc() {
  local key release
  need_qemu
  need_kernel amd64
  release=$(cat kernel)-amd64
  mkdir -p pc
  key=$(key_of "$IMAGES/pc-system.sh" "$(node --version)")
  if ! is_made pc-system "$key"; then
    say 'root file system of the PC guest'
    make_pc_system
    mark_made pc-system "$key"
  fi
  key=$(key_of "$IMAGES/pc.sh" "$release" "$(find "$APPLIANCE/guest" -type f -print0 | sort -z | xargs -0 sha256sum)")
  if ! is_made pc-initramfs "$key"; then
    make_pc_initramfs
    mark_made pc-initramfs "$key"
  fi
  cp -f "kernel-amd64/boot/vmlinuz-$release" pc/vmlinuz
}

make_pc_initramfs() {
  local folder
  folder=$(mktemp -d)
  mkdir -p "$folder"/{bin,proc,sys,dev,lower,disk,system,files}
  [ -f busybox-amd64/bin/busybox ] || unpack amd64 "$CACHE/busybox-amd64" busybox-static
  cp busybox-amd64/bin/busybox "$folder/bin/"
  ln -s busybox "$folder/bin/sh"
  modules_into "$folder" amd64 9p 9pnet_virtio overlay virtio_blk crc32c_generic ext4
  cp "$APPLIANCE/guest/pc/init" "$folder/init"
  cp -r "$APPLIANCE/guest/pc/files/." "$folder/files/"
  mkdir -p "$folder/files/usr/local/lib/appliance"
  cp "$APPLIANCE/guest/both/agent.sh" "$folder/files/usr/local/lib/appliance/"
  chmod 755 "$folder/init"
  archive "$folder" pc/initramfs
  rm -r "$folder"
}
