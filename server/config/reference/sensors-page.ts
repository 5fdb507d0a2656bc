// How are the kinds of sensors and the derivations told to people? As a page of Markdown that follows from their definitions.

import {
  type Channel,
  type Derivation,
  type Need,
  type SensorKind,
  usualOptions,
} from '../../../device/index.ts';
import { jsonSchemaOf } from '../schema/expected.ts';
import { entryLines } from './entry.ts';
import { keyTable, table } from './key-table.ts';

/** What each need is, and the page that tells how to wire it or switch it on. */
const NEEDS: Readonly<Record<Need, readonly [what: string, page: string]>> = {
  'kernel-files': ["the kernel's files", 'kernel-sensors.md'],
  '1-wire': ['1-Wire', 'one-wire.md'],
  i2c: ['I2C', 'i2c.md'],
  gpio: ['GPIO pins', 'gpio.md'],
  iio: ['a driver of the kernel', 'kernel-sensors.md'],
  files: ['files', 'own-sensors.md'],
  network: ['the network', 'own-sensors.md'],
};

/** The part of the page that is made: a table of all kinds, a section for each, and the derivations. */
export function sensorsText(kinds: readonly SensorKind[], derivations: readonly Derivation[]): string {
  return [
    kindsTable(kinds),
    ...kinds.map(kindText),
    '## Derivations',
    'Columns that are made from the value of a channel, as [derived columns](configuration.md#derived-columns).',
    ...derivations.map(derivationText),
  ].join('\n\n');
}

function kindsTable(kinds: readonly SensorKind[]): string {
  const rows = kinds.map(kind => {
    const options = usualOptions(kind);
    return [
      `[\`${kind.name}\`](#${kind.name})`,
      kind.title,
      needsText(kind),
      kind
        .channels(options)
        .map(({ name, units }) => `\`${name}\` (${units})`)
        .join(', '),
      takesText(kind.conversionTime(options)),
    ];
  });
  return table(['kind', 'what', 'needs', 'channels (units)', 'a reading takes'], rows);
}

function needsText({ needs }: SensorKind): string {
  if (needs.length === 0) return '[nothing](simulation.md)';
  return needs.map(need => `[${NEEDS[need][0]}](${NEEDS[need][1]})`).join(', ');
}

function takesText(seconds: number): string {
  // Of what the kernel reads, only its driver knows.
  if (seconds === 0) return '';
  return seconds < 0.1
    ? `${Number((1000 * seconds).toPrecision(2))} ms`
    : `${Number(seconds.toPrecision(2))} s`;
}

function kindText(kind: SensorKind): string {
  const options = usualOptions(kind);
  const { properties = {} } = jsonSchemaOf(kind.options);
  const takes = kind.conversionTime(options);
  return [
    `### \`${kind.name}\``,
    `**${kind.title}.** ${kind.description}`,
    `Needs: ${needsText(kind)}.${takes === 0 ? '' : ` A reading takes ${takesText(takes)}.`}`,
    ...(Object.keys(properties).length === 0 ? [] : [keyTable(jsonSchemaOf(kind.options))]),
    channelTable(kind.channels(options)),
    `\`\`\`yaml\n${exampleText(kind)}\n\`\`\``,
  ].join('\n\n');
}

/** As it would stand below a dataset. */
function exampleText(kind: SensorKind): string {
  const [first, ...others] = entryLines({ kind }, kind.example ?? {});
  return ['sensors:', `  - ${first}`, ...others.map(line => `    ${line}`)].join('\n');
}

function channelTable(channels: readonly Channel[]): string {
  const rows = channels.map(({ name, units, type = 'Float64', longName, ...channel }) => [
    `\`${name}\``,
    units,
    type,
    channel.validRange === undefined ? '' : `${channel.validRange[0]} to ${channel.validRange[1]}`,
    channel.resolution === undefined ? '' : String(Number(channel.resolution.toPrecision(6))),
    longName,
    channel.standardName === undefined ? '' : `\`${channel.standardName}\``,
  ]);
  return table(['channel', 'units', 'type', 'valid range', 'resolution', 'long name', 'standard name'], rows);
}

const FROM: Readonly<Record<Derivation['from'], string>> = {
  millivolts: 'a channel in V, mV or uV',
  voltage: 'a channel in V, mV or uV, in which its column is too',
  any: 'any channel, in its own units; `units` says those of the column, the same where it is left out',
};

function derivationText(by: Derivation): string {
  const schema = jsonSchemaOf(by.options);
  return [
    `### \`${by.name}\``,
    `**${by.title}.** ${by.description}`,
    `From ${FROM[by.from]}.`,
    ...(Object.keys(schema.properties ?? {}).length === 0 ? [] : [keyTable(schema)]),
  ].join('\n\n');
}
