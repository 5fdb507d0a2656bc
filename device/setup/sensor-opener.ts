// Opens a configured sensor, corrects its values by their calibration, and computes its derived columns.

import type { NumberColumn } from '../../dap/model/value.ts';
import { type SensorHost, simulatedHost } from '../kind.ts';
import { channelValue } from '../sampling/columns.ts';
import { checkedReading, readingOf } from '../sampling/reading.ts';
import {
  type ComputedSensor,
  isComputed,
  isPushing,
  type PartialReading,
  type PushingSensor,
  type Sensor,
  type SensorOpener,
} from '../sensor.ts';
import { type Calibration, calibrated } from './calibration.ts';
import { columnsOf, type SensorSetup, samplingOf } from './column-setup.ts';
import { derivedProblem, derivedValue } from './derived/derived-column.ts';

/**
 * The opener of a configured sensor.
 * @param simulate whether the kind's simulation takes the place of parts of `host`
 */
export function sensorOpener(setup: SensorSetup, host: SensorHost, simulate: boolean): SensorOpener {
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

function withColumns(sensor: Sensor, setup: SensorSetup): Sensor {
  const { name, columns, derived } = setup;
  const channels = columnsOf(setup);
  const isPlain = derived.length === 0 && !columns.some(({ calibration }) => calibration !== undefined);
  const wrapped: Sensor = {
    name,
    channels,
    get note() {
      return sensor.note;
    },
    sampling: samplingOf(setup),
    read: async context => {
      if (isPlain) return sensor.read(context);
      // Checked before any arithmetic, which would turn a text or null into a number.
      const { values, problem } = completed(await readingOf(sensor, context), setup);
      return problem === undefined ? values : { values, problem };
    },
    close: () => sensor.close(),
  };
  if (isPushing(sensor)) {
    const pushing: PushingSensor = {
      ...wrapped,
      maxAge: sensor.maxAge,
      latest: () => completed(checkedReading(sensor, sensor.latest()), setup),
      listen: onPush => sensor.listen(onPush),
      awaited: () => sensor.awaited(),
      refresh: () => sensor.refresh(),
    };
    return pushing;
  }
  if (!isComputed(sensor)) return wrapped;
  const { failure } = sensor;
  const computed: ComputedSensor = {
    ...wrapped,
    compute: computeOf(sensor, setup),
    ...(failure === undefined ? {} : { failure: time => failure.call(sensor, time) }),
  };
  return computed;
}

/** The reading with corrected values and derived columns. */
function completed(reading: PartialReading, { columns, derived }: SensorSetup): PartialReading {
  const values = Array.from(reading.values, (value, index) => corrected(columns[index]?.calibration, value));
  const problem =
    reading.problem ?? derived.map(column => derivedProblem(column, values[column.source]!)).find(isGiven);
  const all = [...values, ...derived.map(column => derivedValue(column, values[column.source]!))];
  return { values: all, ...(problem === undefined ? {} : { problem }) };
}

function isGiven(text: string | undefined): boolean {
  return text !== undefined;
}

function corrected(calibration: Calibration | undefined, value: number): number {
  return calibration === undefined ? value : calibrated(calibration, value);
}

/** The sensor's own `compute` if it can fill all columns itself, else one that converts columns of Float64. */
function computeOf(
  sensor: ComputedSensor,
  { columns: setups, derived }: SensorSetup,
): ComputedSensor['compute'] {
  const direct = setups.map(
    ({ column: { type }, calibration }, index) =>
      calibration === undefined &&
      type !== 'Int32' &&
      type !== 'UInt32' &&
      !derived.some(({ source }) => source === index),
  );
  if (!direct.includes(false)) return (times, columns) => sensor.compute(times, columns);
  return (times, columns) => {
    const written: NumberColumn[] = setups.map((_setup, index) =>
      direct[index] ? columns[index]! : new Float64Array(times.length),
    );
    sensor.compute(times, written);
    for (const [index, { column, calibration }] of setups.entries()) {
      if (direct[index]) continue;
      const [from, to] = [written[index]!, columns[index]!];
      for (let row = 0; row < times.length; row++) {
        from[row] = corrected(calibration, from[row]!);
        to[row] = channelValue(column, from[row]!);
      }
    }
    for (const [index, column] of derived.entries()) {
      const [from, to] = [written[column.source]!, columns[setups.length + index]!];
      for (let row = 0; row < times.length; row++) {
        to[row] = channelValue(column.column, derivedValue(column, from[row]!));
      }
    }
  };
}
