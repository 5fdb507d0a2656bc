# What the scripts that install Debian packages share. They set $work, a folder of their own, which repacked writes to.
# shellcheck shell=sh disable=SC2154 # the scripts set $work

export DAPBERRY_PATIENCE=900

# The guest has Node, but not as a package.
put() { DEBIAN_FRONTEND=noninteractive dpkg --ignore-depends=nodejs -i "$1" <&-; }
version_of() { dpkg-deb -f "$1" Version; }
runs_version() { health "health.version === '$1'"; }
served_by_user() { [ "$(ps -o user= -p "$(systemctl show -P MainPID dapberry)")" = dapberry ]; }

state() { dpkg-query -W -f '${db:Status-Status}' dapberry 2>/dev/null; }
# Anyone may read the history.
has_rows() { su -s /bin/sh nobody -c 'find /var/lib/dapberry/history -name "*.parquet" -exec head -c 4 {} + | grep -q PAR1'; }
has_state() { [ "$(state)" = "$1" ]; }
is_refused() { ! "$@" >$work/output 2>&1; }
is_enabled() { systemctl --quiet is-enabled dapberry.service dapberry-devices.service dapberry-devices.path; }

# repacked PACKAGE VERSION SCRIPT: makes $work/VERSION.deb, the package with another version, whose program begins with SCRIPT.
repacked() {
  rm -rf $work/repacked
  dpkg-deb -R "$1" $work/repacked
  sed -i "s/^Version: .*/Version: $2/" $work/repacked/DEBIAN/control
  sed -i "1a $3" $work/repacked/usr/lib/dapberry/dist/server/main.js
  rm $work/repacked/DEBIAN/md5sums
  dpkg-deb --root-owner-group -Zgzip -b $work/repacked "$work/$2.deb" >/dev/null
}

# Debian's own tool removes such an empty folder.
rmdir /etc/systemd/system/*.wants 2>/dev/null
