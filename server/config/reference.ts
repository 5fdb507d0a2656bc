// How is the schema published? As a JSON Schema for editors, and as the reference of every key for people.

import { z } from 'zod';
import { type Channel, DERIVATIONS, type Derivation, type SensorKind } from '../../device/index.ts';
import { expectationOf, type JsonSchema } from './expected.ts';
import { jsonSchemaOf } from './load.ts';
import { configSchemas } from './schema.ts';

/** The keys of one mapping: a section of the reference. */
interface Section {
  readonly title: string;
  readonly text: string;
  readonly schema: JsonSchema;
}

/** A JSON Schema (draft 7) by which editors complete and check a configuration. */
export function publishedSchema(kinds: readonly SensorKind[]): JsonSchema {
  const { config } = configSchemas(kinds);
  return z.toJSONSchema(config, {
    io: 'input',
    // What the YAML support of editors knows best.
    target: 'draft-7',
    // What sensors of all kinds have is written once.
    reused: 'ref',
    override: ({ jsonSchema }) => {
      const { expected, description } = jsonSchema;
      if (typeof expected !== 'string') return;
      Reflect.deleteProperty(jsonSchema, 'expected');
      jsonSchema.description = `${description === undefined ? '' : `${description} `}Expected: ${expected}.`;
    },
  });
}

/** The reference in Markdown: one table for each mapping, then the kinds of sensors with their options and channels. */
export function referenceText(kinds: readonly SensorKind[]): string {
  const schema = jsonSchemaOf(configSchemas(kinds).config);
  const server = below(schema, 'server');
  const dataset = schemaIn(below(schema, 'datasets').additionalProperties);
  const sensors = schemaIn(below(dataset, 'sensors').items).oneOf as readonly JsonSchema[];
  const channel = schemaIn(below(sensors[0]!, 'channels').additionalProperties);
  const sections: Section[] = [
    { title: 'The whole', text: 'At the top of the file.', schema },
    { title: '`server`', text: described(server), schema: server },
    { title: '`server.cors`', text: described(below(server, 'cors')), schema: below(server, 'cors') },
    {
      title: '`datasets.NAME`',
      text: `${described(dataset)} In a file of \`config.d\` these keys are the whole file.`,
      schema: dataset,
    },
    ...['contact', 'position', 'log'].map(key => ({
      title: `\`datasets.NAME.${key}\``,
      text: described(below(dataset, key)),
      schema: below(dataset, key),
    })),
    {
      title: '`datasets.NAME.sensors`',
      text: 'The keys that sensors of every kind have.',
      schema: sharedKeys(sensors[0]!),
    },
    { title: '`sensors[].channels.CHANNEL`', text: described(channel), schema: channel },
    {
      title: '`sensors[].channels.CHANNEL.calibration`',
      text: described(below(channel, 'calibration')),
      schema: below(channel, 'calibration'),
    },
  ];
  const derived = schemaIn(below(sensors[0]!, 'derived').additionalProperties).oneOf as readonly JsonSchema[];
  sections.push({
    title: '`sensors[].derived.COLUMN`',
    text: 'The keys that all derived columns have, but for `units`, which only `linear` and `polynomial` leave open.',
    schema: sharedDerivedKeys(derived[0]!),
  });
  const parts = sections.map(
    ({ title, text, schema: keys }) => `### ${title}\n\n${text}\n\n${keyTable(keys)}`,
  );
  return [
    ...parts,
    '## Derived columns',
    ...DERIVATIONS.map((by, index) => derivationText(by, derived[index]!)),
    '## Kinds of sensors',
    ...kinds.map((kind, index) => kindText(kind, sensors[index]!)),
  ].join('\n\n');
}

