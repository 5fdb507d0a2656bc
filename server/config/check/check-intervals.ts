// Checks that every sensor can be read as often as its dataset makes rows.

import { SENSOR_KINDS } from '../../../device/index.ts';
import type { Overrides } from '../config.ts';
import { problemAt, valueAt } from '../mistakes/explain.ts';
import { DATASET_SHAPE, ON_MESSAGE } from '../schema/schema.ts';
import type { DatasetNode } from '../text/dataset-node.ts';
import type { Problem } from '../text/problem.ts';
import type { SensorNode } from './check-sensor.ts';

/** A row must not be due before the slowest sensor is read, unless that sensor has `every` or `between`. */
export function checkIntervals(
  part: DatasetNode,
  sensors: readonly SensorNode[],
  overrides: Overrides,
): Problem[] {
  const path = [...part.path, 'interval'];
  const written = valueAt(part.document.value, path);
  const interval = overrides.interval ?? DATASET_SHAPE.interval.safeParse(written).data;
  if (interval === undefined) return [];
  if (interval === ON_MESSAGE) return sensors.flatMap(checkPushing);
  const paced = sensors.flatMap(sensor => checkPace(sensor, interval));
  const [slowest] = sensors
    .filter(({ setup }) => setup?.sampling.every === undefined && setup?.sampling.between === undefined)
    .map(({ conversion }) => conversion)
    .sort((a, b) => b.time - a.time);
  if (slowest === undefined || interval === 0 || interval >= slowest.time) return paced;
  const problem = {
    expected: `${slowest.time} seconds or more, the time of a reading of ${slowest.kind}`,
    found: String(interval),
    hint: 'to make rows faster than its readings, give the sensor "between: nan" or "between: hold"',
  };
  if (overrides.interval !== undefined) return [...paced, { source: '--interval', path: '', ...problem }];
  return [...paced, problemAt(part, path, written === undefined ? 'key' : 'value', problem)];
}

/** In a dataset with a row for each message, every sensor gets messages, and none is read. */
function checkPushing({ dataset, path, value, setup }: SensorNode): Problem[] {
  if (setup === undefined) return [];
  const { kind, driver } = setup;
  if (kind.isPushing !== true) {
    const problem = {
      expected: `sensors of the kind ${PUSHING.join(', ')} alone, since the interval is "${ON_MESSAGE}"`,
      found: driver ?? kind.name,
      hint: 'put the other sensors into a dataset of their own, or give this one an interval such as 10 s',
    };
    return [problemAt(dataset, [...path, driver === undefined ? 'kind' : 'driver'], 'value', problem)];
  }
  return ['every', 'between']
    .filter(key => valueAt(value, [key]) !== undefined)
    .map(key =>
      problemAt(dataset, [...path, key], 'key', {
        expected: `no "${key}" in a dataset with a row for each message`,
        found: `"${key}"`,
      }),
    );
}

/** The names of the kinds whose sensors push their values. */
const PUSHING = SENSOR_KINDS.filter(({ isPushing }) => isPushing).map(({ name }) => name);

/** A sensor with `every` must be read less often than rows are made, and not faster than it can be read. */
function checkPace({ dataset, path, setup, conversion }: SensorNode, interval: number): Problem[] {
  const every = setup?.sampling.every;
  if (every === undefined) return [];
  const refuse = (expected: string, found = String(every)) => [
    problemAt(dataset, [...path, 'every'], 'value', { expected, found }),
  ];
  if (interval === 0) {
    return refuse('no "every" in a dataset with the interval 0', `"every" of ${every} s`);
  }
  if (every < interval) return refuse(`${interval} seconds, the interval of the dataset, or more`);
  return every < conversion.time
    ? refuse(`${conversion.time} seconds or more, the time of a reading of ${conversion.kind}`)
    : [];
}
