#!/bin/sh
# Is the appliance installed, upgraded, rolled back and taken away as promised? Run as root in a guest that systemd runs; $1 is a release archive.
# guests: pc pc-trixie
# seconds: 3600

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
archive=$1
work=/tmp/install-test
mkdir -p $work

# What is installed, with times and sizes.
details() {
  find /opt/dapberry /etc/dapberry /etc/systemd /etc/udev /usr/local /etc/modules-load.d -printf '%p %y %l %m %s %T@\n' | sort
  systemctl show --property=MainPID dapberry
}

# version NUMBER [SCRIPT]: the same program as another version, in a folder of its own; SCRIPT is put before its server.
version() {
  cp -a "$release" "$work/$1"
  sed -i "s/^  \"version\": .*/  \"version\": \"$1\",/" "$work/$1/package.json"
  [ -z "${2:-}" ] || sed -i "1a $2" "$work/$1/dist/server/main.js"
}
install_from() { "$1/systemd/install.sh" >"$work/said" 2>&1 || { code=$?; cat "$work/said"; return $code; }; }
fails() { ! "$@"; }
# /tmp is its own (PrivateTmp=): what it prints is in the journal.
said_by_driver() { journalctl -u dapberry-device-list --no-pager -o cat | grep -qx "$1"; }
runs_version() { health "health.version === '$1'"; }
owner() { ps -o user= -p "$(systemctl show -P MainPID dapberry)"; }
runs_as() { [ "$(owner)" = "$1" ]; }
is_command() { [ "$(dapberry --version)" = "$1" ]; }
serves_mine() { ask /mine.dds | grep -q load_1min; }
versions() { find /opt/dapberry/versions -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tr '\n' ' '; }
has_versions() { [ "$(versions)" = "$1 " ]; }
# Only the configuration is there that was not there before, and nothing is gone.
only_configuration() { diff "$1" "$2" | grep '^[<>]' | grep -v '^> /etc/dapberry' | fails grep .; }
no_units() { systemctl list-units --all --no-legend 'dapberry*' | grep -v not-found | fails grep .; }
in_all_section() { sed -n '/^\[all\]/,$p' /boot/firmware/config.txt | grep -qx "$1"; }
allowed() { systemctl show --property=DeviceAllow --value dapberry | grep -v '^char-rtc' | sort | tr '\n' ' '; }
allows() { [ "$(allowed)" = "$1" ]; }
# A client that reads until the server ends the stream, and says how that was.
follow() {
  # shellcheck disable=SC2016 # the program's own variables
  node -e '
    fetch("http://127.0.0.1:8080/mine.asc").then(async answer => {
      let rows = 0;
      for await (const chunk of answer.body) rows += chunk.length > 0;
      console.log(`ended after ${rows} pieces`);
    }).catch(error => console.log(`broken: ${error.cause ?? error}`));
  '
}

tar -xzf "$archive" -C $work
release=$(echo $work/dapberry-*)
current=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$release/package.json")
mkdir -p /boot/firmware
printf '# The firmware reads this.\n[pi4]\narm_boost=1\n' >/boot/firmware/config.txt
cp /boot/firmware/config.txt $work/config.txt
files >$work/before

"$release/systemd/install.sh" --dry-run >$work/dry 2>&1
ok 'a rehearsal tells the steps' grep -q 'would make the user dapberry' $work/dry
files >$work/after
ok 'a rehearsal changes nothing' same $work/before $work/after

# The place where the service looks first.
mkdir -p /home/pi/.nvm && printf '#!/bin/sh\n' >/home/pi/.nvm/node && chmod 0755 /home/pi/.nvm/node
ln -s /home/pi/.nvm/node /usr/local/sbin/node
files >$work/before-home
ok 'a Node in a home is refused' fails install_from "$release"
ok 'and where it is is told' grep -q 'found /usr/local/sbin/node, which is /home/pi/.nvm/node' $work/said
files >$work/after-home
ok 'nothing is changed before that' same $work/before-home $work/after-home
rm -r /home/ada /usr/local/sbin/node

mv /boot/firmware $work/firmware && mkdir /boot/firmware
echo 'The file you are looking for has moved to /boot/firmware/config.txt' >/boot/config.txt
files >$work/before-boot
ok 'interfaces are not switched on without the boot partition' fails "$release/systemd/install.sh" --enable-i2c
files >$work/after-boot
ok 'nothing is changed before that' same $work/before-boot $work/after-boot
rm -r /boot/config.txt /boot/firmware && mv $work/firmware /boot/firmware

