// Can the sensors of a dataset be read as often as its rows, and they themselves, ask for?

import type { Overrides } from '../config.ts';
import { problemAt, valueAt } from '../mistakes/explain.ts';
import { DATASET_SHAPE } from '../schema/schema.ts';
import type { DatasetNode } from '../text/dataset-node.ts';
import type { Problem } from '../text/problem.ts';
import type { SensorNode } from './check-sensor.ts';

/** No row may be due before the slowest sensor has been read, unless that one says when it is read or what rows hold until then. */
export function checkIntervals(
  part: DatasetNode,
  sensors: readonly SensorNode[],
  overrides: Overrides,
): Problem[] {
  const path = [...part.path, 'interval'];
  const written = valueAt(part.document.value, path);
  const interval = overrides.interval ?? DATASET_SHAPE.interval.safeParse(written).data;
  if (interval === undefined) return [];
  const paced = sensors.flatMap(sensor => checkPace(sensor, interval));
  const [slowest] = sensors
    .filter(({ setup }) => setup?.sampling.every === undefined && setup?.sampling.between === undefined)
    .map(({ conversion }) => conversion)
    .sort((a, b) => b.time - a.time);
  if (slowest === undefined || interval === 0 || interval >= slowest.time) return paced;
  const problem = {
    expected: `${slowest.time} seconds or more, which the sensor ${slowest.kind} takes`,
    found: String(interval),
    hint: 'if rows are to come faster than its readings, give it "between: nan" or "between: hold"',
  };
  if (overrides.interval !== undefined) return [...paced, { source: '--interval', path: '', ...problem }];
  return [...paced, problemAt(part, path, written === undefined ? 'key' : 'value', problem)];
}

/** A sensor that has a time of its own is read more rarely than rows are made, and not faster than it can. */
function checkPace({ dataset, path, setup, conversion }: SensorNode, interval: number): Problem[] {
  const every = setup?.sampling.every;
  if (every === undefined) return [];
  const refuse = (expected: string, found = String(every)) => [
    problemAt(dataset, [...path, 'every'], 'value', { expected, found }),
  ];
  if (interval === 0) {
    return refuse('it only where the dataset has an interval', `${every} with rows as fast as they are read`);
  }
  if (every < interval) return refuse(`${interval} seconds, the interval of the dataset, or more`);
  return every < conversion.time
    ? refuse(`${conversion.time} seconds or more, which the sensor ${conversion.kind} takes`)
    : [];
}
