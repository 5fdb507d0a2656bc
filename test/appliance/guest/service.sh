#!/bin/bash
# Tests the server under a real systemd. Run as root in a guest with systemd, the built project at $APP (/app) and node at $NODE.
# It prints TAP and exits with the number of failures. The unit is the project's own if it exists, else a small one. In a container
# (systemd-nspawn) it leaves out the checks that set the clock, which is that of the host. PARTS: the parts to run; PATIENCE: how
# many times longer than on a real machine each step may take.
# seconds: 3600
# shellcheck disable=SC2016,SC2086,SC2119,SC2120,SC2317 # names and paths without spaces; what is called through "$@"
APP=${APP:-/app} NODE=${NODE:-/usr/local/bin/node} UNIT=dapberry CONFIG=/etc/dapberry/config.yaml PATIENCE=${PATIENCE:-1}
number=0 failures=0
ok() { number=$((number + 1)); echo "ok $number - $1"; }
not_ok() { number=$((number + 1)) failures=$((failures + 1)); echo "not ok $number - $1"; shift; printf '# %s\n' "$@" "status: $(shown StatusText)"; journalctl -u $UNIT -n 12 --no-pager -o cat | sed 's/^/# /'; }
check() { local name=$1; shift; if "$@" >/tmp/out 2>&1; then ok "$name"; else not_ok "$name" "$* failed: $(head -c 400 /tmp/out)"; fi; }
# eventually SECONDS NAME COMMAND...
eventually() { local end=$((SECONDS + $1 * PATIENCE)) name=$2; shift 2; until "$@" >/tmp/out 2>&1; do [ $SECONDS -lt $end ] || { not_ok "$name" "$* failed to the end: $(head -c 400 /tmp/out)"; return; }; sleep 0.2; done; ok "$name"; }
# get PATH [PORT] [HOST]: HTTP/1.0, so that the body comes as it is. A guest has no curl, and node takes seconds to start.
get() { local host=${3:-127.0.0.1} port=${2:-8080}; { exec 3<>"/dev/tcp/$host/$port"; } 2>/dev/null || return 1; printf 'GET %s HTTP/1.0\r\nHost: x\r\n\r\n' "$1" >&3; timeout "${LIMIT:-$((10 * PATIENCE))}" cat <&3; exec 3>&-; }
says() { local path=$1 what=$2; shift 2; get "$path" "$@" | tr -d '\n' | grep -qE "$what"; }
shown() { systemctl show $UNIT -p "$1" --value; }
status_says() { shown StatusText | grep -qE "$1"; }
logged() { journalctl -u $UNIT --no-pager -o cat | grep -qE "$1"; }
restarted() { [ "$(shown NRestarts)" -gt "$1" ] && serves; }
is_active() { [ "$(shown ActiveState)" = active ]; }
serves() { says /health '"status":"(ok|degraded)"' "$@"; }
wedge() { systemctl kill --kill-who=main -s "$1" $UNIT; }
# Succeeds if the clock of this machine may be set: a container has the clock of the host.
owns_clock() { ! systemd-detect-virt --quiet --container; }
# Prints the times of the rows that come within a few seconds, also those ahead of the clock, and checks that they are in order.
times() { LIMIT=$((2 + PATIENCE)) get '/garden.asc?time&time>0&time<now%2B10days' | tr -d '\r' | grep -E '^[0-9]+(\.[0-9]+)?$'; }
newer_rows() { local before; before=$(times | tail -1) && sleep 3 && awk -v a="$(times | tail -1)" -v b="$before" 'BEGIN { exit !(a > b) }'; }
in_order() { times >/tmp/times; [ "$(wc -l </tmp/times)" -ge "$1" ] && awk 'NR > 1 && $1 <= last { bad = 1 } { last = $1 } END { exit bad }' /tmp/times; }
# history KEY: a whole number that /health says about the history of the garden.
history() { get /health | tr -d '\n' | sed -nE 's/.*"folder":"[^"]*\/garden",[^}]*"'"$1"'":([0-9]+).*/\1/p'; }
# count_between FROM TO: the number of rows with times between two whole seconds.
count_between() { get "/garden.asc?time&time>=$1&time<$2" | tr -d '\r' | grep -cE '^[0-9]+(\.[0-9]+)?$'; }
# stored_since ROWS: the rows on the disk and those that wait for it are ROWS and all rows since the start.
stored_since() {
  get /health | tr -d '\n' >/tmp/health
  awk -v before="$1" '
    function number(key) { return match(part, "\"" key "\":[0-9]+") ? substr(part, RSTART + length(key) + 3, RLENGTH - length(key) - 3) + 0 : -1 }
    { part = substr($0, index($0, "\"name\":\"garden\"")); made = number("rows"); part = substr(part, index(part, "\"folder\":"))
      good = number("rows") > before && number("rows") + number("unstored") == before + made && number("unfit") == 0 && number("lost") == 0 }
    END { exit !good }' /tmp/health
}

