// Describes the kinds on I2C for the docs: a table of them, their addresses, and the options that all of them have.

import { hexByte, type I2cKind, isI2cKind, type SensorKind, usualOptions } from '../../../device/index.ts';
import { jsonSchemaOf } from '../schema/expected.ts';
import { type KeyText, keyTexts, table } from './key-table.ts';

/** The options of every kind on I2C. The expected addresses and the default are those of the kind. */
export function i2cOptions(kinds: readonly SensorKind[]): readonly KeyText[] {
  const [first] = kinds.filter(isI2cKind);
  if (first === undefined) return [];
  return keyTexts(jsonSchemaOf(first.options)).flatMap(text => {
    if (text.key === 'bus') return [text];
    if (text.key === 'address')
      return [{ ...text, expected: "one of the kind's addresses", usual: 'the first' }];
    return [];
  });
}

/** `0x48 to 0x4f`, or `0x76, 0x77`. */
export function addressesText({ chip: { addresses } }: I2cKind): string {
  const [first, last] = addresses;
  return `${hexByte(first)}${last - first === 1 ? ', ' : ' to '}${hexByte(last)}`;
}

/** The kinds on I2C as a table of Markdown, for docs/i2c.md. */
export function i2cTable(kinds: readonly SensorKind[]): string {
  const rows = kinds.filter(isI2cKind).map(kind => {
    const channels = kind.channels(usualOptions(kind));
    return [
      `[\`${kind.name}\`](sensors.md#${kind.name})`,
      kind.title,
      channels.map(({ longName, units }) => `${longName} (${units})`).join(', '),
      addressesText(kind),
    ];
  });
  return table(['kind', 'chip', 'gives', 'addresses'], rows);
}
