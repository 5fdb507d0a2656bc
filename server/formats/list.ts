// Lists the formats in which the server writes rows. A format that is listed here is served, linked, counted and tested.

import { type ResponseFormat, suffixesOf } from '../../dap/protocol.ts';
import { ascii } from './ascii.ts';
import { csv } from './csv.ts';
import { dods } from './dods.ts';
import { events } from './events.ts';
import { json } from './json.ts';
import { ndjson } from './ndjson.ts';
import { netcdf } from './netcdf.ts';
import type { RowFormat } from './row-format.ts';

/** In the order in which pages list them. */
export const ROW_FORMATS: readonly RowFormat[] = [ascii, dods, csv, netcdf, ndjson, json, events];

/** The suffix of no format: the constraint form calls its button for the link so. */
const RESERVED_SUFFIX = '.link';

/**
 * Checks formats that one server shall offer.
 * @param documents the responses without rows
 * @throws Error that names the format whose name or suffix is malformed, reserved or taken by another format
 */
export function checkFormats(formats: readonly RowFormat[], documents: readonly ResponseFormat[]): void {
  const owners = new Map(
    documents.flatMap(format => suffixesOf(format).map(suffix => [suffix, format.label])),
  );
  const names = new Set<string>();
  for (const format of formats) {
    const { name } = format;
    const fail = (expected: string, found: string) => {
      throw new Error(`row format ${JSON.stringify(name)}: expected ${expected}, found ${found}`);
    };
    if (!/^[a-z0-9]+$/.test(name)) fail('a name of small letters and digits', JSON.stringify(name));
    if (names.has(name)) fail('a name of its own', 'another format with this name');
    names.add(name);
    for (const option of format.options ?? []) {
      const words = [option.name, ...option.values];
      if (!words.every(word => /^[a-z]+$/.test(word))) fail('options of small letters', words.join(' '));
    }
    for (const suffix of suffixesOf(format)) {
      if (!/^\.[a-z0-9]+$/.test(suffix))
        fail('a suffix of small letters and digits behind a dot', JSON.stringify(suffix));
      if (suffix === RESERVED_SUFFIX) fail('a suffix that is not reserved', `"${suffix}"`);
      const owner = owners.get(suffix);
      if (owner !== undefined) fail('a suffix of its own', `"${suffix}" of the format "${owner}"`);
      owners.set(suffix, name);
    }
  }
}
