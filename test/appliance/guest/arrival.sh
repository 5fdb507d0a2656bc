#!/bin/sh
# Does it come into a system that has no Node, of which apt offers one: from the release archive $1, and as the Debian package $2? Run as root in a guest that systemd runs.
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
# What apt and dpkg write down of what they did.
now() { files /var/lib/apt /var/lib/dpkg /var/cache; }
install() { "$release/systemd/install.sh" "$@" >$work/said 2>&1 || { code=$?; cat $work/said; return $code; }; }
says() { grep -q "$1" $work/said; }
well() { health "health.status === 'ok' && health.version === '$version'"; }
# value SENSOR NUMBER: the newest one of a channel of it; a pattern.
value() { ask /metrics | grep "^dapberry_channel_value{.*sensor=\"$1\"" | grep " $2\$"; }
pull() { echo "pull-$2" >"$(echo /sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio"$1")/pull"; }

tar -xzf "$1" -C $work
release=$(echo $work/dapberry-*)
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$release/package.json")
bus=$(grep -ls '^SMBus stub' /sys/class/i2c-dev/i2c-*/name | sed 's/.*i2c-\([0-9]*\).name/\1/' | head -n1)
echo "# $(uname -m), $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release), systemd $(systemctl --version | sed -n '1s/.*(\(.*\))/\1/p')"

ok 'there is no Node' has_no_node
now >$work/before
ok 'a rehearsal is made' install --dry-run
ok 'and tells that Node comes' says 'would install Node'
ok 'it brings none' has_no_node

cp -a "$release" $work/broken
sed -i '1a if (process.argv[2] === "serve") throw new Error("this version is broken");' $work/broken/dist/server/main.js
ok 'a version that does not start is refused' fails $work/broken/systemd/install.sh
ok 'and takes the Node along that came for it' has_no_node
now >$work/after-failure
ok 'and all else' same $work/before $work/after-failure

ok 'it is installed by one command' install
ok 'and serves' well
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
ok 'a thermometer on I2C is read' until_well 200 value lm75 25
ok 'a pin is read through sysfs' until_well 100 value rain 1
ok 'a pin is read through the character device' until_well 100 value door 0
ok 'a thermometer on 1-Wire is read' until_well 100 value roof '[0-9][0-9.]*'
i2cset -y "$bus" 0x48 0 0x80e7 w
pull 17 down
pull 27 up
ok 'another temperature is served' until_well 60 value lm75 -24.5
ok 'another level' until_well 60 value rain 0
ok 'and at the other pin' until_well 60 value door 1
ok 'within the memory of a small Pi' test "$(ps -o rss= -p "$(systemctl show -P MainPID dapberry)")" -lt 150000
echo "# $(ps -o rss= -p "$(systemctl show -P MainPID dapberry)") kB"

ok 'it is purged' "$release/systemd/install.sh" --purge
ok "Debian's Node stays until it is taken away" command -v node
ok 'and goes as it came' apt-get -qq -y purge --autoremove nodejs
now >$work/after-purge
ok 'nothing is left' same $work/before $work/after-purge

# apt reads it as a user of its own.
cp "$2" $work/dapberry.deb
# Debian's own tool removes an empty folder of this kind.
rmdir /etc/systemd/system/*.wants 2>/dev/null
now >$work/before
ok 'the package comes with Node' apt-get -qq -y -o APT::Sandbox::User=root install --no-install-recommends $work/dapberry.deb
ok 'and serves' until_well 300 well
ok 'it is purged' apt-get -qq -y purge --autoremove dapberry
now >$work/after-package
ok 'and nothing is left of it' same $work/before $work/after-package
done_testing
