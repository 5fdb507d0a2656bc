#!/bin/sh
# Does the Debian package install, upgrade and go as promised? Run as root in a guest that systemd runs; $1 is the package, $2 a later one, $3 a release archive.
# guests: pc pc-trixie

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
work=/tmp/package-test
mkdir -p $work

# The guest has Node, but not as a package.
put() { DEBIAN_FRONTEND=noninteractive dpkg --ignore-depends=nodejs --force-confold -i "$1"; }
version_of() { dpkg-deb -f "$1" Version; }
runs_version() { health "health.version === '$1'"; }
served_by_user() { [ "$(ps -o user= -p "$(systemctl show -P MainPID dapberry)")" = dapberry ]; }
in_groups() { for group; do id -nG dapberry | grep -qw "$group" || return 1; done; }
is_gone() { ! systemctl --quiet is-active dapberry; }
only_configuration() { diff "$1" "$2" | grep '^>' | grep -Ev '^> (/etc/dapberry|/etc/systemd/system|/var/lib/(dapberry|private)|passwd dapberry|group )' | { ! grep .; }; }

state() { dpkg-query -W -f '${db:Status-Status}' dapberry 2>/dev/null; }
has_state() { [ "$(state)" = "$1" ]; }
is_refused() { ! "$@" >$work/said 2>&1; }
is_enabled() { systemctl --quiet is-enabled dapberry.service dapberry-devices.service dapberry-devices.path; }

# Debian's own tool removes an empty folder of this kind.
rmdir /etc/systemd/system/*.wants 2>/dev/null
files /var/lib/dpkg >$work/before
ok 'it is installed' put "$1"
ok 'and serves' until_well 120 runs_version "$(version_of "$1")"
ok 'as a user of its own' served_by_user
ok 'it is started with the machine' systemctl --quiet is-enabled dapberry.service dapberry-devices.path
echo '# my own' >>/etc/dapberry/config.yaml
cp /etc/dapberry/config.yaml $work/mine
mkdir -p /run/systemd/system/dapberry.service.d
printf '[Unit]\nStartLimitBurst=2\n' >/run/systemd/system/dapberry.service.d/limit.conf
systemctl daemon-reload
until ! systemctl restart dapberry 2>/dev/null; do :; done
ok 'it was started too often' systemctl --quiet is-failed dapberry
ok 'it is upgraded' put "$2"
ok 'and serves' until_well 120 runs_version "$(version_of "$2")"
ok 'with the configuration of before' same $work/mine /etc/dapberry/config.yaml
rm -r /run/systemd/system/dapberry.service.d

# repacked VERSION SCRIPT: the package as another version, whose program begins with SCRIPT.
repacked() {
  rm -rf $work/repacked
  dpkg-deb -R "$package" $work/repacked
  sed -i "s/^Version: .*/Version: $1/" $work/repacked/DEBIAN/control
  sed -i "1a $2" $work/repacked/usr/lib/dapberry/dist/server/main.js
  rm $work/repacked/DEBIAN/md5sums
  dpkg-deb --root-owner-group -Zgzip -b $work/repacked "$work/$1.deb" >/dev/null
}
process() { systemctl show -P MainPID dapberry; }
package=$2
running=$(process)
repacked 9.0.0 'if (process.argv[2] === "check") { console.error("no such key"); process.exit(2); }'
ok 'a version that does not take the configuration is told by dpkg' is_refused put $work/9.0.0.deb
ok 'with the mistake' grep -q '^no such key' $work/said
ok 'and what to do' grep -q "apt install --allow-downgrades ./dapberry_$(version_of "$2")_" $work/said
ok 'the version before goes on' [ "$(process)" = "$running" ]
ok 'dpkg has it as half-configured' has_state half-configured
ok 'going back helps' put "$2"
ok 'and serves' until_well 120 runs_version "$(version_of "$2")"
repacked 9.1.0 'if (process.argv[2] === "serve") throw new Error("this version is broken");'
ok 'a version that does not start is told by dpkg' is_refused put $work/9.1.0.deb
ok 'with its log' grep -q 'this version is broken' $work/said
ok 'and is not started over and over' is_gone
ok 'going back helps' put "$2"
ok 'and serves' until_well 120 runs_version "$(version_of "$2")"

