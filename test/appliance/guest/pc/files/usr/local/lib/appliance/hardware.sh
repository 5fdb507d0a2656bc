# Loads the simulated hardware of the PC guest: chips without electronics behind the kernel's own drivers.
#
# They are the GPIO lines of a Raspberry Pi 4, an I2C bus with five addresses, two DS18B20 on 1-Wire, and a thermal zone.
set -e
modprobe -a gpio-sim w1_therm w1sim thermalsim i2c-dev
modprobe i2c-stub chip_addr=0x48,0x49,0x4a,0x76,0x77
mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
bank=/sys/kernel/config/gpio-sim/pi/bank0
mkdir -p "$bank"
echo 58 >"$bank/num_lines"
echo pinctrl-bcm2711 >"$bank/label"
echo 1 >/sys/kernel/config/gpio-sim/pi/live
