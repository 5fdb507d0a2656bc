#!/bin/sh
# Checks that the kernel's own drivers see the simulated hardware of the PC guest, and prints a line for each part.
count=0
check() { # WHAT COMMAND...
  what=$1
  shift
  count=$((count + 1))
  if "$@" >/dev/null 2>&1; then echo "ok $count - $what"; else echo "not ok $count - $what"; failed=yes; fi
}
check 'systemd is up' sh -c 'systemctl is-system-running | grep -Ex "running|starting"'
check 'no unit has failed' sh -c 'test -z "$(systemctl --failed --no-legend)"'
check '58 lines of a Raspberry Pi 4' grep -qx 58 /sys/class/gpio/gpiochip*/ngpio
check 'a chip at 0x48 of i2c-0' i2cget -y 0 0x48 0
check 'none at 0x50 of i2c-0' sh -c '! i2cget -y 0 0x50 0'
check 'the first DS18B20' grep -q YES /sys/bus/w1/devices/28-00004d495301/w1_slave
check 'the second DS18B20' grep -q YES /sys/bus/w1/devices/28-00004d495302/w1_slave
check 'a thermal zone of the processor' grep -qx cpu-thermal /sys/class/thermal/thermal_zone*/type
check 'a network' timeout 60 sh -c 'until ip route get 10.0.2.2; do sleep 1; done'
check 'Node' node --version
check 'the program' node /app/dist/server/main.js --version
echo "1..$count"
[ -z "$failed" ]
