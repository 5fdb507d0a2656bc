#!/bin/sh
# Backs up a server that a person runs in a home, and restores it into an installed service, from the release archive $1. Run as root.
# guests: pc pc-trixie
# seconds: 2400

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/tmp/kept-test
mkdir -p $work
export DAPBERRY_PATIENCE=900 DEBIAN_FRONTEND=noninteractive
tar -xzf "$1" -C $work
release=$(echo $work/dapberry-*)
chmod 755 $work

fails() { ! "$@"; }
says() { grep -q -- "$1" $work/output || { cat $work/output; return 1; }; }
exec 3>&1
# run COMMAND...: shows the end of its output at once if it fails.
run() { "$@" >$work/output 2>&1 || { code=$?; tail -n 12 $work/output | sed "s/^/# /" >&3; return $code; }; }
mode() { [ "$(stat -c '%a %U %G' "$2")" = "$1" ] || { stat "$2"; return 1; }; }
as_pi() { runuser -u pi -- env HOME=/home/pi "$@"; }
program() { node "$release/dist/server/main.js" "$@"; }
dataset() { health "health.datasets.some(({name, rows}) => name === '$1' && rows > 2)"; }
in_use() { health "health.configuration.inUse === '$1'"; }
# rows DATASET: the number of rows on disk and their distinct times, by netCDF-free means: the server's own text.
rows() { ask "/$1.csv?time&time>=2020-01-01&time<=$2" | tail -n +2 | sort | uniq -c | awk '{ all += $1; if ($1 > 1) doubles += 1 } END { print all + 0, doubles + 0 }'; }

driver() {
  cat >"$1" <<J
export default ({ z }) => ({
  name: '$2', title: '$2', description: 'A sensor.', needs: [],
  options: z.strictObject({}), channels: () => [{ name: '$2', units: 'm', longName: '$2' }], conversionTime: () => 0,
  open: async () => ({ name: '$2', channels: [{ name: '$2', units: 'm', longName: '$2' }], read: async () => [$3], close: async () => {} }),
});
J
}

echo "# $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release), systemd $(systemctl --version | sed -n '1s/.*(\(.*\))/\1/p')"
# Rows reach the disk once the clock is known to be right.
mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized
useradd --create-home pi
mkdir -p /home/pi/garden/config.d /home/pi/drivers
driver /home/pi/garden/level.js level 7
driver /home/pi/drivers/rain.js rain 3
cat >/home/pi/garden/garden.yaml <<'Y'
# Ada's garden
server: {port: 8181}
access: {users: /home/pi/garden/users, public: [health]}
datasets:
  pond: {public: true, interval: 0.2, history: {path: /home/pi/rows, flush: 2 s}, sensors: [{driver: ./level.js}]}
