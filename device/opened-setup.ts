// How does a configured sensor fill its columns? It is opened by its kind; its values are corrected and fitted to the columns' types.

import type { NumberColumn } from '../dap/model/value.ts';
import { type Calibration, calibrated } from './calibration.ts';
import type { ColumnSetup, SensorSetup } from './column-setup.ts';
import { channelValue } from './columns.ts';
import { type SensorHost, simulatedHost } from './kind.ts';
import {
  type ComputedSensor,
  IncompleteReading,
  isComputed,
  type OpenSensor,
  type Reading,
  type Sensor,
} from './sensor.ts';

/** What opens the sensor on `host`, or on what its kind puts there where `simulate` is set. */
export function openerOf(setup: SensorSetup, host: SensorHost, simulate: boolean): OpenSensor {
  return async () => {
    const { kind, options } = setup;
    const sensor = await kind.open(options, simulate ? simulatedHost(kind, options, host) : host);
    const [expected, found] = [
      setup.columns.map(({ channel }) => channel).join(', '),
      sensor.channels.map(({ name }) => name).join(', '),
    ];
    if (expected === found) return withColumns(sensor, setup);
    await sensor.close();
    throw new Error(`sensor ${setup.name}: expected the channels ${expected}, found ${found}`);
  };
}

function withColumns(sensor: Sensor, { name, columns }: SensorSetup): Sensor {
  const channels = columns.map(({ column }) => column);
  const corrections = columns.map(({ calibration }) => calibration);
  // A reading of another length is refused, with its own error, by whoever reads.
  const correct = (reading: Reading) =>
    corrections.some(calibration => calibration !== undefined)
      ? Array.from(reading, (value, index) => corrected(corrections[index], value))
      : reading;
  const wrapped: Sensor = {
    name,
    channels,
    read: async signal => {
      try {
        return correct(await sensor.read(signal));
      } catch (error) {
        if (!(error instanceof IncompleteReading)) throw error;
        throw new IncompleteReading(correct(error.reading), error.message);
      }
    },
    close: () => sensor.close(),
  };
  if (!isComputed(sensor)) return wrapped;
  const { failure } = sensor;
  const computed: ComputedSensor = {
    ...wrapped,
    compute: computeOf(sensor, columns),
    ...(failure === undefined ? {} : { failure: time => failure.call(sensor, time) }),
  };
  return computed;
}

function corrected(calibration: Calibration | undefined, value: number): number {
  return calibration === undefined ? value : calibrated(calibration, value);
}

/** The sensor's own `compute` where it can write into the columns itself, else one that goes by way of Float64. */
function computeOf(sensor: ComputedSensor, setups: readonly ColumnSetup[]): ComputedSensor['compute'] {
  const direct = setups.map(
    ({ column: { type }, calibration }) => calibration === undefined && type !== 'Int32' && type !== 'UInt32',
  );
  if (!direct.includes(false)) return (times, columns) => sensor.compute(times, columns);
  return (times, columns) => {
    const written: NumberColumn[] = columns.map((column, index) =>
      direct[index] ? column : new Float64Array(times.length),
    );
    sensor.compute(times, written);
    for (const [index, { column, calibration }] of setups.entries()) {
      if (direct[index]) continue;
      const [from, to] = [written[index]!, columns[index]!];
      for (let row = 0; row < times.length; row++) {
        to[row] = channelValue(column, corrected(calibration, from[row]!));
      }
    }
  };
}
