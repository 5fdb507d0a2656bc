# What is installed in the PC guest? A small Debian 12 with systemd and the Node of this machine. To be sourced after
# cache.sh.

make_pc_system() {
  local unit packages=(
    systemd systemd-sysv systemd-resolved libnss-myhostname udev dbus kmod procps iproute2 i2c-tools libstdc++6 adduser curl ca-certificates
    e2fsprogs
  )
  rm -rf pc/system
  mmdebstrap -q --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    bookworm pc/system "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) bookworm main"
  install -m 755 "$(readlink -f "$(command -v node)")" pc/system/usr/local/bin/node
  mkdir -p pc/system/lib/modules
  : >pc/system/etc/fstab
  : >pc/system/etc/machine-id
  echo appliance >pc/system/etc/hostname
  echo '127.0.0.1 localhost appliance' >pc/system/etc/hosts
  # No clock but the one that a test sets, nothing in the background.
  for unit in systemd-timesyncd.service getty@.service serial-getty@.service console-getty.service \
    systemd-networkd-wait-online.service; do
    ln -sf /dev/null "pc/system/etc/systemd/system/$unit"
  done
  rm -f pc/system/etc/systemd/system/timers.target.wants/*
  chroot pc/system systemctl -q enable systemd-networkd
}
