// Generates the page on sensors, docs/sensors.md: every kind and every derivation, from their definitions.

import {
  type Channel,
  type Derivation,
  isI2cKind,
  type Need,
  type SensorKind,
  usualOptions,
} from '../../../device/index.ts';
import { jsonSchemaOf } from '../schema/expected.ts';
import { entryLines } from './entry.ts';
import { addressesText, i2cOptions } from './i2c-kinds.ts';
import { table, textTable } from './key-table.ts';
import { DURATIONS, OptionTables } from './option-tables.ts';

/** The type that is not mentioned. */
const COMMON_TYPE = 'Float64';

/** What each need is called, and the page on wiring it or switching it on. */
const NEEDS: Readonly<Record<Need, readonly [what: string, page: string]>> = {
  'kernel-files': ["the kernel's files", 'kernel-sensors.md'],
  '1-wire': ['1-Wire', 'one-wire.md'],
  i2c: ['I2C', 'i2c.md'],
  gpio: ['GPIO pins', 'gpio.md'],
  iio: ['a driver of the kernel', 'kernel-sensors.md'],
  files: ['files', 'own-sensors.md'],
  network: ['the network', 'own-sensors.md'],
};

/** The generated part of the page: a table of all kinds, the options that several share, a section for each kind, and the derivations. */
export function sensorsText(kinds: readonly SensorKind[], derivations: readonly Derivation[]): string {
  const i2cTexts = i2cOptions(kinds);
  const tables = new OptionTables(
    new Map(i2cTexts.map(({ key }) => [key, 'every [kind on I2C](#kinds-on-i2c)'])),
  );
  return [
    kindsTable(kinds),
    DURATIONS,
    '### Kinds on I2C',
    'Every kind on I2C has these two options. The section of a kind has its addresses, and the options that it has besides.',
    textTable(i2cTexts),
    ...kinds.map(kind => kindText(kind, tables)),
    '## Derivations',
    'Columns that are computed from the value of a channel: [derived columns](configuration.md#derived-columns).',
    ...derivations.map(by => derivationText(by, tables)),
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
  // The time of a sensor with a driver in the kernel is not known.
  if (seconds === 0) return '';
  return seconds < 0.1
    ? `${Number((1000 * seconds).toPrecision(2))} ms`
    : `${Number(seconds.toPrecision(2))} s`;
}

function kindText(kind: SensorKind, tables: OptionTables): string {
  const options = usualOptions(kind);
  const takes = kind.conversionTime(options);
  const facts = [
    `Needs: ${needsText(kind)}.`,
    ...(isI2cKind(kind) ? [`Addresses: ${addressesText(kind)}.`] : []),
    ...(takes === 0 ? [] : [`A reading takes ${takesText(takes)}.`]),
  ];
  return [
    `### \`${kind.name}\``,
    `**${kind.title}.** ${kind.description}`,
    facts.join(' '),
    ...tables.blocks(kind.name, jsonSchemaOf(kind.options), isI2cKind(kind)),
    channelTable(kind.channels(options)),
    `\`\`\`yaml\n${exampleText(kind)}\n\`\`\``,
  ].join('\n\n');
}

/** As it would stand below a dataset. */
function exampleText(kind: SensorKind): string {
  const [first, ...others] = entryLines({ kind }, kind.example ?? {});
  return ['sensors:', `  - ${first}`, ...others.map(line => `    ${line}`)].join('\n');
}

/** A table of channels, without the columns that are empty for all of them. */
function channelTable(channels: readonly Channel[]): string {
  const heads = ['channel', 'units', 'type', 'valid range', 'resolution', 'long name', 'standard name'];
  const rows = channels.map(({ name, units, type = COMMON_TYPE, longName, ...channel }) => [
    `\`${name}\``,
    units,
    type === COMMON_TYPE ? '' : type,
    channel.validRange === undefined ? '' : `${channel.validRange[0]} to ${channel.validRange[1]}`,
    channel.resolution === undefined ? '' : String(Number(channel.resolution.toPrecision(6))),
    longName,
    channel.standardName === undefined ? '' : `\`${channel.standardName}\``,
  ]);
  const filled = heads.flatMap((_, column) => (rows.some(row => row[column] !== '') ? [column] : []));
  const only = (cells: readonly string[]) => filled.map(column => cells[column]!);
  return table(only(heads), rows.map(only));
}

const FROM: Readonly<Record<Derivation['from'], string>> = {
  millivolts: 'a channel in V, mV or uV',
  voltage: 'a channel in V, mV or uV; the column has the same units',
  any: 'any channel, in its own units. `units` are the units of the column; by default they stay the same',
};

function derivationText(by: Derivation, tables: OptionTables): string {
  return [
    `### \`${by.name}\``,
    `**${by.title}.** ${by.description}`,
    `From ${FROM[by.from]}.`,
    ...tables.blocks(by.name, jsonSchemaOf(by.options)),
  ].join('\n\n');
}
