#!/usr/bin/env bash
# How are the images of the guests made? `make.sh pc` or `make.sh pi`, as root on Debian 12 (amd64); what is there and
# still right is left as it is.
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"
source "$IMAGES/qemu.sh"
source "$IMAGES/kernel.sh"
source "$IMAGES/pc-system.sh"
source "$IMAGES/pc.sh"
source "$IMAGES/pi.sh"
PROJECT=$(dirname "$(dirname "$APPLIANCE")")

# One at a time.
exec 9>"$CACHE/lock"
flock 9

# Of QEMU, the libraries are those of bookworm's own.
install_tools cpio:cpio depmod:kmod make:make gcc:gcc xz:xz-utils qemu-system-x86_64:qemu-system-x86
case ${1:-} in
  pc)
    install_tools mmdebstrap:mmdebstrap mkfs.ext4:e2fsprogs
    need_pc
    ;;
  pi)
    install_tools aarch64-linux-gnu-g++:g++-aarch64-linux-gnu
    need_pi
    ;;
  *)
    echo "make.sh: expected pc or pi, found ${1:-nothing}" >&2
    exit 2
    ;;
esac