Y
printf 'public: true\ninterval: 0.2\nhistory: {path: /home/pi/rows, flush: 2 s}\nsensors: [{driver: ../../drivers/rain.js}]\n' >/home/pi/garden/config.d/roof.yaml
printf 'a long password\n' | program password pi --stdin >/home/pi/garden/users
chmod 600 /home/pi/garden/users
chown -R pi: /home/pi
as_pi node "$release/dist/server/main.js" serve --config /home/pi/garden/garden.yaml >$work/pi.log 2>&1 &
server=$!
export PORT=8181
ok 'a person serves two datasets from a home' retry 120 dataset roof
stored() { find /home/pi/rows -name '*.parquet' | grep -q pond; }
ok 'with rows on disk' retry 120 stored
backup() { rm -f $work/b/*; as_pi node "$release/dist/server/main.js" backup $work/b/garden.tar.gz --config /home/pi/garden/garden.yaml "$@"; }
mkdir -m 777 $work/b
ok 'they are backed up while the server runs' run backup --with-history --with-credentials
ok 'the archive is private' mode '600 pi pi' $work/b/garden.tar.gz
stop=$(date -u +%Y-%m-%dT%H:%M:%SZ)
# The shell in between would not pass a signal on.
pkill -TERM -u pi -f 'serve --config /home/pi'
wait $server
ok 'and ends' fails ask /health
unset PORT

ok 'the program is installed beside it' run "$release/systemd/install.sh"
ok 'and serves' retry 120 health true
cp /etc/dapberry/config.yaml $work/before
cp $work/b/garden.tar.gz $work/torn.tar.gz && truncate -s -2000 $work/torn.tar.gz
ok 'a torn archive is refused' fails run dapberry restore $work/torn.tar.gz --yes
ok 'with the reason' says 'nothing was changed'
tar -czf $work/foreign.tar.gz -C /etc passwd
ok 'an archive of another program is refused' fails run dapberry restore $work/foreign.tar.gz --yes
ok 'and the configuration is as before' same $work/before /etc/dapberry/config.yaml
ok 'without a terminal it wants an agreement' fails run dapberry restore $work/b/garden.tar.gz --history off
ok 'which it names' says '--yes'
ok 'on a terminal a person may refuse' fails run node "$here/answers.mjs" "dapberry restore $work/b/garden.tar.gz --history off" 'restore it=x'
ok 'and nothing has changed' same $work/before /etc/dapberry/config.yaml

ok 'the backup is restored as another user, elsewhere' run dapberry restore $work/b/garden.tar.gz --history /var/lib/dapberry/history --yes
cp $work/output $work/told
live() { says 'it is live' || { PORT=8181 ask /health; return 1; }; }
ok 'it says that the server has taken it over' live
ok 'and what it was before' says 'before-restore-'
sed 's/^/  # /' $work/told
export PORT=8181
ok 'the service serves the datasets' retry 120 dataset pond
ok 'also that of the folder' retry 120 dataset roof
ok 'with the configuration of the files' in_use current
ok 'the driver from elsewhere has a place' [ -e /etc/dapberry/drivers/rain.js ]
ok 'users are for the service alone' mode '640 root dapberry' /etc/dapberry/users
ok 'the configuration names them there' grep -q 'users: "/etc/dapberry/users"' /etc/dapberry/config.yaml
ok 'the comment is there still' grep -q "^# Ada's garden" /etc/dapberry/config.yaml
ok 'the former configuration is beside it' sh -c 'cmp /etc/dapberry/config.yaml.before-restore-* $0' $work/before
ok 'the rows belong to the service' sh -c '! find /var/lib/dapberry/history ! -user dapberry | grep .'
ok 'the service may write there' health "health.datasets.every(({history}) => history === undefined || !history.failing)"
rows pond "$stop" >$work/rows
ok 'the rows of the past are served, each once' awk '{ exit !($1 > 20 && $2 == 0) }' $work/rows
echo "# rows of the past, and times that are there twice: $(cat $work/rows)"
ok 'a second restoration changes nothing in the configuration' run dapberry restore $work/b/garden.tar.gz --history /var/lib/dapberry/history --yes
ok 'and drops the rows that are there' says 'dropped: already there'
ok 'the service serves again' retry 120 dataset pond
rows pond "$stop" >$work/again
ok 'the same rows' same $work/rows $work/again

mkdir -p /etc/systemd/system/dapberry.service.d
printf '[Service]\nEnvironment=KEPT=yes\n' >/etc/systemd/system/dapberry.service.d/kept.conf
ok 'the service is backed up as root' run dapberry backup $work/service.tar.gz --with-history --with-credentials
ok 'its drop-in is in the archive' sh -c "tar -tzf $work/service.tar.gz | grep -q units/dapberry.service.d/kept.conf"
ok 'its last good configuration too' sh -c "tar -tzf $work/service.tar.gz | grep -q ^last-good/"
rm -r /etc/systemd/system/dapberry.service.d
ok 'a drop-in comes back' run dapberry restore $work/service.tar.gz --history off --yes
ok 'for the next start' says 'sudo systemctl restart dapberry'
systemctl restart dapberry
ok 'which has it' sh -c 'tr "\0" "\n" </proc/$(systemctl show -P MainPID dapberry)/environ | grep -q KEPT=yes'

# The disk of the history becomes read-only.
mkdir -p /mnt/rows && mount -t tmpfs tmpfs /mnt/rows && chown dapberry: /mnt/rows
sed -i 's#/var/lib/dapberry/history#/mnt/rows#g' /etc/dapberry/config.yaml /etc/dapberry/config.d/roof.yaml
mount -o remount,ro /mnt/rows
run dapberry doctor
ok 'the doctor says that a disk has become read-only' says 'fix *history */mnt/rows is on tmpfs, which is read-only'
umount /mnt/rows
unset PORT

# dapberry-pull@ on the same machine.
mkdir -p /etc/dapberry/pull
printf 'ADDRESS=http://127.0.0.1:8181/pond\nOUTPUT=pond-{date}.csv\n' >/etc/dapberry/pull/pond.env
ok 'the unit of pull is fit' systemd-analyze verify /etc/systemd/system/dapberry-pull@.service
ok 'and shut off' systemd-analyze security --threshold=20 --no-pager dapberry-pull@pond.service
ok 'pull starts as a service' systemctl enable --now dapberry-pull@pond
csv() { [ "$(cat /var/lib/dapberry-pull/pond/pond-*.csv | wc -l)" -gt 20 ]; }
ok 'without a token, and writes rows' retry 120 csv
ok 'which every user may read' runuser -u pi -- sh -c 'cat /var/lib/dapberry-pull/pond/pond-*.csv >/dev/null'
pulling() { systemctl show -P MainPID dapberry-pull@pond; }
ok 'not as root' [ "$(ps -o user= -p "$(pulling)")" = dapberry ]
ok 'nothing of the server can be read by it' fails nsenter --target "$(pulling)" --mount --setuid "$(id -u dapberry)" --setgid "$(id -g dapberry)" cat /etc/dapberry/config.yaml
systemctl kill -s KILL dapberry-pull@pond
again() { [ "$(systemctl show -P NRestarts dapberry-pull@pond)" -ge 1 ] && systemctl --quiet is-active dapberry-pull@pond; }
ok 'it starts again after a kill' retry 120 again
printf 'abc\n' >/etc/dapberry/pull/pond.token && chmod 600 /etc/dapberry/pull/pond.token
ok 'it starts with a token' systemctl restart dapberry-pull@pond
token() { tr '\0' '\n' </proc/"$(systemctl show -P MainPID dapberry-pull@pond)"/environ | sed -n 's/^DAPBERRY_TOKEN_FILE=//p' | xargs cat; }
ok 'which it reads as a credential' [ "$(token)" = abc ]
ok 'an upgrade restarts it' run "$release/systemd/install.sh"
ok 'it is uninstalled with the rest' run "$release/systemd/install.sh" --purge
ok 'and does not run' fails systemctl --quiet is-active dapberry-pull@pond
ok 'its rows stay' csv
ok 'the last good configuration is gone' [ ! -e /var/lib/dapberry/last-good ]
done_testing