ln -s ../lib/node_modules/dapberry/dist/server/main.js /usr/local/bin/dapberry
files >$work/before-command
ok 'a command that npm installed is not replaced' fails install_from "$release"
ok 'and how to take it away is told' grep -q 'sudo npm uninstall -g dapberry' $work/said
files >$work/after-command
ok 'nothing is changed before that' same $work/before-command $work/after-command
rm /usr/local/bin/dapberry

node -e 'require("net").createServer().listen(8080)' &
other=$!
until_well 30 sh -c 'ss -Hltn "sport = :8080" | grep -q .'
files >$work/before-port
ok 'a port that another program has is refused' fails install_from "$release"
ok 'and which program has it is told' grep -q "expected that port 8080 is free, found node (process $other)" $work/said
files >$work/after-port
ok 'nothing is changed before that' same $work/before-port $work/after-port
ok 'nor is one of --port' fails "$release/systemd/install.sh" --port 8080
kill $other

ok 'it is installed by one command' install_from "$release"
ok 'which tells where it serves' grep -q 'http://localhost:8080/' $work/said
ok 'it serves what was installed' runs_version "$current"
ok 'it runs as a user of its own' runs_as dapberry
ok 'it is started with the machine' systemctl --quiet is-enabled dapberry.service dapberry-devices.path
ok 'the command is there' is_command "$current"

details >$work/before-again
ok 'it is installed again' install_from "$release"
details >$work/after-again
ok 'which changes nothing' same $work/before-again $work/after-again
ok 'and says so' grep -q 'nothing to do' $work/said

cat >/etc/dapberry/config.yaml <<'Y'
# My own.
datasets:
  mine: {interval: 1, sensors: [{kind: host-load}]}
Y
cp /etc/dapberry/config.yaml $work/mine
ok 'a changed configuration is served without a restart' until_well 30 serves_mine

# Who asks for the devices waits for a driver, until something else is saved.
echo "console.log('the driver is read'); await new Promise(done => setTimeout(done, 3000));" >/etc/dapberry/slow.js
sed 's/{kind: host-load}/{driver: .\/slow.js}/' $work/mine >/etc/dapberry/config.yaml
ok 'a driver is loaded for the devices that it needs' until_well 60 said_by_driver 'the driver is read'
sed 's/{kind: host-load}/{kind: lm75, bus: 1}/' $work/mine >/etc/dapberry/config.yaml
ok 'what is saved meanwhile is allowed too' until_well 60 allows 'char-i2c rw '
rm /etc/dapberry/slow.js
cp $work/mine /etc/dapberry/config.yaml
ok 'and taken away with its sensor' until_well 60 allows ''

version 0.2.0
follow >$work/stream &
ok 'an upgrade is installed' install_from $work/0.2.0
ok 'and serves' runs_version 0.2.0
ok 'a stream that was open ended cleanly' grep -q '^ended after' $work/stream
ok 'the configuration is kept' same $work/mine /etc/dapberry/config.yaml
ok 'the version before is kept' [ -d "/opt/dapberry/versions/$current" ]

version 0.3.0 'process.on("exit", () => {}); if (process.argv[2] === "serve") throw new Error("this version is broken");'
details | grep -v MainPID >$work/before-broken
ok 'a version that does not start is refused' fails install_from $work/0.3.0
ok 'the version before serves again' until_well 60 runs_version 0.2.0
details | grep -v -e MainPID -e ' d  ' -e '^/opt/dapberry/current ' >$work/after-broken
grep -v -e ' d  ' -e '^/opt/dapberry/current ' $work/before-broken >$work/before-broken-files
ok 'and nothing else changed' same $work/before-broken-files $work/after-broken
ok 'the link leads to it' [ "$(readlink /opt/dapberry/current)" = versions/0.2.0 ]

version 0.4.0 'if (process.argv[2] === "serve") { setInterval(() => {}, 1000); await new Promise(() => {}); }'
ok 'a version that never becomes well is refused' fails env DAPBERRY_PATIENCE=20 $work/0.4.0/systemd/install.sh
ok 'and rolled back' until_well 60 runs_version 0.2.0

version 0.5.0
ok 'a further upgrade' install_from $work/0.5.0
ok 'leaves the version before and removes older ones' has_versions '0.2.0 0.5.0'

