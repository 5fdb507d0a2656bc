// A 1-Wire bus whose thermometers are models with given temperatures, behind a model of the kernel's driver.

import type { KernelFiles } from '../../../device/host/kernel-files.ts';
import { oneWire } from '../../../device/host/one-wire.ts';
import { serialQueues } from '../../../device/host/serial.ts';
import { crc8 } from '../../../device/models/ds18b20.ts';
import { thermometerModel } from '../../../device/models/ds18s20.ts';
import { slaveText, W1ThermModel, type W1ThermOptions } from '../../../device/models/w1-therm.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { ds18b20 } from '../../../device/sensors/ds18b20.ts';
import { FakeClock } from '../fake-clock.ts';
import { valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';

export const FIRST = '28-0316a2794cff';
export const SECOND = '28-0316a2790000';
export const THIRD = '10-000802b53f12';

/** The drivers of W1ThermModel, newest first. */
export const DRIVERS = ['bulk', 'single', 'old'] as const;

export function hostWith(files: KernelFiles, clock = new FakeClock()) {
  return hostOf({ files, clock, oneWire: oneWire({ files, serial: serialQueues(), clock }) });
}

/** A bus with a thermometer per address, in places of these temperatures, which `places` changes. */
export function bus(celsius: Readonly<Record<string, number>>, options: Partial<W1ThermOptions> = {}) {
  const places = new Map(Object.entries(celsius));
  const chips = Object.fromEntries(
    [...places.keys()].map(address => [address, thermometerModel(address, () => places.get(address)!)]),
  );
  const clock = new FakeClock();
  const files = new W1ThermModel({ chips, clock, ...options });
  return { chips, clock, files, host: hostWith(files, clock), places };
}

export const read = async (sensor: Sensor) => (await valuesOf(sensor))[0];
export const open = (host: ReturnType<typeof hostOf>, options: object = {}) =>
  ds18b20.open(ds18b20.options.parse(options), host);

/** The text of `w1_slave` for eight bytes in hexadecimal, after which comes their CRC. */
export function slave(hex: string, address = FIRST): string {
  const bytes = hex.split(' ').map(byte => Number.parseInt(byte, 16));
  return slaveText([...bytes, crc8(bytes)], address);
}
