#!/bin/sh
# Installs the Debian package $1, upgrades to $2, removes and purges it. Run as root in a guest with systemd.
# guests: pc pc-trixie
# seconds: 3600

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
# shellcheck source=test/appliance/guest/debian.sh
. "$here/debian.sh"
work=/tmp/package-test
mkdir -p $work

is_gone() { ! systemctl --quiet is-active dapberry; }
only_configuration() { diff "$1" "$2" | grep '^>' | grep -Ev '^> (/etc/dapberry|/etc/systemd/system|/var/lib/(dapberry|private)|passwd dapberry|group )' | { ! grep .; }; }
process() { systemctl show -P MainPID dapberry; }

files /var/lib/dpkg >$work/before
ok 'it is installed' put "$1"
ok 'and serves' retry 120 runs_version "$(version_of "$1")"
ok 'as a user of its own' served_by_user
ok 'it is started with the machine' systemctl --quiet is-enabled dapberry.service dapberry-devices.path
echo '# my own' >>/etc/dapberry/config.yaml
cp /etc/dapberry/config.yaml $work/mine
mkdir -p /run/systemd/system/dapberry.service.d
printf '[Unit]\nStartLimitBurst=2\nStartLimitIntervalSec=10min\n' >/run/systemd/system/dapberry.service.d/limit.conf
systemctl daemon-reload
until ! systemctl restart dapberry 2>/dev/null; do :; done
ok 'it failed too often' systemctl --quiet is-failed dapberry
ok 'it is upgraded' put "$2"
ok 'and serves' retry 120 runs_version "$(version_of "$2")"
ok 'with the same configuration' same $work/mine /etc/dapberry/config.yaml
rm /run/systemd/system/dapberry.service.d/limit.conf

running=$(process)
repacked "$2" 9.0.0 'if (process.argv[2] === "check") { console.error("no such key"); process.exit(2); }'
ok 'a version that does not accept the configuration is reported by dpkg' is_refused put $work/9.0.0.deb
ok 'with the mistake' grep -q '^no such key' $work/output
ok 'and the remedy' grep -q "apt install --allow-downgrades dapberry=$(version_of "$2"), or ./dapberry_" $work/output
ok 'the old version goes on' [ "$(process)" = "$running" ]
ok 'dpkg has it as half-configured' has_state half-configured
ok 'going back helps' put "$2"
ok 'without a restart' [ "$(process)" = "$running" ]
ok 'and serves' retry 120 runs_version "$(version_of "$2")"
repacked "$2" 9.1.0 'if (process.argv[2] === "serve") throw new Error("this version is broken");'
ok 'a version that does not start is reported by dpkg' is_refused put $work/9.1.0.deb
ok 'with its log' grep -q 'this version is broken' $work/output
ok 'and the version before is restored' grep -q "version $(version_of "$2") was restored and serves again" $work/output
ok 'and serves' runs_version "$(version_of "$2")"
ok 'by the command too' [ "$(dapberry --version)" = "$(version_of "$2")" ]
ok 'with the same configuration' same $work/mine /etc/dapberry/config.yaml
ok 'going back helps' put "$2"
ok 'and serves' retry 120 runs_version "$(version_of "$2")"

mkdir -p /run/dapberry
ok 'it is removed' dpkg -r dapberry
ok 'with its folder in /run' [ ! -e /run/dapberry ]
ok 'and does not serve' is_gone
files /var/lib/dpkg >$work/after-remove
ok 'the configuration stays' same $work/mine /etc/dapberry/config.yaml
ok 'and the rows' has_rows
ok 'the program does not' only_configuration $work/before $work/after-remove
ok 'it is purged' sh -c "dpkg -P dapberry >$work/output"
ok 'the rows stay' has_rows
ok 'and their place is printed' grep -q 'the history stays in /var/lib/dapberry/history' $work/output
ok 'nobody else gets them' [ -z "$(find /var/lib/dapberry ! -user root)" ]
rm -r /var/lib/dapberry
files /var/lib/dpkg >$work/after-purge
ok 'and nothing is left of it' same $work/before $work/after-purge
done_testing
