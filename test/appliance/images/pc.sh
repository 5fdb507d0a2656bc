# Makes the guests with a whole Debian. Source it after kernel.sh and system.sh.
#
# NAME/system is a small Debian with systemd, read-only for the guest, which writes to a disk of its own (guest/pc/init).
# NAME/initramfs combines both.

# need_whole NAME SUITE ARCH this|debian: the last selects the Node of this machine or of Debian.
need_whole() {
  local name=$1 suite=$2 arch=$3 node=$4 key release
  need_qemu
  need_kernel "$arch"
  release=$(release_of "$arch")
  mkdir -p "$name"
  key=$(key_of "$IMAGES/system.sh" "$suite" "$arch" "$node" "$([ "$node" = debian ] || node --version)")
  if ! is_made "$name-system" "$key"; then
    say "root file system of the guest $name"
    make_system "$name/system" "$suite" "$arch" "$node"
    mark_made "$name-system" "$key"
  fi
  key=$(key_of "$IMAGES/pc.sh" "$release" "$(find "$APPLIANCE/guest" -type f -print0 | sort -z | xargs -0 sha256sum)")
  if ! is_made "$name-initramfs" "$key"; then
    make_initramfs "$name" "$arch"
    mark_made "$name-initramfs" "$key"
  fi
  cp -f "kernel-$arch/boot/vmlinuz-$release" "$name/vmlinuz"
}

make_initramfs() {
  local name=$1 arch=$2 folder
  folder=$(mktemp -d)
  mkdir -p "$folder"/{bin,proc,sys,dev,lower,disk,system,files}
  [ -f "busybox-$arch/bin/busybox" ] || unpack "$arch" "$CACHE/busybox-$arch" busybox-static
  cp "busybox-$arch/bin/busybox" "$folder/bin/"
  ln -s busybox "$folder/bin/sh"
  modules_into "$folder" "$arch" 9p 9pnet_virtio overlay virtio_pci virtio_blk crc32c_generic ext4
  cp "$APPLIANCE/guest/pc/init" "$folder/init"
  cp -r "$APPLIANCE/guest/pc/files/." "$folder/files/"
  mkdir -p "$folder/files/usr/local/lib/appliance"
  cp "$APPLIANCE/guest/both/agent.sh" "$folder/files/usr/local/lib/appliance/"
  chmod 755 "$folder/init"
  archive "$folder" "$name/initramfs"
  rm -r "$folder"
}
