#!/bin/sh
# Installs the Debian package $1, upgrades to $2 and removes it; $3 is a release archive. Run as root in a guest with systemd.
# guests: pc pc-trixie
# seconds: 5400

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
work=/tmp/package-test
mkdir -p $work
export DAPBERRY_PATIENCE=900

# The guest has Node, but not as a package.
put() { DEBIAN_FRONTEND=noninteractive dpkg --ignore-depends=nodejs -i "$1" <&-; }
version_of() { dpkg-deb -f "$1" Version; }
runs_version() { health "health.version === '$1'"; }
served_by_user() { [ "$(ps -o user= -p "$(systemctl show -P MainPID dapberry)")" = dapberry ]; }
in_groups() { for group; do id -nG dapberry | grep -qw "$group" || return 1; done; }
is_gone() { ! systemctl --quiet is-active dapberry; }
only_configuration() { diff "$1" "$2" | grep '^>' | grep -Ev '^> (/etc/dapberry|/etc/systemd/system|/var/lib/(dapberry|private)|passwd dapberry|group )' | { ! grep .; }; }

state() { dpkg-query -W -f '${db:Status-Status}' dapberry 2>/dev/null; }
# Anyone may read the history.
has_rows() { su -s /bin/sh nobody -c 'find /var/lib/dapberry/history -name "*.parquet" -exec head -c 4 {} + | grep -q PAR1'; }
has_state() { [ "$(state)" = "$1" ]; }
is_refused() { ! "$@" >$work/output 2>&1; }
is_enabled() { systemctl --quiet is-enabled dapberry.service dapberry-devices.service dapberry-devices.path; }

# Debian's own tool removes such an empty folder.
rmdir /etc/systemd/system/*.wants 2>/dev/null
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

# repacked VERSION SCRIPT: the package with another version, whose program begins with SCRIPT.
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
ok 'a version that does not accept the configuration is reported by dpkg' is_refused put $work/9.0.0.deb
ok 'with the mistake' grep -q '^no such key' $work/output
ok 'and the remedy' grep -q "apt install --allow-downgrades dapberry=$(version_of "$2"), or ./dapberry_" $work/output
ok 'the old version goes on' [ "$(process)" = "$running" ]
ok 'dpkg has it as half-configured' has_state half-configured
ok 'going back helps' put "$2"
ok 'without a restart' [ "$(process)" = "$running" ]
ok 'and serves' retry 120 runs_version "$(version_of "$2")"
repacked 9.1.0 'if (process.argv[2] === "serve") throw new Error("this version is broken");'
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

# From the package to install.sh.
tar -xzf "$3" -C $work
release=$(echo $work/dapberry-*)
files /var/lib/dpkg >$work/before-both
ok 'it is unpacked' dpkg --ignore-depends=nodejs --unpack "$1"
files >$work/unpacked
ok 'install.sh does not install beside it' is_refused "$release/systemd/install.sh"
ok 'and says what it found' grep -q 'found one that is unpacked' $work/output
ok 'nor does it remove it' is_refused "$release/systemd/install.sh" --purge
files >$work/still-unpacked
ok 'nothing is changed by that' same $work/unpacked $work/still-unpacked
ok 'it is configured' dpkg --ignore-depends=nodejs --configure dapberry
ok 'and serves' retry 120 runs_version "$(version_of "$1")"
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
ok 'and keeps the files of the package' same $work/before-broken $work/after-broken
ok 'and the state of dpkg' has_state config-files
ok 'a dry run says that it is taken over' sh -c "$release/systemd/install.sh --dry-run | grep '^would have dpkg forget'"
ok 'install.sh installs it' "$release/systemd/install.sh"
ok 'with the same user' [ "$(id dapberry)" = "$account" ]
ok 'dpkg has forgotten the package' is_refused state
dpkg -P dapberry >/dev/null 2>&1
ok 'a purge removes no row' has_rows
ok 'nor anything else' retry 60 runs_version "$(version_of "$1")"
ok 'the configuration is unchanged' same /etc/dapberry/config.yaml $work/own/config.yaml
ok 'and its copy' same /etc/dapberry/config.yaml.bak $work/own/config.yaml.bak
ok 'it is started with the machine' is_enabled
ok 'it is installed again' sh -c "$release/systemd/install.sh | grep '^nothing to do'"
mkdir -p /run/dapberry
ok 'it is purged' "$release/systemd/install.sh" --purge
ok 'with its folder in /run' [ ! -e /run/dapberry ]
rm -r /var/lib/dapberry
files /var/lib/dpkg >$work/after-both
ok 'and nothing is left of either' same $work/before-both $work/after-both

# Both ways without a removal between them.
account_and_rows() { id dapberry && find /var/lib/dapberry/history -name '*.parquet' | head -n1; }
restarts() { journalctl -u dapberry --no-pager -o cat | grep -c '^Started '; }
ok 'the package is installed' put "$1"
ok 'and serves' retry 120 runs_version "$(version_of "$1")"
echo '# my own' >>/etc/dapberry/config.yaml
cp /etc/dapberry/config.yaml $work/mine
systemctl restart dapberry
retry 60 has_rows
account_and_rows >$work/account
started=$(restarts)
ok 'install.sh installs over it' "$release/systemd/install.sh"
ok 'and serves' runs_version "$(version_of "$1")"
ok 'with one restart' [ "$(restarts)" -eq $((started + 1)) ]
ok 'dpkg has forgotten the package' is_refused state
ok 'the configuration is the same' same $work/mine /etc/dapberry/config.yaml
account_and_rows >$work/account-after
ok 'and so are the user and the rows' same $work/account $work/account-after
started=$(restarts)
ok 'a package that does not start is refused' is_refused put $work/9.1.0.deb
ok 'and what install.sh has installed goes on' retry 60 runs_version "$(version_of "$1")"
ok 'of which nothing is removed' [ -e /opt/dapberry/current ]
ok 'a good one is installed over it' put "$2"
ok 'and serves' runs_version "$(version_of "$2")"
ok 'install.sh is gone' [ ! -e /opt/dapberry ]
ok 'with its units' [ ! -e /etc/systemd/system/dapberry.service ]
ok 'it is started with the machine' is_enabled
ok 'the configuration is the same' same $work/mine /etc/dapberry/config.yaml
account_and_rows >$work/account-after
ok 'and so are the user and the rows' same $work/account $work/account-after
ok 'it is purged' dpkg -P dapberry
rm -r /var/lib/dapberry
files /var/lib/dpkg >$work/after-moves
ok 'and nothing is left of either' same $work/before-both $work/after-moves

ok 'the package is installed' put "$1"
ok 'and removed' dpkg -r dapberry
ok 'install.sh purges the rest' "$release/systemd/install.sh" --purge
rm -r /var/lib/dapberry
files /var/lib/dpkg >$work/after-remains
ok 'and nothing is left of it' same $work/before-both $work/after-remains
ok 'dpkg has forgotten the package' is_refused state
done_testing
