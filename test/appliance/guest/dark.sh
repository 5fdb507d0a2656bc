#!/bin/sh
# Starts the service with wrong configurations, a taken port and a missing address, from the release archive $1. Run as root.
# guests: pc pc-trixie
# seconds: 3600
# boots: 2

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/tmp/dark-test
mkdir -p $work
export DAPBERRY_PATIENCE=900 DEBIAN_FRONTEND=noninteractive
[ "$BOOT" = 2 ] || tar -xzf "$1" -C $work
release=$(echo $work/dapberry-*)
config=/etc/dapberry/config.yaml

fails() { ! "$@"; }
exec 3>&1
# run COMMAND...: shows the end of its output at once if it fails.
run() { "$@" >$work/output 2>&1 || { code=$?; tail -n 12 $work/output | sed "s/^/# /" >&3; return $code; }; }
says() { grep -q -- "$1" $work/output || { cat $work/output; return 1; }; }
serves() { health "health.datasets.map(({name}) => name).join() === '$1'"; }
in_use() { health "health.configuration.inUse === '$1'"; }
status_says() { systemctl status --no-pager --full dapberry 2>&1 | grep -q -- "$1" || { systemctl status --no-pager --full dapberry; return 1; }; }
doctor_says() { dapberry doctor >$work/output 2>&1; tr -s ' \n' ' ' <$work/output | grep -q -- "$1" || { cat $work/output; return 1; }; }
# What a boot does: nothing of /run is there, and no process of before.
boot() {
  systemctl kill -s KILL dapberry 2>/dev/null
  systemctl stop dapberry dapberry-devices.service dapberry-devices.path
  rm -rf /run/dapberry /run/dapberry-devices
  systemctl daemon-reload
  systemctl start dapberry-devices.service dapberry-devices.path dapberry
}

echo "# $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release), systemd $(systemctl --version | sed -n '1s/.*(\(.*\))/\1/p')"
if [ "$BOOT" = 2 ]; then
  ok 'a restart of the machine with a wrong file runs the last good one' retry 300 in_use last-good
  ok 'with its dataset' serves barn
  ok 'systemctl status says what is wrong' retry 120 status_says 'the last good one, of .*is in use'
  ok 'and has no failed unit of dapberry' fails sh -c 'systemctl --failed --no-legend | grep dapberry'
  echo "# $(systemctl show -P StatusText dapberry)"
  done_testing
  exit
fi
mkdir -p /etc/dapberry
printf 'datasets: {garden: {interval: 0.5, sensors: [{driver: ./level.js}]}}\n' >$config
cat >/etc/dapberry/level.js <<'J'
export default ({ z }) => ({
  name: 'level', title: 'Level', description: 'A sensor.', needs: [],
  options: z.strictObject({}), channels: () => [{ name: 'level', units: 'm', longName: 'Level' }], conversionTime: () => 0,
  open: async () => ({ name: 'level', channels: [{ name: 'level', units: 'm', longName: 'Level' }], read: async () => [7], close: async () => {} }),
});
J
ok 'it is installed' run "$release/systemd/install.sh"
ok 'and serves' retry 120 serves garden
kept() { [ -n "$(find /var/lib/dapberry/last-good -name '*.json')" ]; }
ok 'the configuration is kept' retry 120 kept
ok 'for the service alone' [ "$(stat -c '%a %U' /var/lib/dapberry/last-good)" = '700 dapberry' ]

