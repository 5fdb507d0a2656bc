// Opens sensors in tests as a configuration does, and closes them after the test.

import { afterEach } from 'vitest';
import type { SensorHost, SensorKind } from '../../../device/kind.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { columnsOf, type SetupOptions, setUpSensor } from '../../../device/setup/column-setup.ts';
import { reopenOnError } from '../../../device/setup/reopening-sensor.ts';
import { sensorOpener } from '../../../device/setup/sensor-opener.ts';

export interface Opens {
  open(kind: SensorKind, written?: object): Promise<Sensor>;
  /** The same, reopened after errors as in a dataset. */
  openReopening(kind: SensorKind, written?: object, setup?: SetupOptions): Promise<Sensor>;
}

const opened: Sensor[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map(sensor => sensor.close()));
});

export function opensOn(host: SensorHost): Opens {
  const setUp = (kind: SensorKind, written: object, options?: SetupOptions) =>
    setUpSensor(kind, kind.options.parse(written), options);
  const keep = (sensor: Sensor) => {
    opened.push(sensor);
    return sensor;
  };
  return {
    open: async (kind, written = {}) => keep(await sensorOpener(setUp(kind, written), host, false)()),
    openReopening: async (kind, written = {}, options) => {
      const setup = setUp(kind, written, options);
      const opener = sensorOpener(setup, host, false);
      return keep(await reopenOnError(opener, setup.name, columnsOf(setup), host.clock)());
    },
  };
}
