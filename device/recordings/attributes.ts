// The attributes of a recorded data response, from the DAS that was saved beside it: `station.das` for `station.dods`.

import { decodeText } from '../../dap/decode/text.ts';
import { type AttributeTable, columnAttributes } from '../../dap/model/attributes.ts';
import { parseDas } from '../../dap/model/das.ts';
import { meaningOf, type NumberMeaning } from '../../dap/model/meaning.ts';
import { DapSyntaxError } from '../../dap/model/text-scanner.ts';
import type { Sequence } from '../../dap/model/variable.ts';
import { readRegular, UnfitFile } from '../host/regular-file.ts';

/** In bytes. */
const LARGEST_DAS = 2 ** 24;

/**
 * The attributes from the DAS beside `file`; undefined if there is none.
 * @throws one sentence for a file that is no DAS
 */
export async function attributesBeside(file: string): Promise<AttributeTable | undefined> {
  const das = file.replace(/\.dods$/i, '.das');
  let bytes: Uint8Array;
  try {
    bytes = await readRegular(das, LARGEST_DAS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof UnfitFile) throw new Error(`${das}: ${error.message}`, { cause: error });
    throw error;
  }
  try {
    return parseDas(decodeText(bytes));
  } catch (error) {
    if (!(error instanceof DapSyntaxError)) throw error;
    throw new Error(`${das}: ${error.message}`, { cause: error });
  }
}

/** The meaning of a column's numbers by those attributes; undefined for a column that is not of numbers. */
export function columnMeaning(
  { name, fields }: Sequence,
  place: number,
  attributes: AttributeTable | undefined,
): NumberMeaning | undefined {
  const field = fields[place]!;
  return meaningOf(field.type, attributes && columnAttributes(attributes, name, field.name));
}
