// Finds the faults of a driver's sensor kind: fields and return values that break the contract.

import { z } from 'zod';
import { NEEDS } from '../kind.ts';
import { CHANNEL_TYPES } from '../sensor.ts';
import { valueText } from '../value-text.ts';

/** One violation of the contract. */
export interface Fault {
  /** The path from the kind, such as `['channels', 0, 'units']`; empty for the kind itself. */
  readonly field: readonly (string | number)[];
  readonly expected: string;
  readonly found: string;
}

/** `channels[0].units: expected ..., found ...`. */
export function faultLine({ field, expected, found }: Fault): string {
  const path = field.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
  return `${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}`;
}

/** The faults of a kind's functions, found when they are called. */
export class FaultyKind extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(faultLine).join('; '));
    this.faults = faults;
  }
}

interface Field {
  readonly expected: string;
  readonly isRight: (value: unknown) => boolean;
  readonly optional?: true;
}

type Fields = Readonly<Record<string, Field>>;

const isFunction = (value: unknown) => typeof value === 'function';
const text: Field = {
  expected: 'a text that is not empty',
  isRight: value => typeof value === 'string' && value.trim() !== '',
};
const call = (shown: string): Field => ({ expected: `a function ${shown}`, isRight: isFunction });
const optional = (field: Field): Field => ({ ...field, optional: true });

const KIND: Fields = {
  name: {
    expected: 'a name of at most 64 small letters, digits and -, beginning with a letter',
    isRight: value => typeof value === 'string' && /^[a-z][a-z0-9-]{0,63}$/.test(value),
  },
  title: text,
  description: text,
  needs: {
    expected: `a list of some of ${NEEDS.join(', ')}, or [] for a kind that is always simulated`,
    isRight: value =>
      Array.isArray(value) && value.every(need => (NEEDS as readonly unknown[]).includes(need)),
  },
  options: {
    expected: 'a schema of options, such as z.strictObject({ ... })',
    isRight: value => value instanceof z.ZodObject,
  },
  example: optional({ expected: 'an object of options', isRight: isObject }),
  channels: call('of the options that gives the channels'),
  conversionTime: call('of the options that gives seconds'),
  claims: optional(call('of the options that gives a list of names')),
  open: call('of options and host that opens the sensor'),
  simulate: optional(call('of options and host that gives replacements of parts of the host')),
  find: optional(call('of the host that gives the attached sensors')),
};

const CHANNEL: Fields = {
  name: {
    expected: 'a name of at most 64 letters, digits and _, not beginning with a digit',
    isRight: value => typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(value),
  },
  type: optional({
    expected: `one of ${CHANNEL_TYPES.join(', ')}`,
    isRight: value => (CHANNEL_TYPES as readonly unknown[]).includes(value),
  }),
  units: {
    expected: 'units in UDUNITS spelling, such as degree_Celsius, hPa, m s-1 or 1',
    isRight: value => typeof value === 'string' && /^[A-Za-z0-9_%.()^*/+ -]+$/.test(value),
  },
  longName: text,
  standardName: optional({
    expected: 'a name of the CF standard name table, such as air_temperature',
    isRight: value => typeof value === 'string' && /^[a-z][a-z0-9_]*$/.test(value),
  }),
  validRange: optional({
    expected: 'a list of two numbers, the lower one first',
    isRight: value =>
      Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1],
  }),
  resolution: optional({
    expected: 'a number above 0',
    isRight: value => typeof value === 'number' && Number.isFinite(value) && value > 0,
  }),
  serialNumber: optional(text),
};

const SENSOR: Fields = {
  name: text,
  channels: { expected: 'the list of channels', isRight: Array.isArray },
  read: call('that gives one number a channel'),
  close: call('that gives back what the sensor holds'),
};

/** The fields of a kind. */
export const KIND_FIELDS: readonly string[] = Object.keys(KIND);

/**
 * The faults of a kind that show before any of its functions is called; none for a `SensorKind`.
 * @param names the names of other kinds
 * @param keys the keys of every sensor, which no option may have
 */
