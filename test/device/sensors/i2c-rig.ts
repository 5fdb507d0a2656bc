// A simulated I2C bus with one chip on it, a clock that waits for nobody, and a kind that is opened there.

import { afterEach } from 'vitest';
import { type I2cChipModel, SimulatedI2c, simulatedI2c } from '../../../device/buses/i2c-simulated.ts';
import { serialQueues } from '../../../device/buses/serial.ts';
import { setUpSensor } from '../../../device/column-setup.ts';
import type { SensorHost, SensorKind } from '../../../device/kind.ts';
import { lasting } from '../../../device/lasting-sensor.ts';
import { openerOf } from '../../../device/opened-setup.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { FakeClock } from '../fake-clock.ts';
import { hostOf } from '../known-sensors.ts';

export interface Rig {
  readonly bus: SimulatedI2c;
  readonly clock: FakeClock;
  readonly host: SensorHost;
  /** Opens a sensor as it is written in a configuration; it is closed after the test. */
  open(kind: SensorKind, written?: object): Promise<Sensor>;
  /** The same, but it outlasts what goes wrong, as it does in a dataset. */
  openLasting(kind: SensorKind, written?: object): Promise<Sensor>;
}

const opened: Sensor[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map(sensor => sensor.close()));
});

/** @param chip makes the model, with monotonic seconds */
export function rigWith(address: number, chip: (now: () => number) => I2cChipModel): Rig {
  const clock = new FakeClock();
  const bus = new SimulatedI2c(1, { [address]: chip(() => clock.monotonic()) });
  const serial = serialQueues();
  const host = hostOf({ clock, buses: { serial }, i2c: simulatedI2c([bus], { clock, serial }) });
  const setUp = (kind: SensorKind, written: object) => setUpSensor(kind, kind.options.parse(written));
  const keep = (sensor: Sensor) => {
    opened.push(sensor);
    return sensor;
  };
  return {
    bus,
    clock,
    host,
    open: async (kind, written = {}) => keep(await openerOf(setUp(kind, written), host, false)()),
    openLasting: async (kind, written = {}) => {
      const setup = setUp(kind, written);
      const columns = setup.columns.map(({ column }) => column);
      return keep(await lasting(openerOf(setup, host, false), setup.name, columns, clock)());
    },
  };
}

/** One reading, as plain numbers. */
export async function readingOf(sensor: Sensor): Promise<readonly number[]> {
  return Array.from(await sensor.read(new AbortController().signal));
}
