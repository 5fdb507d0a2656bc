#!/bin/sh
# Runs a script in a copy of this machine: its files with a layer of memory over them, no network, and a stand-in for systemd.
# Usage, as root: unshare --mount --net --pid --fork --kill-child enter.sh FOLDER SCRIPT; FOLDER is /packages there.
set -e
here=$(dirname "$(readlink -f "$0")")
top=$(mktemp -d)
mount --make-rprivate /
mount -t tmpfs copy "$top"
mkdir "$top/upper" "$top/work" "$top/system"
mount -t overlay copy -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" "$top/system"
system=$top/system
mount -t proc proc "$system/proc"
mount --rbind /dev "$system/dev"
mount -t tmpfs run "$system/run"
mkdir -p "$system/packages" "$system/run/systemd/system"
mount --bind "$1" "$system/packages"
ip link set lo up
install -m 0755 "$here/systemctl" "$system/usr/bin/systemctl"
printf '#!/bin/sh\ncat /run/stand-in/log\n' >"$system/usr/bin/journalctl"
chmod 0755 "$system/usr/bin/journalctl"
rm -rf "$system/etc/dapberry" "$system/opt/dapberry" "$system/usr/sbin/policy-rc.d"
# The service looks for Node in these places only.
chroot "$system" sh -c 'PATH=/usr/local/bin:/usr/bin && command -v node' >/dev/null || cp "$NODE" "$system/usr/local/bin/node"
# A database of dpkg with no more than the package depends on, which is read in no time.
database=$system/var/lib/dpkg
mount -t tmpfs database "$database"
mkdir "$database/info" "$database/updates" "$database/triggers"
for name in adduser init-system-helpers libc6 libstdc++6 nodejs; do
  printf 'Package: %s\nStatus: install ok installed\nMaintainer: nobody <nobody@localhost>\nArchitecture: %s\nVersion: 20:99\nDescription: nothing\n\n' \
    "$name" "$(dpkg --print-architecture)" >>"$database/status"
  : >"$database/info/$name.list"
done
cp "$2" "$system/run/script"
cd /
exec chroot "$system" bash /run/script
