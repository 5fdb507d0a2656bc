# Fetches the kernel of the guests and builds the modules of simulated hardware. Source it after cache.sh.
#
# The kernel is Debian's own 6.12, unchanged. gpio-sim and, for ARM, i2c-stub are built from Debian's source package, which
# leaves them out; the others are the files of test/appliance/modules.

# Prints the newest 6.12 of the backports; a cache keeps its first one.
kernel_version() {
  if [ ! -s kernel ]; then
    package_lists amd64
    apt_for amd64 cache search --names-only '^linux-image-6[.]12[.][0-9.]*[+]deb12-amd64$' |
      sed -n 's/^linux-image-\(.*\)-amd64 .*/\1/p' | sort -V | tail -1 >kernel
  fi
  cat kernel
}

# release_of ARCH: prints the release of the kernel for ARCH, such as VERSION-armmp.
release_of() {
  case $1 in
    armhf) echo "$(kernel_version)-armmp" ;;
    *) echo "$(kernel_version)-$1" ;;
  esac
}

# prefix_of ARCH: prints the prefix of the cross compiler's tools; empty for this machine's architecture.
prefix_of() {
  case $1 in
    arm64) echo aarch64-linux-gnu- ;;
    armhf) echo arm-linux-gnueabihf- ;;
  esac
}

# need_kernel ARCH: makes kernel-ARCH with its modules and those of the simulated hardware.
need_kernel() {
  local arch=$1 release key
  release=$(release_of "$arch")
  if ! is_made "kernel-$arch" "$release"; then
    say "kernel $release"
    rm -rf "kernel-$arch"
    unpack "$arch" "$CACHE/kernel-$arch" "linux-image-$release"
    mark_made "kernel-$arch" "$release"
    rm -f "modules-$arch.made"
  fi
  key=$(key_of "$release" "$IMAGES/kernel.sh" "$APPLIANCE"/modules/*.c)
  is_made "modules-$arch" "$key" && return
  say "modules of the simulated hardware for $arch"
  build_modules "$arch" "$release"
  depmod -b "$CACHE/kernel-$arch" "$release"
  mark_made "modules-$arch" "$key"
}

build_modules() {
  local arch=$1 release=$2 source=kernel-source/linux-source-6.12 build=build-$1 version prefix headers name into
  version=$(kernel_version)
  prefix=$(prefix_of "$arch")
  headers=$CACHE/headers/usr/src/linux-headers-$release
  if [ ! -d "headers/usr/src/linux-kbuild-$version" ] && [ ! -d "headers/usr/lib/linux-kbuild-$version" ]; then
    unpack amd64 "$CACHE/headers" "linux-kbuild-$version" "linux-headers-$version-common"
  fi
  if [ ! -d "$headers" ]; then
    unpack "$arch" "$CACHE/headers" "linux-headers-$release"
    # The packages refer to each other below /usr/src.
    sed -i "s# /usr/src# $CACHE/headers/usr/src#" "$headers/Makefile"
  fi
  rm -f "$headers/vmlinux"
  if [ ! -d "$source/drivers/i2c" ]; then
    unpack amd64 "$CACHE/kernel-source" linux-source-6.12
    tar -C kernel-source -xf kernel-source/usr/src/linux-source-6.12.tar.xz --wildcards \
      '*/drivers/gpio/gpio-sim.c' '*/kernel/irq/irq_sim.c' '*/drivers/i2c/i2c-stub.c'
    rm -r kernel-source/usr
  fi
  rm -rf "$build"
  mkdir "$build"
  # The module is loaded by its name. Debian's modpost for 32 bit does not know the size of such a table.
  sed '/^MODULE_DEVICE_TABLE/d' "$source/drivers/gpio/gpio-sim.c" >"$build/gpio-sim-main.c"
  # Only the symbols that modules may call.
  sed 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' \
    "$source/kernel/irq/irq_sim.c" >"$build/irq_sim.c"
  cp "$APPLIANCE"/modules/*.c "$build/"
  [ "$arch" = amd64 ] || cp "$source/drivers/i2c/i2c-stub.c" "$build/"
  {
    echo 'obj-m := gpio-sim.o'
    echo 'gpio-sim-y := gpio-sim-main.o irq_sim.o'
    for name in "$APPLIANCE"/modules/*.c; do echo "obj-m += $(basename "$name" .c).o"; done
    [ "$arch" = amd64 ] || echo 'obj-m += i2c-stub.o'
  } >"$build/Makefile"
  local cross=()
  # Linux has one name for all 32-bit ARM.
  [ -z "$prefix" ] || cross=(ARCH="${arch/armhf/arm}" CROSS_COMPILE="$prefix")
  if ! make -s -C "$headers" M="$CACHE/$build" "${cross[@]}" modules >"$build.log" 2>&1; then
    cat "$build.log" >&2
    return 1
  fi
  into=kernel-$arch/lib/modules/$release/extra
  rm -rf "$into"
  mkdir -p "$into"
  for name in "$build"/*.ko; do
    "${prefix}strip" --strip-debug "$name"
    cp "$name" "$into/"
  done
}

# modules_into FOLDER ARCH NAME...: copies modules and their dependencies, unpacked for busybox.
modules_into() {
  local to=$1 arch=$2 release from file name
  release=$(release_of "$arch")
  shift 2
  for name in "$@"; do
    modprobe -d "$CACHE/kernel-$arch" -S "$release" --show-depends "$name"
  done | awk '$1 == "insmod" { print $2 }' | sort -u | while read -r file; do
    from=${file#"$CACHE/kernel-$arch/"}
    mkdir -p "$to/$(dirname "$from")"
    case $file in
      *.xz) xz -dc "$file" >"$to/${from%.xz}" ;;
      *) cp "$file" "$to/$from" ;;
    esac
  done
  cp "kernel-$arch/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$to/lib/modules/$release/"
  depmod -b "$to" "$release"
}