cp $config $work/good
sed -i 's/interval/intervall/' $config
ok 'a wrong file while it runs leaves the one before in use' retry 120 in_use previous
ok 'systemctl status says so' retry 120 status_says 'the previous one stays in use'
systemctl restart dapberry
ok 'a restart with the wrong file runs the last good one' retry 120 in_use last-good
ok 'with its dataset' serves garden
ok 'systemctl status says what is wrong' retry 120 status_says 'the last good one, of .*is in use'
ok 'the doctor says what runs' doctor_says 'running the configuration is wrong since [0-9T:-]*Z, and the last good one'
ok 'the log says it' sh -c 'journalctl -u dapberry --no-pager | grep -q "did you mean \"interval\""'
rm /etc/dapberry/level.js
boot
ok 'a boot with the wrong file and without the driver runs the last good one with its driver' retry 120 in_use last-good
ok 'and its dataset' serves garden
printf 'datasets: [\n' >$config
boot
ok 'a boot with a file that is no YAML too' retry 120 serves garden
systemctl stop dapberry
rm -r /var/lib/dapberry/last-good
systemctl start dapberry
ok 'without a last good one the load of the machine is served' retry 120 serves host
ok 'and said to be that' in_use host-only
ok 'the doctor too' doctor_says 'only the load of this machine is served'
cp $work/good $config
cat >/etc/dapberry/level.js <<'J'
process.exit(3);
J
systemctl restart dapberry
ok 'a driver that ends the program keeps nobody from being served' retry 120 serves host
ok 'and is said to do so' health "health.configuration.problems.some(text => text.includes('process.exit'))"
printf 'datasets: {shed: {interval: 0.5, sensors: [{kind: host-load}]}}\n' >$config
ok 'a mended file is taken at once' retry 120 serves shed
# Not the log below it, which keeps the sentence.
line_says() { systemctl show -P StatusText dapberry | grep -q -- "$1"; }
ok 'and the status line says nothing of it' retry 120 fails line_says 'is wrong'

# A port that another program has.
node -e 'require("node:http").createServer((_q, a) => a.end("other")).listen(8090, "::")' &
other=$!
sed -i '1i server: {port: 8090}' $config
boot
ok 'a taken port is waited for' retry 120 status_says '8090'
ok 'and the service is active' systemctl --quiet is-active dapberry
ok 'the doctor names it' doctor_says '8090 is in use by another program'
kill $other
export PORT=8090
ok 'the port is taken as soon as it is free' retry 120 serves shed
unset PORT
sed -i 's/^server: .*/server: {host: 192.0.2.77}/' $config
boot
ok 'a missing address is waited for' retry 120 status_says '192.0.2.77'
ip address add 192.0.2.77/32 dev lo
there() { curl -fsS -o /dev/null --max-time 20 http://192.0.2.77:8080/health; }
ok 'and taken as soon as it is there' retry 120 there
sed -i '/^server/d' $config
pending() { curl -fsS --max-time 20 http://192.0.2.77:8080/health | grep -q '"afterRestart":\["server.host"\]'; }
ok 'another address is said to wait for a restart' retry 120 pending
systemctl restart dapberry
ok 'which takes it' retry 120 serves shed

# dapberry edit, as root on a terminal, with a script as the editor.
cat >$work/editor <<'S'
#!/bin/sh
sed -i 's/shed/barn/' "$1"
S
chmod 755 $work/editor
edit() { EDITOR=$work/editor node "$here/answers.mjs" 'dapberry edit' 's save=s' >$work/output 2>&1 || { code=$?; cat $work/output; return $code; }; }
ok 'dapberry edit saves what the editor writes' edit
ok 'shows what changes' says '+ datasets: {barn'
ok 'and says when it is live' says 'it is live'
ok 'the server serves it' retry 120 serves barn

# A program that does not stay up is started again, for ever.
printf '[Service]\nExecStartPre=/bin/false\nRestartSec=100ms\nRestartSteps=0\nRestartMaxDelaySec=infinity\n' >$work/fail.conf
cp $work/fail.conf /run/systemd/system/dapberry.service.d/
systemctl daemon-reload
systemctl restart --no-block dapberry
often() { [ "$(systemctl show -P NRestarts dapberry)" -ge 25 ]; }
ok 'it is started more than twenty times' retry 120 often
rm /run/systemd/system/dapberry.service.d/fail.conf && systemctl daemon-reload
ok 'and serves once the reason is gone' retry 300 serves barn
sed -i 's/interval/intervall/' $config
ok 'a wrong file is in place for the next boot' retry 120 in_use previous
sync
done_testing
