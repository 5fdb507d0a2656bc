// Simulated GPIO lines, a clock that waits for nobody, and a kind that is opened there.

import { afterEach } from 'vitest';
import { SimulatedGpio } from '../../../device/buses/gpio-simulated.ts';
import { setUpSensor } from '../../../device/column-setup.ts';
import type { SensorHost, SensorKind } from '../../../device/kind.ts';
import { lasting } from '../../../device/lasting-sensor.ts';
import { openerOf } from '../../../device/opened-setup.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { FakeClock } from '../fake-clock.ts';
import { hostOf } from '../known-sensors.ts';

export interface GpioRig {
  readonly gpio: SimulatedGpio;
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

export function gpioRig(): GpioRig {
  const clock = new FakeClock();
  const gpio = new SimulatedGpio({ clock });
  const host = hostOf({ clock, gpio: gpio.lines });
  const setUp = (kind: SensorKind, written: object) => setUpSensor(kind, kind.options.parse(written));
  const keep = (sensor: Sensor) => {
    opened.push(sensor);
    return sensor;
  };
  return {
    gpio,
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
