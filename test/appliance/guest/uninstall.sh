#!/bin/sh
# Gives the release archive $1 addresses and ports, uninstalls it, purges it, and installs it in vain. Run as root in a guest with systemd.
# guests: pc pc-trixie
# seconds: 3600

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
# shellcheck source=test/appliance/guest/archive.sh
. "$here/archive.sh"

# The only new files are those of the configuration and the history, and no file is missing.
only_configuration() { diff "$1" "$2" | grep '^[<>]' | grep -v -e '^> /etc/dapberry' -e '^> /var/lib/dapberry' | fails grep .; }
no_units() { systemctl list-units --all --no-legend 'dapberry*' | grep -v not-found | fails grep .; }
in_all_section() { sed -n '/^\[all\]/,$p' /boot/firmware/config.txt | grep -qx "$1"; }

ok 'it is installed' install_from "$release"
configure_mine
ok 'and serves a changed configuration' retry 30 serves_mine
version 2.6.1
ok 'an upgrade is installed' install_from $work/2.6.1
ok 'the rows before it are on disk, where anyone may read them' has_rows
first=$(oldest)

{ echo 'server: {host: 10.99.99.99}' && cat $work/mine; } >/etc/dapberry/config.yaml
systemctl restart dapberry
version 2.6.3
ok 'a service whose configured address is missing is upgraded' env DAPBERRY_PATIENCE=60 sh -c "$work/2.6.3/systemd/install.sh >$work/output 2>&1"
ok 'and the missing check is reported' grep -q 'note: .*not asked at http://10.99.99.99:8080/' $work/output
ip link set lo up && ip addr add 10.99.99.99/32 dev lo
version 2.6.4 'if (process.argv[2] === "serve") process.argv.push("--port", "8099");'
ok 'a version that does not answer at the address is refused' fails env DAPBERRY_PATIENCE=20 $work/2.6.4/systemd/install.sh
ip addr del 10.99.99.99/32 dev lo
cp $work/mine /etc/dapberry/config.yaml
ok 'and a service at every address goes back' /opt/dapberry/versions/2.6.1/systemd/install.sh

ok 'a low port is given with --port' /opt/dapberry/current/systemd/install.sh --port 80
export PORT=80
ok 'and served' runs_version 2.6.1
ok 'by the same user' runs_as dapberry
ok 'a port is removed with --port default' /opt/dapberry/current/systemd/install.sh --port default
unset PORT
ok 'and the port of the configuration is served' runs_version 2.6.1
ok 'without a capability' [ "$(systemctl show -P AmbientCapabilities dapberry)" = '' ]
ok 'interfaces are switched on' $work/2.6.1/systemd/install.sh --enable-1wire --enable-spi
ok 'by lines of config.txt' grep -qx 'dtoverlay=w1-gpio' /boot/firmware/config.txt
ok 'that hold for every model' in_all_section dtparam=spi=on

ok 'it is uninstalled' /opt/dapberry/current/systemd/install.sh --uninstall
files >$work/after-uninstall
ok 'except for the configuration and the history' only_configuration $work/before $work/after-uninstall
ok 'whose rows are there' has_rows
ok 'which is unchanged' same $work/mine /etc/dapberry/config.yaml
ok 'config.txt is as before' same $work/config.txt /boot/firmware/config.txt

version 2.6.5
ok 'it is installed again beside its configuration' install_from $work/2.6.5
ok 'and serves that configuration' serves_mine
ok 'with the rows from before' keeps_oldest
mkdir -p /run/dapberry
ok 'it is purged' sh -c "$work/2.6.5/systemd/install.sh --purge >$work/output"
ok 'with its folder in /run' [ ! -e /run/dapberry ]
ok 'the rows stay' has_rows
ok 'and their place is printed' grep -q "the history stays in $history" $work/output
ok 'nobody else gets them' [ -z "$(find /var/lib/dapberry ! -user root)" ]
rm -r /var/lib/dapberry
files >$work/after-purge
ok 'and nothing is left of it' same $work/before $work/after-purge
ok 'no unit is known or failed' no_units

version 2.7.0 'if (process.argv[2] === "serve") throw new Error("this version is broken");'
ok 'a first installation that fails' fails install_from $work/2.7.0
files >$work/after-failure
ok 'is undone completely' same $work/before $work/after-failure
ok 'with its folder in /run' [ ! -e /run/dapberry ]

groupadd dapberry
files >$work/before-group
ok 'a failing one beside a group of its name fails too' fails install_from $work/2.7.0
files >$work/after-group
ok 'and keeps that group' same $work/before-group $work/after-group
ok 'a good one' install_from "$release"
ok 'runs in that group' [ "$(id -gn dapberry)" = dapberry ]
useradd --no-create-home --groups i2c ada
ok 'it is purged' "$release/systemd/install.sh" --purge
rm -r /var/lib/dapberry
ok 'a group with another member stays' [ "$(id -nG ada)" = 'ada i2c' ]
userdel ada && { grep -q '^group i2c:' $work/before-group || groupdel i2c; }
files >$work/after-others
ok 'and nothing else' same $work/before-group $work/after-others
groupdel dapberry
done_testing