getent passwd dapberry >/dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin dapberry
mkdir -p /etc/dapberry /run/systemd/system/$UNIT.service.d
# configure SERVER [HISTORY]: writes the configuration with keys of the server and of the history.
configure() { cat >$CONFIG <<C
server: { $1 }
history: { ${2:-} }
datasets:
  garden: { interval: 1 s, sensors: [{ kind: tmp36-simulated }] }
  hourly: { interval: 1 h, sensors: [{ kind: tmp36-simulated, name: hourly }] }
  quick: { interval: 0, sensors: [{ kind: tmp36-simulated, name: quick }] }
  wire: { interval: 1 s, sensors: [{ kind: ds18b20, address: 28-00000000beef }] }
C
}
configure ''
if [ -f $APP/systemd/dapberry.service ]; then cp $APP/systemd/dapberry.service /run/systemd/system/; echo "# the unit of the project"; else
  echo "# a unit for this test"; printf '[Service]\nType=notify\nNotifyAccess=all\nExecStart=x\nExecReload=/bin/kill -HUP $MAINPID\nUser=dapberry\nRestart=always\nProtectClock=yes\nProtectSystem=strict\nNoNewPrivileges=yes\nRestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\nSystemCallFilter=@system-service\nSystemCallErrorNumber=EPERM\n' >/run/systemd/system/$UNIT.service; fi
cat >/run/systemd/system/$UNIT.service.d/test.conf <<C
[Service]
ExecStart=
ExecStart=$NODE $APP/dist/server/main.js serve
Environment=NODE_OPTIONS=--import=$APP/test/appliance/guest/wedge.mjs
WatchdogSec=$((10 * PATIENCE))
RestartSec=1
TimeoutStartSec=$((120 * PATIENCE))
C
cp $APP/systemd/dapberry.socket /run/systemd/system/ && systemctl daemon-reload
rm -rf /run/systemd/timesync

start() {
  local begun=$SECONDS
  check 'the start is over when rows are served' systemctl start $UNIT
  echo "# started in $((SECONDS - begun)) s"
  check 'that means at once' serves
  eventually 20 'systemctl status shows its state' status_says '^.*4 datasets, 0 streams, 1 sensor failing: wire ds18b20 \(expected 28-00000000beef'
  check 'it samples at the interval' in_order 1
}

clock() {
  owns_clock || { echo '# a container: the clock is left alone'; return; }
  eventually 20 'a clock that is not set is reported' says /health '"clock":\{"synchronized":"no"'
  check 'and marked in the DAS' says /garden.das 'String clock_synchronized "no"'
  check 'and in the metrics' says /metrics 'dapberry_clock_synchronized 0'
  check 'and in the log' logged 'the system clock is not synchronised'
  mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized
  eventually 15 'systemd-timesyncd is believed' says /health '"synchronized":"yes"'
  rm /run/systemd/timesync/synchronized
  eventually 20 'and where it is gone the kernel is asked, which knows better' says /health '"synchronized":"no"'
  # adjtimex(2) on amd64: status without STA_UNSYNC, as chrony leaves it. Setting the clock brings that back, so it comes after it.
  date -s '+1 hour' >/dev/null
  perl -e 'my $t = pack("L x4 q q q q l x4 x160", 0x1c, 0, 0, 1000, 1000, 1); syscall(159, $t) >= 0 or die $!'
  eventually 20 'a step forward of an hour is reported' says /health '"lastSteps":\[\{"time":[0-9.]+,"seconds":(3599|360[0-9])'
  eventually 20 'and the kernel is asked whether somebody has set the clock, as chrony does' says /health '"clock":\{"synchronized":"yes"'
  check 'the DAS says when, and by how much' says /garden.das 'Float64 clock_step_time [0-9.]+;.*Float64 clock_step_seconds (3599|360[0-9])'
  date -s '-1 hour' >/dev/null
  eventually 10 'a step back of an hour is reported' says /health '"seconds":-(3599|360[0-9])[0-9.]*,"ahead":(359[0-9]|3600)'
  eventually 20 'rows go on' newer_rows
  check 'their times go strictly up through both steps' in_order 5
  check 'the log reports each step once' test "$(journalctl -u $UNIT -o cat --no-pager | grep -c '^the system clock was set')" = 2
}

reload() {
  # With Type=notify systemctl shows a reload while it lasts; only with Type=notify-reload (systemd 253) it waits for its end.
  check 'a reload is asked for' systemctl reload $UNIT
  eventually 20 'and the configuration is read' logged 'configuration reloaded'
  eventually 20 'after which the service is active again' is_active
}

