#!/bin/sh
# Are all chips on I2C, and an MCP3008 at four lines, read through the real kernel? Run as root in a guest that has the simulated hardware:
# what the chips say comes from the project's models and from a module, all else is the kernel's, i2c-bus and onoff.
# seconds: 1500

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
app=$(cd "$here/../../.." && pwd)

ok 'there is a second I2C bus' modprobe i2cuser bus=1
ok 'and its device' modprobe i2c-dev
ok 'every kind on I2C gives what its chip measures, and comes back after each fault' node "$here/i2c-kinds.mjs" "$app/dist"
ok 'the bus can go' rmmod i2cuser
ok 'the lines of the header can go' sh -c 'echo 0 >/sys/kernel/config/gpio-sim/pi/live'
ok 'an MCP3008 is at others' modprobe mcp3008sim
ok 'it gives its voltages, and a switch beside it its count' node "$here/mcp3008-lines.mjs" "$app/dist"
ok 'no line is held any more' rmmod mcp3008sim

done_testing