export function kindFaults(
  kind: unknown,
  { names = [], keys = [] }: { readonly names?: readonly string[]; readonly keys?: readonly string[] } = {},
): readonly Fault[] {
  if (!isObject(kind)) return [{ field: [], expected: 'a sensor kind', found: valueText(kind) }];
  const faults = fieldFaults(kind, KIND, []);
  const { name, options } = kind;
  if (typeof name === 'string' && names.includes(name)) {
    const expected = 'a name that no built-in kind has';
    faults.push({ field: ['name'], expected, found: valueText(name) });
  }
  if (options instanceof z.ZodObject) {
    for (const key of keys) {
      if (!Object.hasOwn(options.shape, key)) continue;
      const found = 'a key of every sensor';
      faults.push({ field: ['options', key], expected: 'another name for the option', found });
    }
  }
  return faults;
}

/** The faults of the value that `channels` returned. */
export function channelFaults(channels: unknown): readonly Fault[] {
  if (!Array.isArray(channels) || channels.length === 0) {
    const found = Array.isArray(channels) ? 'an empty list' : valueText(channels);
    return [{ field: ['channels'], expected: 'a list of one channel or more', found }];
  }
  const names = new Set<unknown>();
  return channels.flatMap((channel: unknown, index) => {
    const field = ['channels', index];
    if (!isObject(channel)) return [{ field, expected: 'a channel', found: valueText(channel) }];
    const { name } = channel;
    const again = names.has(name);
    names.add(name);
    const expected = 'a name that no other channel has';
    const double = again ? [{ field: [...field, 'name'], expected, found: valueText(name) }] : [];
    return [...fieldFaults(channel, CHANNEL, field), ...double];
  });
}

/** The faults of the value that `conversionTime` returned. */
export function conversionTimeFaults(seconds: unknown): readonly Fault[] {
  if (typeof seconds === 'number' && seconds >= 0 && Number.isFinite(seconds)) return [];
  return [{ field: ['conversionTime'], expected: 'seconds, 0 or more', found: valueText(seconds) }];
}

/** The faults of the value that `claims` returned. */
export function claimFaults(claims: unknown): readonly Fault[] {
  if (Array.isArray(claims) && claims.every(text.isRight)) return [];
  return [
    { field: ['claims'], expected: 'a list of texts, such as ["i2c-1:0x48"]', found: valueText(claims) },
  ];
}

/** The faults of the value that `open` returned. */
export function sensorFaults(sensor: unknown): readonly Fault[] {
  if (!isObject(sensor)) return [{ field: ['open'], expected: 'a sensor', found: valueText(sensor) }];
  // A sensor may have further fields of its own.
  return missingOrWrong(sensor, SENSOR, ['open']);
}

/** The faults of the value that `simulate` returned. */
export function hostFaults(host: unknown): readonly Fault[] {
  if (isObject(host)) return [];
  const expected = 'an object that replaces parts of the host, such as { files }';
  return [{ field: ['simulate'], expected, found: valueText(host) }];
}

/** The faults of the value that `find` returned. */
export function foundFaults(sensors: unknown): readonly Fault[] {
  if (Array.isArray(sensors) && sensors.every(hasOptions)) return [];
  return [{ field: ['find'], expected: 'a list of sensors with their options', found: valueText(sensors) }];
}

function hasOptions(found: unknown): boolean {
  const { options } = isObject(found) ? found : {};
  return isObject(options);
}

function fieldFaults(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  field: Fault['field'],
): Fault[] {
  const names = Object.keys(fields);
  const expected = `one of the fields ${names.join(', ')}`;
  const unknown = Object.keys(value)
    .filter(name => !names.includes(name))
    .map(name => ({ field: [...field, name], expected, found: valueText(name) }));
  return [...missingOrWrong(value, fields, field), ...unknown];
}

function missingOrWrong(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  field: Fault['field'],
): Fault[] {
  return Object.entries(fields).flatMap(([name, { expected, isRight, optional: mayMiss = false }]) => {
    const found = value[name];
    if (isRight(found) || (mayMiss && found === undefined)) return [];
    return [{ field: [...field, name], expected, found: valueText(found) }];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
