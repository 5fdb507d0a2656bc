// Sets the simulated hardware of the PC guest, by scripts that run there.

import type { Guest } from './guest.ts';

const W1SIM = '/sys/module/w1sim/parameters';

/** The addresses of the simulated DS18B20, as the kernel writes them. */
export const THERMOMETERS = ['28-00004d495301', '28-00004d495302'] as const;

/** The faults of a simulated DS18B20 (modules/w1sim.c). */
export const WIRE_FAULTS = { none: 0, crc: 1, gone: 2, powerLost: 3, stuck: 4 } as const;

export type WireFault = keyof typeof WIRE_FAULTS;

/** Sets the temperatures of the two DS18B20, in degrees Celsius. */
export function setTemperatures(guest: Guest, first: number, second: number): Promise<string> {
  return guest.run(`echo ${Math.round(first * 1000)},${Math.round(second * 1000)} >${W1SIM}/temp`);
}

export function setWireFaults(guest: Guest, first: WireFault, second: WireFault): Promise<string> {
  return guest.run(`echo ${WIRE_FAULTS[first]},${WIRE_FAULTS[second]} >${W1SIM}/fault`);
}

/** Sets a register of two bytes, the more significant first, of a chip on i2c-0. */
export function word(address: number, register: number, value: number): string {
  const swapped = ((value & 0xff) << 8) | ((value >> 8) & 0xff);
  return `i2cset -f -y 0 ${address} ${register} ${swapped} w`;
}

/** Sets registers of one byte each, from `register` on. */
function bytes(address: number, register: number, values: readonly number[]): string {
  return `i2cset -f -y 0 ${address} ${register} ${values.join(' ')} i`;
}

/**
 * Sets the registers at an address to those of a BME280: the calibration and the values of the example in the datasheet of the
 * BMP280 (3.12), which are 25.08 degrees Celsius and 100653.27 Pa, and a humidity.
 */
export function bme280(address: number): string {
  const words = [27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000];
  const calibration = words.flatMap(value => [value & 0xff, (value >> 8) & 0xff]);
  const [pressure, temperature, humidity] = [415_148, 519_888, 28_000];
  const twenty = (value: number) => [value >> 12, (value >> 4) & 0xff, (value & 15) << 4];
  return [
    bytes(address, 0xd0, [0x60]),
    bytes(address, 0x88, calibration),
    bytes(address, 0xa1, [75]),
    bytes(address, 0xe1, [0x69, 1, 0, 0x14, 0x24, 3, 0x1e]),
    bytes(address, 0xf7, [...twenty(pressure), ...twenty(temperature), humidity >> 8, humidity & 0xff]),
  ].join('\n');
}

/** The file that sets a line of the simulated GPIO chip; `pin` is a BCM number. */
function line(pin: number): string {
  return `$(echo /sys/devices/platform/gpio-sim.0/gpiochip*/sim_gpio${pin}/pull)`;
}

export function setLevel(guest: Guest, pin: number, level: 0 | 1): Promise<string> {
  return guest.run(`echo pull-${level ? 'up' : 'down'} >${line(pin)}`);
}

/** Makes `times` pulses, at least 50 ms high and 50 ms low each. */
export function pulse(guest: Guest, pin: number, times: number): Promise<string> {
  return guest.run(`for i in $(seq ${times}); do
  echo pull-up >${line(pin)}; sleep 0.05; echo pull-down >${line(pin)}; sleep 0.05
done`);
}
