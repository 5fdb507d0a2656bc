#!/bin/sh
# Does the Debian package install, upgrade and go as promised? Run as root in a guest that systemd runs; $1 is the package, $2 a later one.
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

# Debian's own tool removes an empty folder of this kind.
rmdir /etc/systemd/system/*.wants 2>/dev/null
files /var/lib/dpkg >$work/before
ok 'it is installed' put "$1"
ok 'and serves' until_well 120 runs_version "$(version_of "$1")"
ok 'as a user of its own' served_by_user
ok 'it is started with the machine' systemctl --quiet is-enabled dapberry.service dapberry-devices.path
echo '# my own' >>/etc/dapberry/config.yaml
cp /etc/dapberry/config.yaml $work/mine
ok 'it is upgraded' put "$2"
ok 'and serves' until_well 120 runs_version "$(version_of "$2")"
ok 'with the configuration of before' same $work/mine /etc/dapberry/config.yaml
ok 'it is removed' dpkg -r dapberry
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
done_testing