mkdir -p /run/dapberry
ok 'it is removed' dpkg -r dapberry
ok 'with what it had in /run' [ ! -e /run/dapberry ]
ok 'and serves no more' is_gone
files /var/lib/dpkg >$work/after-remove
ok 'the configuration stays' same $work/mine /etc/dapberry/config.yaml
ok 'the program does not' only_configuration $work/before $work/after-remove
ok 'it is purged' dpkg -P dapberry
files /var/lib/dpkg >$work/after-purge
ok 'and nothing is left of it' same $work/before $work/after-purge

# Somebody's own, in one of the groups already.
groupadd --force i2c
ok 'there is a user of its name' useradd --create-home --groups i2c dapberry
files /var/lib/dpkg >$work/before-user
ok 'beside whom it is installed' put "$1"
ok 'and serves' until_well 120 runs_version "$(version_of "$1")"
ok 'as that user' served_by_user
ok 'who is in the groups' in_groups gpio i2c
ok 'it is purged' dpkg -P dapberry
files /var/lib/dpkg >$work/after-user
ok 'and the user is as before' same $work/before-user $work/after-user
userdel --remove dapberry 2>/dev/null

ok 'there is a group of its name' groupadd dapberry
files /var/lib/dpkg >$work/before-group
ok 'beside which it is installed' put "$1"
ok 'and serves' until_well 120 runs_version "$(version_of "$1")"
ok 'it is purged' dpkg -P dapberry
files /var/lib/dpkg >$work/after-group
ok 'and the group is as before' same $work/before-group $work/after-group
groupdel dapberry

# From the package to install.sh.
tar -xzf "$3" -C $work
release=$(echo $work/dapberry-*)
files /var/lib/dpkg >$work/before-both
ok 'it is unpacked' dpkg --ignore-depends=nodejs --unpack "$1"
files >$work/unpacked
ok 'install.sh does not go beside it' is_refused "$release/systemd/install.sh"
ok 'and says what it found' grep -q 'found one that is unpacked' $work/said
ok 'nor does it take it away' is_refused "$release/systemd/install.sh" --purge
files >$work/still-unpacked
ok 'nothing is changed by that' same $work/unpacked $work/still-unpacked
ok 'it is configured' dpkg --ignore-depends=nodejs --configure dapberry
ok 'and serves' until_well 120 runs_version "$(version_of "$1")"
account=$(id dapberry)
ok 'it is removed' dpkg -r dapberry
echo '# my own' >>/etc/dapberry/config.yaml
echo '# before' >/etc/dapberry/config.yaml.bak
cp -a /etc/dapberry $work/own

cp -a "$release" $work/broken
sed -i '1a if (process.argv[2] === "serve") throw new Error("this version is broken");' $work/broken/dist/server/main.js
files /var/lib/dpkg >$work/before-broken
ok 'install.sh of a version that does not start is refused' is_refused $work/broken/systemd/install.sh
files /var/lib/dpkg >$work/after-broken
ok 'which leaves what the package left' same $work/before-broken $work/after-broken
ok 'dpkg too' has_state config-files
ok 'a rehearsal tells that it is taken over' sh -c "$release/systemd/install.sh --dry-run | grep '^would have dpkg forget'"
ok 'install.sh installs it' "$release/systemd/install.sh"
ok 'as the user of before' [ "$(id dapberry)" = "$account" ]
ok 'dpkg knows of none' is_refused state
dpkg -P dapberry >/dev/null 2>&1
ok 'a purge finds nothing to take away' until_well 60 runs_version "$(version_of "$1")"
ok 'the configuration is as it was' same /etc/dapberry/config.yaml $work/own/config.yaml
ok 'and its copy' same /etc/dapberry/config.yaml.bak $work/own/config.yaml.bak
ok 'it is started with the machine' is_enabled
ok 'it is installed again' sh -c "$release/systemd/install.sh | grep '^nothing to do'"
mkdir -p /run/dapberry
ok 'it is purged' "$release/systemd/install.sh" --purge
ok 'with what it had in /run' [ ! -e /run/dapberry ]
files /var/lib/dpkg >$work/after-both
ok 'and nothing is left of either' same $work/before-both $work/after-both

ok 'the package is installed' put "$1"
ok 'and removed' dpkg -r dapberry
ok 'install.sh purges what it left' "$release/systemd/install.sh" --purge
files /var/lib/dpkg >$work/after-remains
ok 'and nothing is left of it' same $work/before-both $work/after-remains
ok 'dpkg knows of none' is_refused state
done_testing