function kindText(kind: SensorKind, schema: JsonSchema): string {
  const {
    kind: _kind,
    name: _name,
    channels: _channels,
    derived: _derived,
    ...options
  } = schema.properties ?? {};
  const needs = kind.needs.length === 0 ? 'nothing' : kind.needs.join(', ');
  const channels = kind.channels(kind.options.safeParse(kind.example ?? {}).data ?? {});
  return [
    `### \`${kind.name}\`: ${kind.title}`,
    `${kind.description} Needs: ${needs}.`,
    ...(Object.keys(options).length === 0 ? [] : [keyTable({ ...schema, properties: options })]),
    ...(channels.length === 0 ? [] : [channelTable(channels)]),
  ].join('\n\n');
}

const FROM: Readonly<Record<Derivation['from'], string>> = {
  millivolts: 'a channel in V, mV or uV',
  voltage: 'a channel in V, mV or uV, in which its column is too',
  any: 'any channel, in its own units; `units` says those of the column, the same where it is left out',
};

function derivationText(by: Derivation, schema: JsonSchema): string {
  const own = Object.entries(schema.properties ?? {}).filter(([key]) => Object.hasOwn(by.options.shape, key));
  return [
    `### \`by: ${by.name}\`: ${by.title}`,
    `${by.description} From ${FROM[by.from]}.`,
    ...(own.length === 0 ? [] : [keyTable({ ...schema, properties: Object.fromEntries(own) })]),
  ].join('\n\n');
}

function sharedDerivedKeys({ properties = {} }: JsonSchema): JsonSchema {
  const { by, from, units, long_name, standard_name, type, valid_range } = properties;
  const anyOne = { ...schemaIn(by), expected: 'one of the names below' };
  const shared = { by: anyOne, from: schemaIn(from), units, long_name, standard_name, type, valid_range };
  return { properties: shared as NonNullable<JsonSchema['properties']>, required: ['by', 'from'] };
}

/** A key of a mapping, in words. */
export interface KeyText {
  readonly key: string;
  readonly expected: string;
  /** The default; `required` where there has to be one, empty where there is none. */
  readonly usual: string;
  readonly meaning: string;
}

/** The keys of a mapping, in words. */
export function keyTexts({ properties = {}, required = [] }: JsonSchema): readonly KeyText[] {
  return Object.entries(properties).map(([key, written]) => {
    const schema = schemaIn(written);
    const usual = required.includes(key) ? 'required' : defaultText(schema.default);
    return { key, expected: expectationOf(schema), usual, meaning: described(schema) };
  });
}

function keyTable(schema: JsonSchema): string {
  const rows = keyTexts(schema).map(({ key, expected, usual, meaning }) => [
    `\`${key}\``,
    expected,
    usual,
    meaning,
  ]);
  return table(['key', 'expected', 'default', 'means'], rows);
}

function channelTable(channels: readonly Channel[]): string {
  const rows = channels.map(({ name, units, type = 'Float64', longName, validRange, resolution }) => [
    `\`${name}\``,
    units,
    type,
    validRange === undefined ? '' : `${validRange[0]} to ${validRange[1]}`,
    resolution === undefined ? '' : String(resolution),
    longName,
  ]);
  return table(['channel', 'units', 'type', 'valid range', 'resolution', 'long name'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function defaultText(value: unknown): string {
  if (value === undefined || (typeof value === 'object' && !Array.isArray(value))) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function sharedKeys(sensor: JsonSchema): JsonSchema {
  const { kind, name, channels, derived } = sensor.properties ?? {};
  const anyKind = { ...schemaIn(kind), expected: 'one of the kinds below' };
  const shared = {
    kind: anyKind,
    name: schemaIn(name),
    channels: schemaIn(channels),
    derived: schemaIn(derived),
  };
  return { properties: shared, required: ['kind'] };
}

function below({ properties }: JsonSchema, key: string): JsonSchema {
  return schemaIn(properties?.[key]);
}

function schemaIn(schema: unknown): JsonSchema {
  if (typeof schema === 'object' && schema !== null) return schema as JsonSchema;
  throw new Error(`expected a schema, found ${JSON.stringify(schema)}`);
}

function described({ description = '' }: JsonSchema): string {
  return description;
}
