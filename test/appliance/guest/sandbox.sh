#!/bin/sh
# Checks that sensors work within the sandbox of the service and that it opens nothing else. $1 is a release archive. Run as root.
# guests: pc pc-trixie

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/tmp/sandbox-test
mkdir -p $work

configure() {
  mkdir -p /etc/dapberry
  printf 'datasets:\n  lab:\n    interval: 10 s\n    sensors:\n' >$work/config.yaml
  for sensor; do echo "      - $sensor" >>$work/config.yaml; done
  cp $work/config.yaml /etc/dapberry/config.yaml.new && mv /etc/dapberry/config.yaml.new /etc/dapberry/config.yaml
}
healthy() { health "health.status === 'ok' && health.datasets.length === 1 && health.datasets[0].sensors.length === $1"; }
serves() { health "health.datasets[0].sensors.length === $1"; }
# value SENSOR NUMBER: a pattern of the newest value of a channel of the sensor.
value() { ask /metrics | grep "^dapberry_channel_value{.*sensor=\"$1\"" | grep " $2\$"; }
allowed() { systemctl show --property=DeviceAllow --value dapberry | grep -v '^char-rtc' | sort | tr '\n' ' '; }
allows() { [ "$(allowed)" = "$1" ]; }
settled() { [ "$(systemctl show --property=ActiveState --value dapberry-devices)" = inactive ]; }
pid() { systemctl show --property=MainPID --value dapberry; }
same_process() { [ "$(pid)" = "$process" ]; }
# Runs a shell in place of the server, with the same settings by systemd, to test the rights of the process.
inside() {
  systemd-run --quiet --wait --pipe --collect --uid=dapberry --property=DevicePolicy=closed --property=ProtectSystem=strict \
    --property=ProtectKernelTunables=yes --property='ReadWritePaths=-/sys/class/gpio -/sys/devices' sh -c "$1"
}
fails() { ! "$@"; }
group_of() { [ "$(stat -c %G "$1")" = "$2" ]; }
bulk() { for file in /sys/bus/w1/devices/w1_bus_master*/therm_bulk_read; do group_of "$file" dapberry || return 1; done; }

tar -xzf "$1" -C $work
install=$(echo $work/dapberry-*)/systemd/install.sh
# The bus of the simulated chips, with 25 degree_Celsius in the LM75.
bus=$(grep -ls '^SMBus stub' /sys/class/i2c-dev/i2c-*/name | sed 's/.*i2c-\([0-9]*\).name/\1/' | head -n1)
i2cset -y "$bus" 0x48 0 0x0019 w
configure '{kind: host-load}'
ok 'it is installed' env DAPBERRY_PATIENCE=300 "$install"
process=$(pid)
ok 'no device is allowed where no sensor needs one' allows ''
ok 'the service may start a conversion on the whole 1-Wire bus' bulk
ok 'the group of the service owns I2C' group_of "/dev/i2c-$bus" i2c
ok 'the group of the service may export a GPIO line' group_of /sys/class/gpio/export gpio

systemctl stop dapberry-devices.path
configure "{kind: lm75, bus: $bus}"
ok 'a device that is not allowed and a missing group give different messages' retry 120 \
  health "health.datasets[0].sensors[0].lastError.message.includes('device policy')"
systemctl start dapberry-devices.path
configure '{kind: host-load}' '{kind: host-cpu}' '{kind: ds18b20, name: roof, address: 28-00004d495301}' \
  '{kind: ds18b20, name: cellar, address: 28-00004d495302}' "{kind: lm75, bus: $bus}" \
  '{kind: gpio-input, name: rain, pin: 17, interface: sysfs}' '{kind: gpio-input, name: door, pin: 27, interface: character-device}'
ok 'I2C and GPIO are allowed once they are in the configuration' retry 120 allows 'char-gpiochip rw char-i2c rw '
ok 'the temperature of the chip on I2C is served' retry 60 value lm75 25
for sensor in roof cellar; do ok "the thermometer $sensor on 1-Wire is served" retry 60 value $sensor '-*[0-9][0-9.]*'; done
ok 'a pin is read through sysfs' retry 60 value rain '[01]'
ok 'a pin is read through the character device' retry 60 value door '[01]'
ok 'every sensor is healthy' retry 60 healthy 7
ok 'without a restart' same_process

# Imitates a Node that starts at once: the unit ends before the next save, and starts for each.
mkdir -p /run/systemd/system/dapberry-devices.service.d
printf '[Service]\nExecStart=\nExecStart=/bin/true\n' >/run/systemd/system/dapberry-devices.service.d/quick.conf
retry 120 settled
systemctl daemon-reload
for _ in 1 2 3 4 5 6 7 8 9 10; do
  touch /etc/dapberry/config.yaml
  sleep 1
