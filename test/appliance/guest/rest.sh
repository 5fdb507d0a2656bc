#!/bin/sh
# Measures the memory of the service at rest with a history, and its time to the first row after starts, from the release archive $1. Run as root.
# guests: pc pc-trixie
# seconds: 2400

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/tmp/rest-test
mkdir -p $work
export DAPBERRY_PATIENCE=900 DEBIAN_FRONTEND=noninteractive
tar -xzf "$1" -C $work
release=$(echo $work/dapberry-*)

pid() { systemctl show -P MainPID dapberry; }
rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(pid)/status"; }
# Prints the memory of the process in MB: in all, and without the pages of files, which the kernel takes back when it needs them.
memory() { awk '/^(VmRSS|VmHWM|RssAnon|RssFile)/ { printf "%s %.1f MB  ", $1, $2 / 1024 }' "/proc/$(pid)/status"; }
rows() { health "health.datasets.find(({name}) => name === 'lab').rows >= $1"; }
# Seconds from the start of the process to the time of its first row.
to_first_row() {
  ask '/lab.csv?time&time>=2020-01-01&time<now' >$work/times
  began=$(systemctl show -P ExecMainStartTimestampMonotonic dapberry)
  node -e '
    const [began, up] = [Number(process.argv[1]) / 1e6, Number(require("node:fs").readFileSync("/proc/uptime", "utf8").split(" ")[0])];
    const start = Date.now() / 1000 - (up - began);
    const times = require("node:fs").readFileSync(process.argv[2], "utf8").split(/\r?\n/).map(text => Number(text) || Date.parse(text) / 1000).filter(time => time > start);
    console.log(times.length === 0 ? "none" : (Math.min(...times) - start).toFixed(2));
  ' "$began" $work/times
}

echo "# $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release), systemd $(systemctl --version | sed -n '1s/.*(\(.*\))/\1/p'), Node $(node --version)"
mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized
bus=$(grep -ls '^SMBus stub' /sys/class/i2c-dev/i2c-*/name | sed 's/.*i2c-\([0-9]*\).name/\1/' | head -n1)
i2cset -y "$bus" 0x48 0 0x0019 w
mkdir -p /etc/dapberry
cat >/etc/dapberry/config.yaml <<Y
datasets:
  lab:
    interval: 1 s
    history: {flush: 1 min}
    sensors:
      - {kind: lm75, bus: $bus}
      - {kind: ds18b20, name: roof, address: 28-00004d495301}
      - {kind: gpio-input, name: rain, pin: 17, count: falling}
      - {kind: host-load}
Y
ok 'it is installed' "$release/systemd/install.sh"
ok 'and makes rows of four sensors' retry 120 rows 3
ok 'which are healthy' retry 60 health "health.status === 'ok'"
for turn in 1 2 3; do
  systemctl stop dapberry
  systemctl start dapberry
  retry 120 rows 1
  took=$(to_first_row)
  echo "# start $turn: $took s from the process to the first row, on the clock of this emulated machine"
  ok "start $turn gives a row" [ "$took" != none ]
done
stored() { find /var/lib/dapberry/history -name '*.parquet' | grep -q .; }
ok 'the history is written' retry 180 stored
sleep 240
echo "# at rest: $(memory)"
ok 'at rest it takes at most 90 MB' [ "$(rss)" -le 92160 ]
for _ in 1 2 3; do
  curl -fsS -o /dev/null http://127.0.0.1:8080/
  curl -fsS -o /dev/null http://127.0.0.1:8080/health
  curl -fsS -o /dev/null 'http://127.0.0.1:8080/lab.csv?&time>=now-10minutes&time<now'
done
timeout 60 curl -sN http://127.0.0.1:8080/lab.dods >/dev/null
sleep 60
echo "# a minute after a reader and some requests: $(memory)"
ok 'then too' [ "$(rss)" -le 92160 ]
done_testing
