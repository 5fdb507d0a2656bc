// What is one sensor of a configuration, and what is wrong with it that its schema alone cannot see?

import type { z } from 'zod';
import {
  type Channel,
  millivoltsOf,
  type SensorKind,
  type SensorSetup,
  setUpSensor,
} from '../../device/index.ts';
import type { CheckOptions } from './check.ts';
import { problemAt, suggestion, valueAt } from './explain.ts';
import { type DatasetPart, isMapping } from './part.ts';
import { type Problem, quoted, type Step } from './problem.ts';
import { channelSchema, derivedSchema, sensorNameSchema } from './sensor-schema.ts';

export interface SensorPart {
  readonly dataset: DatasetPart;
  /** Where it lies in the dataset's document, and what stands there. */
  readonly path: readonly Step[];
  readonly value: unknown;
  /** Undefined where its kind, its options or its name are not known. */
  readonly setup: SensorSetup | undefined;
  /** The name that it was given. */
  readonly ownName: string | undefined;
  readonly claims: readonly string[];
  /** Of its kind: seconds, and who needs them. */
  readonly conversion: { readonly time: number; readonly kind: string };
  readonly problems: readonly Problem[];
}

export function checkSensor(
  dataset: DatasetPart,
  index: number,
  { kinds, simulate }: CheckOptions,
): SensorPart {
  const path = [...dataset.path, 'sensors', index];
  const value = valueAt(dataset.document.value, path);
  const unknown = { setup: undefined, ownName: undefined, claims: [], conversion: { time: 0, kind: '' } };
  const part = { dataset, path, value };
  const kind = kinds.find(({ name }) => name === valueAt(value, ['kind']));
  if (kind === undefined || !isMapping(value)) return { ...part, ...unknown, problems: [] };
  const problems = simulate ? cannotBeSimulated(part, kind) : [];
  const { kind: _kind, name, channels, derived, ...written } = value;
  const options = kind.options.safeParse(written);
  // Each key by itself has been checked with the rest; here it is about what a kind wants of several together.
  if (!options.success)
    return { ...part, ...unknown, problems: [...problems, ...together(part, options.error)] };
  const { data } = options;
  const ownName = sensorNameSchema.safeParse(name).data;
  // Where its name is wrong, nobody knows what its columns are called.
  const named = name === undefined || ownName !== undefined;
  const setup = setUpSensor(kind, data, {
    ...(ownName === undefined ? {} : { name: ownName }),
    channels: understood(channels, channelSchema),
    derived: understood(derived, derivedSchema),
  });
  return {
    ...part,
    setup: named ? setup : undefined,
    ownName,
    claims: kind.claims?.(data) ?? [],
    conversion: { time: kind.conversionTime(data), kind: kind.name },
    problems: [
      ...problems,
      ...unknownChannels(part, kind.channels(data), channels),
      ...unfitSources(part, setup, derived),
    ],
  };
}

type Place = Pick<SensorPart, 'dataset' | 'path'>;

function cannotBeSimulated({ dataset, path }: Place, kind: SensorKind): Problem[] {
  if (kind.simulate !== undefined || kind.needs.length === 0) return [];
  const expected = 'a kind that can be simulated, since simulate is true';
  return [problemAt(dataset, [...path, 'kind'], 'value', { expected, found: kind.name })];
}

function together({ dataset, path }: Place, { issues }: z.ZodError): Problem[] {
  return issues.flatMap(issue => {
    const { expected, found } = (issue.code === 'custom' ? (issue.params ?? {}) : {}) as Partial<Problem>;
    if (expected === undefined || found === undefined) return [];
    const inside = issue.path.filter(step => typeof step !== 'symbol');
    return problemAt(dataset, [...path, ...inside], 'value', { expected, found });
  });
}

/** What is said of several things by their names, where it can be understood. */
function understood<T>(written: unknown, schema: z.ZodType<T>): Readonly<Record<string, T>> {
  if (!isMapping(written)) return {};
  const entries = Object.entries(written).flatMap(([name, one]) => {
    const { data, success } = schema.safeParse(one);
    return success ? [[name, data] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Derived columns from channels that are not there, or are no voltages where one is needed. */
function unfitSources({ dataset, path }: Place, { columns }: SensorSetup, derived: unknown): Problem[] {
  return Object.entries(understood(derived, derivedSchema)).flatMap(([name, { from, by }]) => {
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
  { dataset, path }: Place,
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
