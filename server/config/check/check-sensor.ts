// Sets up one configured sensor, and reports the mistakes that its schema cannot detect.

import type { z } from 'zod';
import {
  type Channel,
  FaultyKind,
  messageOf,
  millivoltsOf,
  type SensorKind,
  type SensorSetup,
  setUpSensor,
} from '../../../device/index.ts';
import type { DriverModule } from '../drivers/driver-module.ts';
import { driverFile, writtenDriver } from '../drivers/drivers.ts';
import { explainIssues, problemAt, suggestion, valueAt } from '../mistakes/explain.ts';
import { jsonSchemaOf } from '../schema/expected.ts';
import { paceOf } from '../schema/pace-schema.ts';
import {
  channelSchema,
  derivedSchema,
  driverSensorSchema,
  sensorNameSchema,
  sensorTitleSchema,
} from '../schema/sensor-schema.ts';
import { type DatasetNode, isMapping } from '../text/dataset-node.ts';
import { type Problem, quoted, type Step } from '../text/problem.ts';
import { checkLimits, type LimitsByColumn } from './check-limits.ts';
import type { CheckOptions } from './check-options.ts';

export interface SensorNode {
  readonly dataset: DatasetNode;
  /** The sensor's path in the dataset's document, and its value there. */
  readonly path: readonly Step[];
  readonly value: unknown;
  /** Undefined if its kind, its options or its name are wrong. */
  readonly setup: SensorSetup | undefined;
  /** The configured name. */
  readonly ownName: string | undefined;
  readonly limits: LimitsByColumn;
  readonly claims: readonly string[];
  /** Seconds that a reading takes, and the kind of the sensor. */
  readonly conversion: { readonly time: number; readonly kind: string };
  readonly problems: readonly Problem[];
}

export function checkSensor(dataset: DatasetNode, index: number, options: CheckOptions): SensorNode {
  const path = [...dataset.path, 'sensors', index];
  const value = valueAt(dataset.document.value, path);
  const part = { dataset, path, value };
  const unknown = {
    setup: undefined,
    ownName: undefined,
    limits: new Map(),
    claims: [],
    conversion: { time: 0, kind: '' },
  };
  const written = writtenDriver(value);
  if (written === undefined) {
    const kind = options.kinds.find(({ name }) => name === valueAt(value, ['kind']));
    if (kind === undefined || !isMapping(value)) return { ...part, ...unknown, problems: [] };
    return { ...part, ...unknown, ...ofKind(part, value, kind, options) };
  }
  if (!isMapping(value)) return { ...part, ...unknown, problems: [] };
  const driver = driverFile(dataset.document.source, written);
  return { ...part, ...unknown, ...ofDriver(part, value, driver, options) };
}

type SensorLocation = Pick<SensorNode, 'dataset' | 'path'>;
type Mapping = Readonly<Record<string, unknown>>;

/** The known facts of a sensor; the others are missing. */
type CheckedSensor = Pick<SensorNode, 'problems'> & Partial<SensorNode>;

/** A sensor whose keys the schema of the dataset has checked one by one. */
function ofKind(
  part: SensorLocation,
  value: Mapping,
  kind: SensorKind,
  { simulate }: CheckOptions,
): CheckedSensor {
  const {
    kind: kindWord,
    driver: _driver,
    name,
    title,
    channels,
    derived,
    every: _every,
    between: _between,
    ...written
  } = value;
  const word = kindWord === undefined ? 'driver' : 'kind';
  const problems = simulate ? cannotBeSimulated(part, kind, word) : [];
  const options = kind.options.safeParse(written);
  // Only rules for several options together can fail here.
  if (!options.success) {
    const schema = jsonSchemaOf(kind.options);
    const place = { ...part.dataset, base: part.path, schema };
    return { problems: [...problems, ...explainIssues(place, options.error.issues)] };
  }
  const { data } = options;
  const ownName = sensorNameSchema.safeParse(name).data;
  const ownTitle = sensorTitleSchema.safeParse(title).data;
  // With a wrong name, the names of its columns are unknown.
  const named = name === undefined || ownName !== undefined;
  const setup = setUpSensor(kind, data, {
    ...(ownName === undefined ? {} : { name: ownName }),
    ...(ownTitle === undefined ? {} : { title: ownTitle }),
    channels: validEntries(channels, channelSchema),
    derived: validEntries(derived, derivedSchema),
    sampling: paceOf(value),
  });
  const limits = checkLimits({ ...part, value }, setup);
  return {
    setup: named ? setup : undefined,
    ownName,
    limits: limits.limits,
    claims: kind.claims?.(data) ?? [],
    conversion: { time: kind.conversionTime(data), kind: kind.name },
    problems: [
      ...problems,
      ...unknownChannels(part, kind.channels(data), channels),
      ...unfitSources(part, setup, derived),
      ...limits.problems,
    ],
  };
}

