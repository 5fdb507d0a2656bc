#!/bin/sh
# Measures disk writes and log lines in 25 minutes with failing sensors, a reading client and the history. $1 is a release archive. Run as root.
# seconds: 2400

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/tmp/steady-test
mkdir -p $work
minutes=25
# The history writes every ten minutes.
writes=$((minutes / 10))
# Bytes for 600 rows of nine columns: 8 MB a day have 144 writes. The kernel counts whole pages.
most=65536

fail_as_they_should() { health "health.datasets[0].sensors.filter(({ state }) => state !== 'ok').length === 2"; }
rows_made() { ask /metrics | sed -n 's/^dapberry_rows_made_total{[^}]*} //p'; }
pid() { systemctl show --property=MainPID --value dapberry; }
# Prints the bytes that the service has written to storage, the sectors written to the disk, and the lines in the journal.
by_service() { sed -n 's/^write_bytes: //p' "/proc/$(pid)/io"; }
by_machine() { awk '$3 == "vda" { print $10 }' /proc/diskstats; }
# Prints the bytes that each process has written, by its name; kernel threads write for the file system.
writers() { for each in /proc/[0-9]*; do sed -n "s#^write_bytes: \([0-9]*\)#$(cat "$each/comm") \1#p" "$each/io"; done 2>/dev/null | sort; }
lines() { journalctl --unit=dapberry --unit=dapberry-devices --no-pager --output=cat --since="@$began" | wc -l; }

tar -xzf "$1" -C $work
# The bus of the simulated chips: it has a thermometer at 0x48 and no chip at 0x4b.
bus=$(grep -ls '^SMBus stub' /sys/class/i2c-dev/i2c-*/name | sed 's/.*i2c-\([0-9]*\).name/\1/' | head -n1)
i2cset -y "$bus" 0x48 0 0x0019 w
# Rows wait for the disk while the clock is not synchronised.
mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized
mkdir -p /etc/dapberry
cat >/etc/dapberry/config.yaml <<Y
datasets:
  lab:
    interval: 1 s
    sensors:
      - {kind: lm75, bus: $bus}
      - {kind: lm75, name: away, bus: $bus, address: 0x4b}
      - {kind: ds18b20, name: roof, address: 28-00004d495301}
      - {kind: ds18b20, name: lost, address: 28-0000ffffffff}
      - {kind: gpio-input, name: rain, pin: 17, count: falling}
      - {kind: host-load}
Y
ok 'it is installed' env DAPBERRY_PATIENCE=300 $work/dapberry-*/systemd/install.sh
ok 'two sensors answer, two fail' retry 120 fail_as_they_should
curl -sN http://127.0.0.1:8080/lab.asc >/dev/null &
reader=$!
# Writes the rest of the installation to the disk, and stops the lazy initialisation of the file system.
sync
mount -o remount,noinit_itable /disk
writers >$work/before
began=$(date +%s) process=$(pid) service=$(by_service) machine=$(by_machine) rows=$(rows_made)
looks=0 changed=0 last=$service
while [ $looks -lt $((minutes * 4)) ]; do
  sleep 15
  looks=$((looks + 1))
  now=$(by_service)
  [ "$now" = "$last" ] || changed=$((changed + 1))
  last=$now
done
service=$(($(by_service) - service)) machine=$((($(by_machine) - machine) / 2)) logged=$(lines)
rows=$(($(rows_made) - rows))
kill $reader
writers | diff $work/before - | sed -n 's/^> \(.*\)/# in all, bytes: \1/p'
echo "# in $minutes minutes: $rows rows; the service wrote $service bytes, the machine $machine KiB; $logged lines in the journal"
ok 'the process was not restarted' test "$(pid)" = "$process"
ok 'rows were made all the time' test "$rows" -gt $((minutes * 60 * 9 / 10))
echo "# the service wrote in $changed of $looks quarters of a minute"
ok 'the history was written' test "$changed" -ge "$writes"
# A write may fall between two quarters.
ok 'and nothing in between' test "$changed" -le $((2 * writes + 2))
ok 'in few bytes' test "$service" -le $(((writes + 1) * most))
ok 'the log stayed short' test "$logged" -lt $((minutes * 2))
journalctl --unit=dapberry --no-pager --output=cat --since="@$began" | sed 's/^/# /'
done_testing
