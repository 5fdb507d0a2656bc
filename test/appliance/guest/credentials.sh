#!/bin/sh
# Gives the service its users as a credential of systemd, a file of root alone, from the release archive $1. Run as root.
# guests: pc pc-trixie
# seconds: 1800

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/tmp/credentials-test
mkdir -p $work
export DAPBERRY_PATIENCE=900 DEBIAN_FRONTEND=noninteractive
tar -xzf "$1" -C $work
release=$(echo $work/dapberry-*)
config=/etc/dapberry/config.yaml
drop_in=/etc/systemd/system/dapberry.service.d

fails() { ! "$@"; }
# answers STATUS [CURL-OPTION...]: the status of the dataset.
answers() { wanted=$1; shift; found=$(curl -s -o /dev/null -w '%{http_code}' --max-time 30 "$@" http://127.0.0.1:8080/garden.dds); [ "$found" = "$wanted" ] || { echo "$found"; return 1; }; }
users() { printf '%s\n' "$2" | dapberry password "$1" --stdin >/etc/dapberry/readers; chmod 600 /etc/dapberry/readers; chown root:root /etc/dapberry/readers; }
nothing_to_mend() { dapberry doctor >$work/output 2>&1; ! grep '^fix' $work/output; }
status_says() { systemctl status --no-pager --full dapberry 2>&1 | grep -q -- "$1" || { systemctl status --no-pager --full dapberry; return 1; }; }

mkdir -p /etc/dapberry $drop_in
# No time server answers here, which the doctor would have mended.
mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized
printf 'datasets: {garden: {interval: 1, sensors: [{kind: host-load}]}}\n' >$config
ok 'it is installed' "$release/systemd/install.sh"
ok 'and everyone may read' answers 200
users anna 'a long password'
ok 'the file is for root alone' [ "$(stat -c '%a %U' /etc/dapberry/readers)" = '600 root' ]

printf 'access: {users: readers, public: [health]}\ndatasets: {garden: {interval: 1, sensors: [{kind: host-load}]}}\n' >$config
says_credential() { health "health.configuration.inUse === 'previous' && health.configuration.problems.some(text => text.includes('LoadCredential='))"; }
ok 'without the line in the unit the reload is refused, with the reason' retry 120 says_credential
ok 'systemctl status says so too' retry 120 status_says 'LoadCredential='
printf '[Service]\nLoadCredential=readers:/etc/dapberry/readers\n' >$drop_in/readers.conf
systemctl daemon-reload
ok 'with the line it starts' systemctl restart dapberry
ok 'and serves nobody without a password' retry 120 answers 401
ok 'nor with a wrong one' answers 401 --user 'anna:another password'
ok 'but the user' answers 200 --user 'anna:a long password'
ok 'the configuration is in use' health "health.configuration.inUse === 'current'"
ok 'the service cannot read the file itself' fails runuser -u dapberry -- cat /etc/dapberry/readers
ok 'dapberry check accepts it outside of the service' dapberry check
ok 'the doctor has nothing to mend' nothing_to_mend
users berta 'another long password'
systemctl restart dapberry
ok 'a new content is there after a restart' retry 120 answers 200 --user 'berta:another long password'
ok 'and the former user is gone' answers 401 --user 'anna:a long password'
ok 'an upgrade accepts it' "$release/systemd/install.sh"
ok 'and the users stay' retry 120 answers 200 --user 'berta:another long password'

printf 'nonsense\n' >/etc/dapberry/readers
systemctl restart dapberry
ok 'a wrong file at a start keeps all datasets closed' retry 120 answers 401
ok 'for the former user too' answers 401 --user 'berta:another long password'
ok 'and is said' retry 120 status_says 'readers'
users berta 'another long password'
systemctl restart dapberry
ok 'a mended one opens them' retry 120 answers 200 --user 'berta:another long password'
done_testing
