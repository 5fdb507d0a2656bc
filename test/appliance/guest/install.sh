#!/bin/sh
# Installs the release archive $1, upgrades and rolls back. Run as root in a guest with systemd.
# guests: pc pc-trixie
# seconds: 3600

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
# shellcheck source=test/appliance/guest/archive.sh
. "$here/archive.sh"

# The installed files, with times and sizes.
details() {
  find /opt/dapberry /etc/dapberry /etc/systemd /etc/udev /usr/local /etc/modules-load.d -printf '%p %y %l %m %s %T@\n' | sort
  systemctl show --property=MainPID dapberry
}

# The service has its own /tmp (PrivateTmp=); its output is in the journal.
said_by_driver() { journalctl -u dapberry-device-list --no-pager -o cat | grep -qx "$1"; }
is_command() { [ "$(dapberry --version)" = "$1" ]; }
versions() { find /opt/dapberry/versions -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tr '\n' ' '; }
has_versions() { [ "$(versions)" = "$1 " ]; }
allowed() { systemctl show --property=DeviceAllow --value dapberry | grep -v '^char-rtc' | sort | tr '\n' ' '; }
allows() { [ "$(allowed)" = "$1" ]; }

# A client that reads until the server ends the stream, and prints how it ended.
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

current=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$release/package.json")
"$release/systemd/install.sh" --dry-run >$work/dry 2>&1
ok 'a dry run prints the steps' grep -q 'would make the user dapberry' $work/dry
files >$work/after
ok 'a dry run changes nothing' same $work/before $work/after

# The first place in which the service looks for Node.
mkdir -p /home/pi/.nvm && printf '#!/bin/sh\n' >/home/pi/.nvm/node && chmod 0755 /home/pi/.nvm/node
ln -s /home/pi/.nvm/node /usr/local/sbin/node
files >$work/before-home
ok 'a Node in a home is refused' fails install_from "$release"
ok 'and its place is printed' grep -q 'found /usr/local/sbin/node, which is /home/pi/.nvm/node' $work/output
files >$work/after-home
ok 'nothing is changed before that' same $work/before-home $work/after-home
rm -r /home/pi /usr/local/sbin/node

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
ok 'and the command that removes it is printed' grep -q 'sudo npm uninstall -g dapberry' $work/output
files >$work/after-command
ok 'nothing is changed before that' same $work/before-command $work/after-command
rm /usr/local/bin/dapberry

node -e 'require("net").createServer().listen(8080)' &
other=$!
retry 30 sh -c 'ss -Hltn "sport = :8080" | grep -q .'
files >$work/before-port
ok 'a port that another program uses is refused' fails install_from "$release"
ok 'and the program is named' grep -q "expected that port 8080 is free, found node (process $other)" $work/output
files >$work/after-port
ok 'nothing is changed before that' same $work/before-port $work/after-port
ok 'nor is one of --port' fails "$release/systemd/install.sh" --port 8080
kill $other

ok 'one command installs it' install_from "$release"
ok 'and prints the addresses' grep -q 'http://localhost:8080/' $work/output
ok 'the installed version serves' runs_version "$current"
ok 'it runs as a user of its own' runs_as dapberry
ok 'it is started with the machine' systemctl --quiet is-enabled dapberry.service dapberry-devices.path
ok 'the command is there' is_command "$current"

details >$work/before-again
ok 'it is installed again' install_from "$release"
details >$work/after-again
ok 'which changes nothing' same $work/before-again $work/after-again
ok 'and says so' grep -q 'nothing to do' $work/output

configure_mine
ok 'a changed configuration is served without a restart' retry 30 serves_mine

# The device list waits for a driver until another configuration is saved.
echo "console.log('the driver is read'); await new Promise(done => setTimeout(done, 3000));" >/etc/dapberry/slow.js
sed 's/{kind: host-load}/{driver: .\/slow.js}/' $work/mine >/etc/dapberry/config.yaml
ok 'a driver is loaded for the devices that it needs' retry 60 said_by_driver 'the driver is read'
sed 's/{kind: host-load}/{kind: lm75, bus: 1}/' $work/mine >/etc/dapberry/config.yaml
ok 'a device that is configured meanwhile is allowed too' retry 60 allows 'char-i2c rw '
rm /etc/dapberry/slow.js
cp $work/mine /etc/dapberry/config.yaml
ok 'and no longer allowed without its sensor' retry 60 allows ''

version 2.2.0
follow >$work/stream &
ok 'an upgrade is installed' install_from $work/2.2.0
ok 'and serves' runs_version 2.2.0
ok 'a stream that was open ended cleanly' grep -q '^ended after' $work/stream
ok 'the rows before it are on disk, where anyone may read them' has_rows
first=$(oldest)
ok 'and are served by the new version' [ -n "$first" ]
ok 'the configuration is kept' same $work/mine /etc/dapberry/config.yaml
ok 'the old version is kept' [ -d "/opt/dapberry/versions/$current" ]

version 2.3.0 'process.on("exit", () => {}); if (process.argv[2] === "serve") throw new Error("this version is broken");'
details | grep -v MainPID >$work/before-broken
ok 'a version that does not start is refused' fails install_from $work/2.3.0
ok 'the old version serves again' retry 60 runs_version 2.2.0
details | grep -v -e MainPID -e ' d  ' -e '^/opt/dapberry/current ' >$work/after-broken
grep -v -e ' d  ' -e '^/opt/dapberry/current ' $work/before-broken >$work/before-broken-files
ok 'and nothing else changed' same $work/before-broken-files $work/after-broken
ok 'the link leads to it' [ "$(readlink /opt/dapberry/current)" = versions/2.2.0 ]

version 2.4.0 'if (process.argv[2] === "serve") { setInterval(() => {}, 1000); await new Promise(() => {}); }'
ok 'a version that never becomes healthy is refused' fails env DAPBERRY_PATIENCE=20 $work/2.4.0/systemd/install.sh
ok 'and rolled back' retry 60 runs_version 2.2.0
ok 'with its rows' keeps_oldest

version 2.5.0
ok 'a further upgrade' install_from $work/2.5.0
ok 'keeps one old version and removes older ones' has_versions '2.2.0 2.5.0'

printf 'datasets: {mine: {sensors: [{kind: no-such}]}}\n' >/etc/dapberry/config.yaml
version 2.6.0
ok 'a version that does not accept the configuration is refused' fails install_from $work/2.6.0
ok 'with the mistake' grep -q 'config.yaml:1:.*no-such' $work/output
ok 'the old version goes on' runs_version 2.5.0
cp $work/mine /etc/dapberry/config.yaml

kill_service() { systemctl kill --signal=KILL dapberry; }
for _ in 1 2 3; do
  kill_service
  retry 60 runs_version 2.5.0
done
version 2.6.1
ok 'a service that was restarted often is upgraded' install_from $work/2.6.1
systemctl stop dapberry && systemctl --quiet enable --now dapberry.socket && systemctl start dapberry
version 2.6.2
ok 'a service at the port of its socket is upgraded' install_from $work/2.6.2
ok 'and that port is printed' grep -q 'http://localhost:80/' $work/output
systemctl --quiet disable --now dapberry.socket
ok 'and goes back to the old version' /opt/dapberry/versions/2.6.1/systemd/install.sh
done_testing