watchdog() {
  sleep $((25 * PATIENCE))
  check 'it lives on past the watchdog, with one dataset an hour and one that nobody reads' test "$(shown NRestarts)" = 0
  local restarts begun=$SECONDS
  restarts=$(shown NRestarts) && wedge USR2
  eventually 120 'a blocked event loop: systemd starts the server again' restarted "$restarts"
  echo "# after $((SECONDS - begun)) s"
  check 'because of the watchdog' logged 'Watchdog timeout'
  begun=$SECONDS restarts=$(shown NRestarts) && wedge PWR
  eventually 120 'stuck samplers, while the event loop turns and HTTP answers: systemd starts the server again' restarted "$restarts"
  echo "# after $((SECONDS - begun)) s"
  check 'and the log says which dataset was stuck' logged 'garden is [0-9]+ s late with its next row.*systemd restarts the server'
  eventually 10 'rows go on' in_order 2
  restarts=$(shown NRestarts) && wedge KILL
  eventually 90 'kill -9: it is started again' restarted "$restarts"
}

stop() {
  check 'a stop is clean' systemctl stop $UNIT
  check 'and no failure' test "$(shown Result)" = success
}

address() {
  configure 'host: 10.99.99.99'
  local begun=$SECONDS
  check 'an address that is not there yet holds up no start' systemctl start $UNIT
  echo "# started in $((SECONDS - begun)) s"
  eventually 10 'the status shows the address that it waits for' status_says 'waiting for the address 10.99.99.99'
  sleep 3
  ip addr add 10.99.99.99/32 dev lo
  eventually 15 'it listens as soon as the address is there' serves 8080 10.99.99.99
  check 'rows were made before that' test "$(get /health 8080 10.99.99.99 | grep -o '"name":"garden","interval":1,"rows":[0-9]*' | grep -o '[0-9]*$')" -ge 2
  systemctl stop $UNIT; ip addr del 10.99.99.99/32 dev lo
  configure ''
}

port() {
  $NODE -e 'require("net").createServer().listen(8080)' & local other=$!
  until { exec 5<>/dev/tcp/127.0.0.1/8080; } 2>/dev/null; do sleep 0.2; done; exec 5>&-
  systemctl start $UNIT 2>/dev/null
  check 'a port that another program has is an error, with how to find that program' logged "port 8080 is in use by another program: find it with sudo ss -ltnp 'sport = :8080'"
  kill $other; systemctl stop $UNIT; systemctl reset-failed $UNIT 2>/dev/null
}

socket() {
  check 'port 80: systemd opens the socket' systemctl start dapberry.socket
  # The client waits for the start.
  local LIMIT=$((60 * PATIENCE))
  check 'port 80: a request starts the server, which takes the socket' says /health '"status"' 80
  check 'port 80: without a capability' test "$(grep CapEff "/proc/$(shown MainPID)/status" | cut -f2)" = 0000000000000000
  systemctl restart --no-block $UNIT
  check 'port 80: a client that connects during a restart waits, and is served' says /health '"uptime":[0-9]' 80
  systemctl stop dapberry.socket $UNIT 2>/dev/null
}

from_1970() {
  owns_clock || return
  local known rows
  configure '' 'flush: 2 s'
  systemctl start $UNIT
  eventually 20 'rows are made in the present' newer_rows
  systemctl stop $UNIT
  date -s '1970-01-02 00:00:10' >/dev/null
  check 'it also starts in 1970' systemctl start $UNIT
  known=$(history lastTime) rows=$(history rows)
  check 'with the stored rows of the present' test "$rows" -ge 3
  eventually 10 'and makes rows' in_order 3
  check 'of 1970' grep -q '^86[0-9]*' /tmp/times
  check 'the rows of the present are served' test "$(count_between 1000000000 $((known + 1)))" = "$rows"
  check 'and those of 1970 are not stored behind them' test "$(history rows)" = "$rows"
  # Later than the stored rows, which may be ahead of the clock.
  date -s "@$((known + 3600))" >/dev/null
  eventually 15 'when the clock is set, rows are of that time' says "/garden.asc?time&time>=$((known + 3600))&time<now" '[0-9]{10}'
  check 'and the step is reported, in days' logged '^the system clock was set forward by 207[0-9]{2} days'
  mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized
  eventually 30 'when it is known to be right, all rows are stored' stored_since "$rows"
  check 'in order' in_order $((rows + 6))
  check 'and none of them in 1970' test "$(head -1 /tmp/times | cut -d. -f1)" -gt 1000000000
  systemctl stop $UNIT
  check 'it starts again' systemctl start $UNIT
  check 'with all rows' in_order "$(wc -l </tmp/times)"
  systemctl stop $UNIT
  rm /run/systemd/timesync/synchronized
  configure ''
}

for part in ${PARTS:-start clock reload watchdog stop address port socket from_1970}; do $part; done
echo "1..$number"
exit $failures