/** A sensor whose kind comes from a driver. */
function ofDriver(
  part: SensorLocation,
  value: Mapping,
  driver: string,
  options: CheckOptions,
): CheckedSensor {
  const at = (said: Pick<Problem, 'expected' | 'found' | 'hint'>, field: readonly Step[] = []) =>
    problemAt(part.dataset, [...part.path, 'driver', ...field], 'value', said);
  const { kind: kindWord } = value;
  if (kindWord !== undefined) {
    return { problems: [at({ expected: 'either a driver or a kind', found: 'both' })] };
  }
  const module = options.drivers.get(driver) ?? NOT_LOADED;
  if ('faults' in module) {
    return { problems: module.faults.map(({ field, ...said }) => at(said, field)) };
  }
  const { kind } = module;
  try {
    const schema = driverSensorSchema(kind);
    const { error } = schema.safeParse(value);
    const place = { ...part.dataset, base: part.path, schema: jsonSchemaOf(schema) };
    const keys = error === undefined ? [] : explainIssues(place, error.issues);
    const found = ofKind(part, value, kind, options);
    const problems = [...keys, ...found.problems];
    return { ...found, ...(found.setup && { setup: { ...found.setup, driver } }), problems };
  } catch (error) {
    if (error instanceof FaultyKind) {
      return { problems: error.faults.map(({ field, ...said }) => at(said, field)) };
    }
    // A driver's refinement may throw anything.
    const message = messageOf(error);
    const said = { expected: 'a schema that validates options', found: `the error: ${message}` };
    return { problems: [at(said, ['options'])] };
  }
}

const NOT_LOADED: DriverModule = {
  faults: [{ field: [], expected: 'a driver that was loaded', found: 'one that was not' }],
};

function cannotBeSimulated(
  { dataset, path }: SensorLocation,
  kind: SensorKind,
  word: 'kind' | 'driver',
): Problem[] {
  if (kind.simulate !== undefined || kind.needs.length === 0) return [];
  const expected = 'a kind that can be simulated, since simulate is true';
  return [problemAt(dataset, [...path, word], 'value', { expected, found: kind.name })];
}

/** The valid entries of a mapping. */
function validEntries<T>(written: unknown, schema: z.ZodType<T>): Readonly<Record<string, T>> {
  if (!isMapping(written)) return {};
  const entries = Object.entries(written).flatMap(([name, one]) => {
    const { data, success } = schema.safeParse(one);
    return success ? [[name, data] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Derived columns whose channel does not exist, or is not a voltage where one is needed. */
function unfitSources(
  { dataset, path }: SensorLocation,
  { columns }: SensorSetup,
  derived: unknown,
): Problem[] {
  return Object.entries(validEntries(derived, derivedSchema)).flatMap(([name, { from, by }]) => {
    const place = [...path, 'derived', name, 'from'];
    const names = columns.map(({ channel }) => channel);
    const source = columns.find(({ channel }) => channel === from);
    if (source === undefined) {
      const hint = suggestion(from, names);
      const expected = `one of the channels ${names.join(', ')}`;
      return [problemAt(dataset, place, 'value', { expected, found: quoted(from), ...(hint && { hint }) })];
    }
    const { units } = source.column;
    if (by.from === 'any' || millivoltsOf(units) !== undefined) return [];
    const expected = 'a channel in V, mV or uV';
    return [problemAt(dataset, place, 'value', { expected, found: `${from} in ${units}` })];
  });
}

function unknownChannels(
  { dataset, path }: SensorLocation,
  channels: readonly Channel[],
  overrides: unknown,
): Problem[] {
  if (!isMapping(overrides)) return [];
  const names = channels.map(({ name }) => name);
  return Object.keys(overrides)
    .filter(name => !names.includes(name))
    .map(name => {
      const hint = suggestion(name, names);
      return problemAt(dataset, [...path, 'channels', name], 'key', {
        expected: `one of the channels ${names.join(', ')}`,
        found: quoted(name),
        ...(hint && { hint }),
      });
    });
}