done
ok 'ten saves, one a second, do not stop the watcher of the configuration' systemctl is-active dapberry-devices.path
rm -r /run/systemd/system/dapberry-devices.service.d
systemctl daemon-reload
configure '{kind: host-load}' "{kind: lm75, bus: $bus}"
ok 'a removed sensor is no longer served' retry 120 serves 2
ok 'and its device is no longer allowed' retry 60 allows 'char-i2c rw '
ok 'without a restart' same_process
ok 'the service restarts' systemctl restart dapberry
ok 'and serves' retry 120 value lm75 25

# A driver is a program, and must not choose devices.
driver() {
  {
    printf '%s\n' "import fs from 'node:fs'; import { spawn } from 'node:child_process';"
    printf '%s\n' "const list = '/run/dapberry-devices/list'; $1"
    printf '%s\n' "export default ({ z }) => ({ name: 'mine', title: 'Mine', description: 'Mine', needs: [], options: z.strictObject({}),"
    printf '%s\n' "  channels: () => [{ name: 'depth', units: 'm', longName: 'Depth' }], conversionTime: () => 0,"
    printf '%s\n' "  open: async () => ({ name: 'mine', channels: [{ name: 'depth', units: 'm', longName: 'Depth' }], read: async () => [1], close: async () => {} }) });"
  } >/etc/dapberry/mine.js
  configure '{driver: ./mine.js}' "{kind: lm75, bus: $bus}"
  systemctl start dapberry-devices
}
# The service itself would load the drivers too.
systemctl stop dapberry-devices.path dapberry
ok 'a driver that prints does not make the list fail' driver "console.log('/dev/mem rw'); for (let fd = 1; fd < 40; fd++) try { fs.writeSync(fd, '/dev/mem rw\\n') } catch {}"
ok 'and its output is not allowed' allows 'char-i2c rw '
number=0
for attack in 'process.exit(0)' \
  "fs.writeFileSync(list, '/dev/mem rw\\nend\\n'); process.exit(0)" \
  "process.on('exit', () => fs.writeFileSync(list, 'block-* rw\\nend\\n'))" \
  "process.on('exit', () => { fs.rmSync(list); fs.symlinkSync('/etc/shadow', list) })" \
  "spawn('sh', ['-c', 'while :; do echo /dev/mem rw >/run/dapberry-devices/list; done'], { detached: true, stdio: 'ignore' }).unref()"; do
  driver "$attack" 2>/dev/null
  number=$((number + 1))
  ok "the allowed devices stay the same after attack $number of a driver" allows 'char-i2c rw '
done
ok 'no process of a driver is left' fails pgrep -f 'while :; do echo /dev/mem'
rm /etc/dapberry/mine.js
configure '{kind: host-load}'
systemctl start dapberry-devices.path dapberry

# Drivers of the kernel for two more chips of the bus: 20 degree_Celsius, and 1 V.
modprobe -a lm75 ti-ads1015
i2cset -y "$bus" 0x49 0 0x0014 w
i2cset -y "$bus" 0x4a 0 0x803e w
echo lm75 0x49 >"/sys/bus/i2c/devices/i2c-$bus/new_device"
echo ads1015 0x4a >"/sys/bus/i2c/devices/i2c-$bus/new_device"
configure '{kind: hwmon, device: lm75}' '{kind: iio, device: ads1015, inputs: [voltage0]}' '{kind: thermal}' '{kind: host-network}'
ok 'hwmon, IIO, thermal zones and the network are read' retry 120 healthy 4
ok 'the temperature of hwmon' retry 60 value hwmon 20
ok 'no device is allowed for them' retry 60 allows ''

echo 0 >/sys/kernel/config/gpio-sim/pi/live
modprobe mcp3008sim millivolts=750,0,400,0,0,0,0,0
configure '{kind: mcp3008, inputs: [CH0, CH2], reference: 3.3}'
ok 'an MCP3008 is read at four pins' retry 120 value mcp3008 '7[45][0-9.]*'

ok 'the sandbox cannot write to the system' fails inside 'echo x >/etc/dapberry/x'
ok 'nor to settings of the kernel' fails inside 'echo 1 >/proc/sys/vm/overcommit_memory'
ok 'nor open a device that is not allowed' fails inside 'head -c1 /dev/gpiochip0'
journalctl -u dapberry -u dapberry-devices --no-pager -o short-monotonic | tail -n 40 | sed 's/^/# /'
"$install" --purge >/dev/null
done_testing
