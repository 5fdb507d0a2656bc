# Installs a small Debian with systemd for a guest. Source it after cache.sh.
#
# Its Node is that of this machine; or it has none, and apt there offers Debian's.

# make_system FOLDER SUITE ARCH this|debian
make_system() {
  local folder=$1 suite=$2 arch=$3 node=$4 unit packages=(
    systemd systemd-sysv systemd-resolved libnss-myhostname udev dbus kmod procps iproute2 i2c-tools libstdc++6 adduser curl ca-certificates
    dmsetup e2fsprogs avahi-daemon avahi-utils sudo
  )
  # shellcheck disable=SC2016 # the hooks' own variables
  local hooks=(--customize-hook='chroot "$1" systemctl -q enable systemd-networkd')
  rm -rf "$folder"
  [ "$arch" = amd64 ] || run_programs_of "$arch"
  # shellcheck disable=SC2016
  [ "$node" = this ] ||
    hooks+=(--customize-hook='
      export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
      apt-get -qq -y --download-only --no-install-recommends install nodejs
      mkdir -p "$1/srv/debian" && mv "$1"/var/cache/apt/archives/*.deb "$1/srv/debian"')
  mmdebstrap -q --variant=minbase --arch="$arch" --include="$(IFS=,; echo "${packages[*]}")" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "${hooks[@]}" \
    "$suite" "$folder" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) $suite main"
  case $node in
    this) install -m 755 "$(readlink -f "$(command -v node)")" "$folder/usr/local/bin/node" ;;
    debian) offer "$folder" ;;
  esac
  mkdir -p "$folder/lib/modules"
  : >"$folder/etc/fstab"
  : >"$folder/etc/machine-id"
  echo appliance >"$folder/etc/hostname"
  echo '127.0.0.1 localhost appliance' >"$folder/etc/hosts"
  # A script that wants Avahi starts it.
  rm -f "$folder"/etc/systemd/system/{multi-user.target.wants,sockets.target.wants}/avahi-daemon.* \
    "$folder/etc/systemd/system/dbus-org.freedesktop.Avahi.service"
  # No service sets the clock or runs in the background.
  for unit in systemd-timesyncd.service getty@.service serial-getty@.service console-getty.service \
    systemd-networkd-wait-online.service; do
    ln -sf /dev/null "$folder/etc/systemd/system/$unit"
  done
  rm -f "$folder"/etc/systemd/system/timers.target.wants/*
}

# offer FOLDER: lets apt in that system install the packages of its /srv/debian, without a mirror.
offer() {
  (cd "$1/srv/debian" && apt-ftparchive packages . >Packages)
  rm -f "$1/etc/apt/sources.list" "$1"/etc/apt/sources.list.d/*
  echo 'deb [trusted=yes] file:/srv/debian ./' >"$1/etc/apt/sources.list"
  chroot "$1" apt-get -qq update
}

# run_programs_of ARCH: configures this machine's kernel to start programs of ARCH with QEMU.
run_programs_of() {
  local name
  case $1 in
    arm64) name=qemu-aarch64 ;;
    armhf) name=qemu-arm ;;
  esac
  install_tools "$name-static:qemu-user-static" update-binfmts:binfmt-support arch-test:arch-test
  arch-test "$1" >/dev/null || update-binfmts --enable "$name"
}
