#!/bin/sh
# Installs into a guest without Node whose apt offers it, from the release archive $1 and the Debian package $2, upgraded to $3. Run as root.
# guests: pc-trixie arm64-trixie armhf-trixie
# node: none

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
work=/tmp/arrival-test
mkdir -p $work
export DAPBERRY_PATIENCE=600 DEBIAN_FRONTEND=noninteractive

has_no_node() { ! command -v node; }
fails() { ! "$@"; }
# The files in which apt and dpkg record their work.
now() { files /var/lib/apt /var/lib/dpkg /var/cache; }
install() { "$release/systemd/install.sh" "$@" >$work/output 2>&1 || { code=$?; cat $work/output; return $code; }; }
says() { grep -q "$1" $work/output; }
healthy() { health "health.status === 'ok' && health.version === '$version'"; }
# value SENSOR NUMBER: a pattern of the newest value of a channel of the sensor.
value() { ask /metrics | grep "^dapberry_channel_value{.*sensor=\"$1\"" | grep " $2\$"; }
pull() { echo "pull-$2" >"$(echo /sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio"$1")/pull"; }

tar -xzf "$1" -C $work
release=$(echo $work/dapberry-*)
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$release/package.json")
bus=$(grep -ls '^SMBus stub' /sys/class/i2c-dev/i2c-*/name | sed 's/.*i2c-\([0-9]*\).name/\1/' | head -n1)
echo "# $(uname -m), $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release), systemd $(systemctl --version | sed -n '1s/.*(\(.*\))/\1/p')"

ok 'there is no Node' has_no_node
now >$work/before
ok 'a dry run succeeds' install --dry-run
ok 'and says that Node would be installed' says 'would install Node'
ok 'it installs none' has_no_node

cp -a "$release" $work/broken
sed -i '1a if (process.argv[2] === "serve") throw new Error("this version is broken");' $work/broken/dist/server/main.js
ok 'a version that does not start is refused' fails $work/broken/systemd/install.sh
ok 'and its Node is removed' has_no_node
now >$work/after-failure
ok 'and all other files' same $work/before $work/after-failure

ok 'one command installs it' install
ok 'and serves' healthy
ok 'it is installed again' install
ok 'which changes nothing' says 'nothing to do'

i2cset -y "$bus" 0x48 0 0x0019 w
pull 17 up
pull 27 down
cat >/etc/dapberry/config.yaml <<Y
datasets:
  lab:
    interval: 10 s
    sensors:
      - {kind: lm75, bus: $bus}
      - {kind: gpio-input, name: rain, pin: 17, interface: sysfs}
      - {kind: gpio-input, name: door, pin: 27, interface: character-device}
      - {kind: ds18b20, name: roof, address: 28-00004d495301}
      - {kind: host-load}
Y
ok 'a thermometer on I2C is read' retry 200 value lm75 25
ok 'a pin is read through sysfs' retry 100 value rain 1
ok 'a pin is read through the character device' retry 100 value door 0
ok 'a thermometer on 1-Wire is read' retry 100 value roof '[0-9][0-9.]*'
i2cset -y "$bus" 0x48 0 0x80e7 w
pull 17 down
pull 27 up
ok 'another temperature is served' retry 60 value lm75 -24.5
ok 'another level is served' retry 60 value rain 0
ok 'and one at the other pin' retry 60 value door 1
ok 'its memory is small enough for a small Pi' test "$(ps -o rss= -p "$(systemctl show -P MainPID dapberry)")" -lt 150000
echo "# $(ps -o rss= -p "$(systemctl show -P MainPID dapberry)") kB"

ok 'it is purged' "$release/systemd/install.sh" --purge
ok "Debian's Node stays" command -v node
ok 'and can be removed' apt-get -qq -y purge --autoremove nodejs
now >$work/after-purge
ok 'nothing is left' same $work/before $work/after-purge

# apt reads it as another user.
cp "$2" $work/dapberry.deb
# Debian's own tool removes such an empty folder.
rmdir /etc/systemd/system/*.wants 2>/dev/null
now >$work/before
apt_get() { apt-get -qq -y -o APT::Sandbox::User=root "$@" <&- >$work/output 2>&1 || { code=$?; cat $work/output; return $code; }; }
cp "$3" $work/later.deb
ok 'the package installs Node' apt_get install --no-install-recommends $work/dapberry.deb
ok 'and serves' healthy
echo '# mine' >>/etc/dapberry/config.yaml
cp /etc/dapberry/config.yaml $work/mine
dpkg-deb -R $work/later.deb $work/repacked
sed -i 's/^Version: .*/Version: 9999/' $work/repacked/DEBIAN/control
sed -i '1a if (process.argv[2] === "serve") throw new Error("this version is broken");' $work/repacked/usr/lib/dapberry/dist/server/main.js
rm $work/repacked/DEBIAN/md5sums
dpkg-deb --root-owner-group -Zgzip -b $work/repacked $work/broken.deb >/dev/null
ok 'apt reports an upgrade to a version that does not start' fails apt_get install $work/broken.deb
ok 'and that the version before was restored' says "version $version was restored and serves again"
ok 'which serves' healthy
version=$(dpkg-deb -f "$3" Version)
ok 'apt goes on to another version' apt_get install --allow-downgrades $work/later.deb
ok 'which serves' healthy
ok 'the configuration is the same' same $work/mine /etc/dapberry/config.yaml
ok 'it is purged' apt-get -qq -y purge --autoremove dapberry
now >$work/after-package
ok 'and nothing is left of it' same $work/before $work/after-package
done_testing
