#!/bin/sh
# Moves between the Debian package $1, its later $2, and the release archive $3, both ways. Run as root in a guest with systemd.
# guests: pc pc-trixie
# seconds: 5400

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
# shellcheck source=test/appliance/guest/debian.sh
. "$here/debian.sh"
work=/tmp/package-moves-test
mkdir -p $work

tar -xzf "$3" -C $work
release=$(echo $work/dapberry-*)
files /var/lib/dpkg >$work/before-both

# From the package to install.sh.
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
# The time of the oldest row, since files of the history are merged meanwhile.
account_and_rows() {
  id dapberry
  retry 60 health 'health.datasets.every(({extent}) => extent !== undefined)'
  ask /health | node -e '
    const { datasets } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    for (const { name, extent } of datasets) console.log(name, extent.firstTime);
  '
}
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
repacked "$2" 9.1.0 'if (process.argv[2] === "serve") throw new Error("this version is broken");'
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
