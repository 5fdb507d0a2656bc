// A simulated I2C bus with one chip, a fake clock, and sensors opened on them.

import { type I2cChipModel, SimulatedI2c, simulatedI2c } from '../../../device/host/i2c/i2c-simulated.ts';
import { serialQueues } from '../../../device/host/serial.ts';
import type { SensorHost } from '../../../device/kind.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { FakeClock } from '../fake-clock.ts';
import { valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { type Opens, opensOn } from './opens.ts';

export interface Rig extends Opens {
  readonly bus: SimulatedI2c;
  readonly clock: FakeClock;
  readonly host: SensorHost;
}

/** @param make makes the model, with monotonic seconds */
export function rigWith<Model extends I2cChipModel>(
  address: number,
  make: (now: () => number) => Model,
): Rig & { readonly chip: Model } {
  const clock = new FakeClock();
  const chip = make(() => clock.monotonic());
  const bus = new SimulatedI2c(1, { [address]: chip });
  const serial = serialQueues();
  const host = hostOf({ clock, buses: { serial }, i2c: simulatedI2c([bus], { clock, serial }) });
  return { bus, clock, host, chip, ...opensOn(host) };
}

/** One reading, as plain numbers. */
export async function readingOf(sensor: Sensor): Promise<readonly number[]> {
  return valuesOf(sensor);
}
