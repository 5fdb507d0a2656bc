#!/bin/sh
# Browses for the service with Avahi's own program while it is renamed, hidden, without Avahi and restarted, from the release archive $1. Run as root.
# guests: pc pc-trixie
# seconds: 1800

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/tmp/found-test
mkdir -p $work
export DAPBERRY_PATIENCE=900 DEBIAN_FRONTEND=noninteractive
tar -xzf "$1" -C $work
release=$(echo $work/dapberry-*)
config=/etc/dapberry/config.yaml

fails() { ! "$@"; }
# Prints NAME;TYPE;HOST;ADDRESS;PORT;TEXTS of each service that answers over IPv4; Avahi writes other characters of names as \DDD.
browse() { timeout 30 avahi-browse --resolve --terminate --parsable "$1" | awk -F';' '$1 == "=" && $3 == "IPv4" { print $4 ";" $5 ";" $7 ";" $8 ";" $9 ";" $10 }' | perl -pe 's/\\(\d{3})/chr $1/ge'; }
# found NAME TEXT [TYPE]: the service is listed by that name, with the text.
found() { browse "${3:-_http._tcp}" >$work/services; grep "^$1;" $work/services | grep -q -- "$2" || { cat $work/services; return 1; }; }
# lists NAME: as found, with its port and address alone.
lists() { found "$1" ';10.0.2.15;8080;'; }
hidden() { browse _http._tcp >$work/services; ! grep dapberry $work/services; }
state() { health "health.announcement.state === '$1'"; }
process() { systemctl show -P MainPID dapberry; }
same_process() { [ "$(process)" = "$running" ]; }
lines() { journalctl -u dapberry --no-pager -o cat | wc -l; }
configure() { printf 'server: {%s}\ndatasets: {garden: {interval: 1, sensors: [{kind: host-load}]}%s}\n' "$1" "$2" >$config; }
doctor_says() { dapberry doctor >$work/output 2>&1; tr -s ' \n' ' ' <$work/output | grep -q -- "$1" || { cat $work/output; return 1; }; }

mkdir -p /etc/dapberry
configure '' ''
ok 'it is installed where Avahi does not run' "$release/systemd/install.sh"
ok 'and says that there is no Avahi' retry 120 state absent
running=$(process)
before=$(lines)
ok 'Avahi starts' systemctl start avahi-daemon
ok 'avahi-browse lists the running service, its address and port' retry 120 lists 'dapberry on appliance'
ok 'with its datasets' found 'dapberry on appliance' 'datasets=garden'
cat $work/services | sed 's/^/# /'
ok '/health says so' state announced
ok 'the doctor too' doctor_says 'dapberry on appliance'
ok 'by the same process' same_process
ok 'within the sandbox of the unit' [ "$(systemctl show -P ProtectSystem dapberry) $(systemctl show -P NoNewPrivileges dapberry)" = 'strict yes' ]

configure 'announce: Weather of the roof' ''
ok 'a name in the configuration is followed' retry 120 lists 'Weather of the roof'
ok 'and the former name is gone' fails lists 'dapberry on appliance'
configure 'announce: Weather of the roof' ', shed: {interval: 1, sensors: [{kind: host-load}]}'
ok 'another dataset is named' retry 120 found 'Weather of the roof' 'datasets=garden,shed'
configure 'announce: false' ''
ok 'it can be hidden' retry 120 hidden
ok '/health says why' health "health.announcement.reason.includes('announce')"
avahi-publish --service 'Weather of the roof' _http._tcp 9999 >/dev/null 2>&1 &
other=$!
ok 'another program has the name' retry 120 found 'Weather of the roof' ';9999;'
configure 'announce: Weather of the roof' ''
ok 'it takes the next name' retry 120 lists 'Weather of the roof #2'
kill $other
ok 'by the same process' same_process

systemctl restart avahi-daemon
ok 'it is announced again after a restart of Avahi' retry 90 lists 'Weather of the roof'
systemctl restart dapberry
ok 'and after a restart of its own' retry 120 lists 'Weather of the roof'
systemctl stop dapberry
ok 'a stop takes the announcement back' retry 120 hidden
systemctl start dapberry
ok 'a start brings it' retry 120 lists 'Weather of the roof'
running=$(process)
before=$(lines)
ok 'Avahi is removed from the machine' dpkg -P avahi-utils avahi-daemon
ok 'which the server notices' retry 120 state absent
ok 'it serves on' health "health.status === 'ok' && health.datasets[0].rows > 0"
sleep 60
ok 'by the same process' same_process
# A busy machine has lines of its own, such as that of missed slots.
said() { journalctl -u dapberry --no-pager -o cat | tail -n +$((before + 1)) | grep -i 'announce' >$work/output; [ "$(wc -l <$work/output)" = 1 ] || { cat $work/output; return 1; }; }
ok 'with one line in the log, that it is not announced any more' said
configure 'announce: Roof' ''
renamed() { journalctl -u dapberry --no-pager -o cat | tail -n +$((before + 1)) | grep -q 'configuration reloaded'; }
ok 'a name is taken over without Avahi' retry 120 renamed
systemctl restart dapberry
ok 'it starts without Avahi' retry 120 state absent
ok 'healthy' health "health.status === 'ok'"
done_testing
