#!/bin/sh
# Reads every chip on I2C, and an MCP3008 at four lines, through the real kernel. Run as root in a guest with the simulated hardware.
# The answers of the chips come from the project's models and from a module; the rest is the kernel, i2c-bus and onoff.
# seconds: 1500

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
app=$(cd "$here/../../.." && pwd)

ok 'there is a second I2C bus' modprobe i2cuser bus=1
ok 'and its device' modprobe i2c-dev
ok 'every kind on I2C gives the values of its chip, and recovers after each fault' node "$here/i2c-kinds.mjs" "$app/dist" "$here/i2c-cases.json"
ok 'the bus can be removed' rmmod i2cuser
ok 'the lines of the header can be removed' sh -c 'echo 0 >/sys/kernel/config/gpio-sim/pi/live'
ok 'an MCP3008 is at other lines' modprobe mcp3008sim
ok 'the MCP3008 gives its voltages, and a switch beside it its count' node "$here/mcp3008-lines.mjs" "$app/dist"
ok 'no line is held afterwards' rmmod mcp3008sim

done_testing
