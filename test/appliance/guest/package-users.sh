#!/bin/sh
# Installs the Debian package $1 where its user or its group exists, and purges it. Run as root in a guest with systemd.
# guests: pc pc-trixie
# seconds: 3600

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
# shellcheck source=test/appliance/guest/debian.sh
. "$here/debian.sh"
work=/tmp/package-users-test
mkdir -p $work

in_groups() { for group; do id -nG dapberry | grep -qw "$group" || return 1; done; }

# A user who existed before, in one of the groups already.
groupadd --force i2c
ok 'there is a user of its name' useradd --create-home --groups i2c dapberry
files /var/lib/dpkg >$work/before-user
ok 'it is installed beside that user' put "$1"
ok 'and serves' retry 120 runs_version "$(version_of "$1")"
ok 'as that user' served_by_user
ok 'which is in the groups' in_groups gpio i2c
ok 'it is purged' dpkg -P dapberry
rm -r /var/lib/dapberry
files /var/lib/dpkg >$work/after-user
ok 'and the user is as before' same $work/before-user $work/after-user
userdel --remove dapberry 2>/dev/null

ok 'there is a group of its name' groupadd dapberry
files /var/lib/dpkg >$work/before-group
ok 'it is installed beside that group' put "$1"
ok 'and serves' retry 120 runs_version "$(version_of "$1")"
ok 'it is purged' dpkg -P dapberry
rm -r /var/lib/dapberry
files /var/lib/dpkg >$work/after-group
ok 'and the group is as before' same $work/before-group $work/after-group
groupdel dapberry
done_testing
