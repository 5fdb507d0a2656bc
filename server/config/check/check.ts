// Checks the parts of a configuration against one another: names, columns, hardware and intervals.

import type { SensorSetup } from '../../../device/index.ts';
import { problemAt, valueAt } from '../mistakes/explain.ts';
import type { DatasetNode } from '../text/dataset-node.ts';
import { type Problem, pathText, quoted } from '../text/problem.ts';
import { checkHistory } from './check-history.ts';
import { checkIntervals } from './check-intervals.ts';
import type { LimitsByColumn } from './check-limits.ts';
import type { CheckOptions } from './check-options.ts';
import { checkSensor, type SensorNode } from './check-sensor.ts';
import { checkSource } from './check-source.ts';
import { reservedAttributes } from './dataset-info.ts';
import { RESERVED_NAMES } from './reserved-names.ts';

export interface CheckResult {
  readonly problems: readonly Problem[];
  /** The sensors of each dataset; complete if there are no problems. */
  readonly setups: ReadonlyMap<DatasetNode, readonly SensorSetup[]>;
  /** The limits of the columns of each dataset. */
  readonly limits: ReadonlyMap<DatasetNode, LimitsByColumn>;
}

/** The column that every row has besides its sensors' columns. */
export const TIME_NAME = 'time';

/** Checks as much as possible, also in datasets with other mistakes. */
export function checkDatasets(parts: readonly DatasetNode[], options: CheckOptions): CheckResult {
  const sensors = parts.map(part => sensorsOf(part, options));
  const setups = sensors.map(list => withNames(list));
  return {
    problems: [
      ...datasetNames(parts, options),
      ...parts.flatMap(part => reservedAttributes(part)),
      ...sensors.flat().flatMap(({ problems }) => problems),
      ...sensors.flatMap(sensorNames),
      ...sensors.flatMap(columnNames),
      ...claims(sensors.flat()),
      ...parts.flatMap(checkSource),
      ...parts.flatMap(part => checkHistory(part, options.overrides)),
      ...parts.flatMap((part, index) => checkIntervals(part, sensors[index]!, options.overrides)),
    ],
    setups: new Map(parts.map((part, index) => [part, setups[index]!])),
    limits: new Map(
      parts.map((part, index) => [part, new Map(sensors[index]!.flatMap(({ limits }) => [...limits]))]),
    ),
  };
}

function sensorsOf(part: DatasetNode, options: CheckOptions): readonly SensorNode[] {
  const sensors = valueAt(part.document.value, [...part.path, 'sensors']);
  if (!Array.isArray(sensors)) return [];
  return sensors.map((_sensor, index) => checkSensor(part, index, options));
}

/** The setups, with numbers to distinguish sensors without a name: `thermal` and `thermal-2`. */
function withNames(sensors: readonly SensorNode[]): readonly SensorSetup[] {
  const names = new Set<string>();
  return sensors.flatMap(({ setup }) => {
    if (setup === undefined) return [];
    let { name } = setup;
    for (let copy = 2; names.has(name); copy++) name = `${setup.name}-${copy}`;
    names.add(name);
    return { ...setup, name };
  });
}

function datasetNames(parts: readonly DatasetNode[], { schemas }: CheckOptions): Problem[] {
  const known = new Map<string, DatasetNode>();
  return parts.flatMap(part => {
    const { name, document, path } = part;
    const refuse = (expected: string, found: string) => problemAt(part, path, 'key', { expected, found });
    const other = known.get(name);
    if (other !== undefined) {
      const place = placeText(other, other.path);
      return refuse('a name that no other dataset has', `${quoted(name)}, which ${place} has too`);
    }
    known.set(name, part);
    if (RESERVED_NAMES.has(name))
      return refuse('a name that the server does not use for an address of its own', quoted(name));
    // The schema has checked the names of datasets in the main file.
    const fits = path.length > 0 || schemas.datasetName.safeParse(name).success;
    if (fits) return [];
    const { expected: named } = schemas.datasetName.meta() ?? {};
    const expected = `a file named after its dataset: ${named}`;
    return [problemAt({ document, prefix: [] }, [], 'key', { expected, found: quoted(name) })];
  });
}

function sensorNames(sensors: readonly SensorNode[]): Problem[] {
  const known = new Map<string, SensorNode>();
  return sensors.flatMap(sensor => {
    if (sensor.ownName === undefined) return [];
    const other = known.get(sensor.ownName);
    known.set(sensor.ownName, other ?? sensor);
    if (other === undefined) return [];
    const found = `${quoted(sensor.ownName)}, which ${placeText(other.dataset, other.path)} has too`;
    const expected = 'a name that no other sensor of the dataset has';
    return problemAt(sensor.dataset, [...sensor.path, 'name'], 'value', { expected, found });
  });
}

function columnNames(sensors: readonly SensorNode[]): Problem[] {
  const known = new Map<string, SensorNode>();
  return sensors.flatMap(sensor => {
    // Wrong names are reported already.
    const { columns = [], derived = [] } = sensor.setup ?? {};
    const names = [
      ...columns.map(({ channel, column: { name } }) => ({ own: ['channels', channel, 'name'], name })),
      ...derived.map(({ key, column: { name } }) => ({ own: ['derived', key], name })),
    ];
    return names.flatMap(({ own, name }) => {
      const renamed = valueAt(sensor.value, own) !== undefined;
      const path = renamed ? [...sensor.path, ...own] : sensor.path;
      const refuse = (expected: string, found: string, hint: string) =>
        problemAt(sensor.dataset, path, own[0] === 'derived' ? 'key' : 'value', { expected, found, hint });
      if (name === TIME_NAME) {
        return refuse(
          'a name other than that of the column of row times',
          quoted(name),
          'choose another name',
        );
      }
      const other = known.get(name);
      known.set(name, other ?? sensor);
      if (other === undefined || (other.ownName !== undefined && other.ownName === sensor.ownName)) return [];
      const hint = renamed ? 'choose another name' : 'give one of the sensors a name';
      const place = other === sensor ? 'this sensor' : placeText(other.dataset, other.path);
      return refuse(
        'a name that no other column of the dataset has',
        `${quoted(name)}, which ${place} has too`,
        hint,
      );
    });
  });
}

function claims(sensors: readonly SensorNode[]): Problem[] {
  const holders = new Map<string, SensorNode>();
  return sensors.flatMap(sensor =>
    sensor.claims.flatMap(claim => {
      const holder = holders.get(claim);
      holders.set(claim, holder ?? sensor);
      if (holder === undefined) return [];
      const found = `${claim}, which ${placeText(holder.dataset, holder.path)} has too`;
      const expected = 'an address or a pin that no other sensor uses';
      return problemAt(sensor.dataset, sensor.path, 'value', { expected, found });
    }),
  );
}

/** Names a path and its line for messages about another place. */
function placeText({ document, prefix }: DatasetNode, path: DatasetNode['path']): string {
  const { line } = document.positionOf(path, 'key');
  return `${pathText([...prefix, ...path])} (${document.source}:${line})`;
}
