#!/usr/bin/env bash
# Makes the missing or outdated images of a guest: `make.sh NAME`, as root on Debian 12 (amd64).
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"
source "$IMAGES/qemu.sh"
source "$IMAGES/kernel.sh"
source "$IMAGES/system.sh"
source "$IMAGES/pc.sh"
source "$IMAGES/pi.sh"
source "$IMAGES/python.sh"
PROJECT=$(dirname "$(dirname "$APPLIANCE")")

# Runs one at a time.
exec 9>"$CACHE/lock"
flock 9

# The libraries of QEMU are those of bookworm's own package.
install_tools cpio:cpio depmod:kmod make:make gcc:gcc xz:xz-utils qemu-system-x86_64:qemu-system-x86
# need_tools [PROGRAM:PACKAGE...]: for a guest with a whole system.
need_tools() { install_tools mmdebstrap:mmdebstrap mkfs.ext4:e2fsprogs apt-ftparchive:apt-utils "$@"; }

case ${1:-} in
  pc)
    need_tools
    need_whole pc bookworm amd64 this
    ;;
  pc-trixie)
    need_tools
    need_whole pc-trixie trixie amd64 debian
    ;;
  arm64-trixie)
    need_tools aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu
    need_whole arm64-trixie trixie arm64 debian
    ;;
  armhf-trixie)
    need_tools arm-linux-gnueabihf-gcc:gcc-arm-linux-gnueabihf
    need_whole armhf-trixie trixie armhf debian
    ;;
  pi)
    install_tools aarch64-linux-gnu-g++:g++-aarch64-linux-gnu
    need_pi
    ;;
  pi-python)
    need_python
    ;;
  *)
    echo "make.sh: expected pc, pc-trixie, arm64-trixie, armhf-trixie, pi or pi-python, found ${1:-nothing}" >&2
    exit 2
    ;;
esac