printf 'datasets: {mine: {sensors: [{kind: no-such}]}}\n' >/etc/dapberry/config.yaml
version 0.6.0
ok 'a version that cannot take the configuration is refused' fails install_from $work/0.6.0
ok 'with the mistake' grep -q 'config.yaml:1:.*no-such' $work/said
ok 'the one before goes on' runs_version 0.5.0
cp $work/mine /etc/dapberry/config.yaml

kill_service() { systemctl kill --signal=KILL dapberry; }
for _ in 1 2 3; do
  kill_service
  until_well 60 runs_version 0.5.0
done
version 0.6.1
ok 'a service that was started again often is upgraded' install_from $work/0.6.1
systemctl stop dapberry && systemctl --quiet enable --now dapberry.socket && systemctl start dapberry
version 0.6.2
ok 'one at the port of its socket is upgraded' install_from $work/0.6.2
ok 'which tells that port' grep -q 'http://localhost:80/' $work/said
systemctl --quiet disable --now dapberry.socket
ok 'and one that goes back' /opt/dapberry/versions/0.6.1/systemd/install.sh

{ echo 'server: {host: 10.99.99.99}' && cat $work/mine; } >/etc/dapberry/config.yaml
systemctl restart dapberry
version 0.6.3
ok 'one whose configured address is not there is upgraded' env DAPBERRY_PATIENCE=60 sh -c "$work/0.6.3/systemd/install.sh >$work/said 2>&1"
ok 'which is told' grep -q 'note: .*not asked at http://10.99.99.99:8080/' $work/said
ip link set lo up && ip addr add 10.99.99.99/32 dev lo
version 0.6.4 'if (process.argv[2] === "serve") process.argv.push("--port", "8099");'
ok 'once the address is there, one that does not answer there is refused' fails env DAPBERRY_PATIENCE=20 $work/0.6.4/systemd/install.sh
ip addr del 10.99.99.99/32 dev lo
cp $work/mine /etc/dapberry/config.yaml
ok 'and one goes back to every address' /opt/dapberry/versions/0.6.1/systemd/install.sh

ok 'a low port is given on demand' /opt/dapberry/current/systemd/install.sh --port 80
export PORT=80
ok 'and served' runs_version 0.6.1
ok 'by the same user' runs_as dapberry
ok 'a port is taken back' /opt/dapberry/current/systemd/install.sh --port default
unset PORT
ok 'and that of the configuration served' runs_version 0.6.1
ok 'without a capability' [ "$(systemctl show -P AmbientCapabilities dapberry)" = '' ]
ok 'interfaces are switched on' $work/0.6.1/systemd/install.sh --enable-1wire --enable-spi
ok 'by lines of config.txt' grep -qx 'dtoverlay=w1-gpio' /boot/firmware/config.txt
ok 'that hold for every model' in_all_section dtparam=spi=on

ok 'it is taken away' /opt/dapberry/current/systemd/install.sh --uninstall
files >$work/after-uninstall
ok 'but for the configuration' only_configuration $work/before $work/after-uninstall
ok 'which is as it was' same $work/mine /etc/dapberry/config.yaml
ok 'config.txt is as it was before' same $work/config.txt /boot/firmware/config.txt

ok 'installed once more, with the configuration that was kept' install_from $work/0.5.0
ok 'it serves that' serves_mine
mkdir -p /run/dapberry
ok 'it is purged' $work/0.5.0/systemd/install.sh --purge
ok 'with what it had in /run' [ ! -e /run/dapberry ]
files >$work/after-purge
ok 'and nothing is left of it' same $work/before $work/after-purge
ok 'no unit is known or failed' no_units

version 0.7.0 'if (process.argv[2] === "serve") throw new Error("this version is broken");'
ok 'a first installation that fails' fails install_from $work/0.7.0
files >$work/after-failure
ok 'is undone wholly' same $work/before $work/after-failure
ok 'with what it had in /run' [ ! -e /run/dapberry ]

groupadd dapberry
files >$work/before-group
ok 'one beside a group of its name fails too' fails install_from $work/0.7.0
files >$work/after-group
ok 'and leaves that' same $work/before-group $work/after-group
ok 'one that does not fail' install_from "$release"
ok 'runs in it' [ "$(id -gn dapberry)" = dapberry ]
useradd --no-create-home --groups i2c ada
ok 'it is purged' "$release/systemd/install.sh" --purge
ok 'a group that another one is in by then stays' [ "$(id -nG ada)" = 'ada i2c' ]
userdel ada && { grep -q '^group i2c:' $work/before-group || groupdel i2c; }
files >$work/after-others
ok 'and nothing else' same $work/before-group $work/after-others
groupdel dapberry
done_testing
