// The 1-Wire buses for each kind that needs one: thermometers of known temperature behind a driver whose files may fail.

import { oneWire } from '../../../device/host/one-wire.ts';
import { serialQueues } from '../../../device/host/serial.ts';
import type { Ds18b20Model } from '../../../device/models/ds18b20.ts';
import { thermometerModel } from '../../../device/models/ds18s20.ts';
import { W1ThermModel, type W1ThermOptions } from '../../../device/models/w1-therm.ts';
import { FakeClock } from '../fake-clock.ts';
import { hostOf } from '../known-sensors.ts';
import { FaultyFiles } from './faulty-files.ts';

export const MASTER = '/sys/bus/w1/devices/w1_bus_master1';
export const BULK = `${MASTER}/therm_bulk_read`;
export const ADDRESS = '28-0316a2794cff';

/** Options of a sensor that reads the thermometer of that address. */
export const ONE_WIRE_SENSORS: Readonly<Record<string, object>> = {
  ds18b20: { address: ADDRESS },
};

/** A bus whose thermometers are in places of these temperatures; `failing` is the file that may fail. */
export function thermometerBus(
  celsius: Readonly<Record<string, number>>,
  failing: string,
  options: Partial<W1ThermOptions> = {},
) {
  const clock = new FakeClock();
  const places = new Map(Object.entries(celsius));
  const chips: Record<string, Ds18b20Model> = {};
  for (const address of places.keys()) {
    chips[address] = thermometerModel(address, () => places.get(address)!);
  }
  const driver = new W1ThermModel({ chips, clock, ...options });
  const files = new FaultyFiles(driver, path => path === failing);
  const host = hostOf({ files, clock, oneWire: oneWire({ files, serial: serialQueues(), clock }) });
  return { chips, clock, driver, files, host, places };
}
