// Publishes the configuration's schema: as a JSON Schema for editors, and as a reference of all keys for people.

import { z } from 'zod';
import type { SensorKind } from '../../../device/index.ts';
import { type JsonSchema, jsonSchemaOf } from '../schema/expected.ts';
import { configSchemas } from '../schema/schema.ts';
import { withNamedDefinitions } from './definitions.ts';
import { keyTable } from './key-table.ts';

/** A section of the reference: the keys of one mapping. */
interface Section {
  readonly title: string;
  readonly text: string;
  readonly schema: JsonSchema;
}

/** A JSON Schema (draft 7) by which editors complete and check a configuration. */
export function publishedSchema(kinds: readonly SensorKind[]): JsonSchema {
  const { config } = configSchemas(kinds);
  const numbered = z.toJSONSchema(config, {
    io: 'input',
    // The version that the YAML support of editors knows best.
    target: 'draft-7',
    // Keys of all kinds of sensors are written once.
    reused: 'ref',
    override: ({ jsonSchema }) => {
      const { expected, description } = jsonSchema;
      Reflect.deleteProperty(jsonSchema, 'base');
      if (typeof expected !== 'string') return;
      Reflect.deleteProperty(jsonSchema, 'expected');
      jsonSchema.description = `${description === undefined ? '' : `${description} `}Expected: ${expected}.`;
    },
  });
  return withNamedDefinitions(numbered);
}

/** The reference in Markdown: one table per mapping, without the keys of a single kind or derivation. */
export function referenceText(kinds: readonly SensorKind[]): string {
  const schema = jsonSchemaOf(configSchemas(kinds).config);
  const server = below(schema, 'server');
  const history = below(schema, 'history');
  const fleet = below(schema, 'fleet');
  const publish = below(schema, 'publish');
  const dataset = schemaIn(below(schema, 'datasets').additionalProperties);
  const [ofKind, ofDriver] = schemaIn(below(dataset, 'sensors').items).anyOf as readonly JsonSchema[];
  const sensors = schemaIn(ofKind).oneOf as readonly JsonSchema[];
  const channel = schemaIn(below(sensors[0]!, 'channels').additionalProperties);
  const sections: Section[] = [
    { title: 'The whole', text: 'At the top of the file.', schema },
    { title: '`server`', text: described(server), schema: server },
    { title: '`server.cors`', text: described(below(server, 'cors')), schema: below(server, 'cors') },
    { title: '`server.embed`', text: described(below(server, 'embed')), schema: below(server, 'embed') },
    { title: '`history`', text: described(history), schema: schemaIn(history.anyOf?.[0]) },
    { title: '`fleet`', text: described(fleet), schema: fleet },
    { title: '`fleet.nats`', text: described(below(fleet, 'nats')), schema: below(fleet, 'nats') },
    ...Object.keys(publish.properties ?? {}).map(kind => ({
      title: `\`publish.${kind}\``,
      text: `${described(below(publish, kind))} A dataset may have the same keys in a \`publish\` of its own.`,
      schema: below(publish, kind),
    })),
    {
      title: '`datasets.NAME`',
      text: `${described(dataset)} In a file of \`config.d\` these keys are the whole file.`,
      schema: dataset,
    },
    ...(below(dataset, 'source').anyOf as readonly JsonSchema[]).filter(hasKeys).map(sourceSection),
    ...['contact', 'position', 'log'].map(key => ({
      title: `\`datasets.NAME.${key}\``,
      text: described(below(dataset, key)),
      schema: below(dataset, key),
    })),
    {
      title: '`datasets.NAME.sensors`',
      text: 'The keys of every sensor. A `kind` adds [its options](sensors.md#kinds), a `driver` its own.',
      schema: sharedKeys(sensors[0]!, schemaIn(ofDriver)),
    },
    { title: '`sensors[].channels.CHANNEL`', text: described(channel), schema: channel },
    {
      title: '`sensors[].channels.CHANNEL.calibration`',
      text: described(below(channel, 'calibration')),
      schema: below(channel, 'calibration'),
    },
  ];
  sections.push({
    title: '`sensors[].channels.CHANNEL.warn`',
    text: 'The bounds of a warning, and of an `alarm`. A value that is equal to a bound is within.',
    schema: below(channel, 'warn'),
  });
  const derived = schemaIn(below(sensors[0]!, 'derived').additionalProperties).oneOf as readonly JsonSchema[];
  sections.push({
    title: '`sensors[].derived.COLUMN`',
    text: 'The keys of every derived column; only `linear` and `polynomial` have `units`. The [derivations](sensors.md#derivations) add their own keys.',
    schema: sharedDerivedKeys(derived[0]!),
  });
  return sections
    .map(({ title, text, schema: keys }) => `### ${title}\n\n${text}\n\n${keyTable(keys)}`)
    .join('\n\n');
}

/** The keys of a source; those of a mapping inside it if that is all that it has. */
function sourceSection(source: JsonSchema): Section {
  const [key = ''] = Object.keys(source.properties ?? {});
  const inside = below(source, key);
  return hasKeys(inside)
    ? { title: `\`datasets.NAME.source.${key}\``, text: described(source), schema: inside }
    : { title: `\`datasets.NAME.source\` with \`${key}\``, text: described(source), schema: source };
}

function sharedDerivedKeys({ properties = {} }: JsonSchema): JsonSchema {
  const { by, from, units, long_name, standard_name, type, valid_range, warn, alarm } = properties;
  const anyOne = { ...schemaIn(by), expected: 'one of the derivations' };
  const column = { units, long_name, standard_name, type, valid_range, warn, alarm };
  const shared = { by: anyOne, from: schemaIn(from), ...column };
  return { properties: shared as NonNullable<JsonSchema['properties']>, required: ['by', 'from'] };
}

function sharedKeys(sensor: JsonSchema, ofDriver: JsonSchema): JsonSchema {
  const { kind, name, title, channels, derived, every, between } = sensor.properties ?? {};
  const shared = {
    kind: { ...schemaIn(kind), expected: 'one of the kinds below' },
    driver: below(ofDriver, 'driver'),
    name: schemaIn(name),
    title: schemaIn(title),
    channels: schemaIn(channels),
    derived: schemaIn(derived),
    every: schemaIn(every),
    between: schemaIn(between),
  };
  return { properties: shared };
}

function below({ properties }: JsonSchema, key: string): JsonSchema {
  return schemaIn(properties?.[key]);
}

function schemaIn(schema: unknown): JsonSchema {
  if (typeof schema === 'object' && schema !== null) return schema as JsonSchema;
  throw new Error(`expected a schema, found ${JSON.stringify(schema)}`);
}

function hasKeys({ properties }: JsonSchema): boolean {
  return properties !== undefined;
}

function described({ description = '' }: JsonSchema): string {
  return description;
}
