// Makes rows of any columns for the model of a history: each value is another one, or one that types hold badly.

import type { Batch, NumberColumn } from '../../../dap/index.ts';
import { newColumn } from '../../../dap/protocol.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import { missingValue } from './kept-rows.ts';
import { MIDNIGHT } from './stores.ts';

export const COLUMNS: readonly FileColumn[] = [
  { type: 'Float64', name: 'time' },
  { type: 'Float64', name: 'a', quantity: 'K' },
  { type: 'Int32', name: 'b', quantity: 'K' },
];

const VALUES = [0, 1, 1.5, -2, 2 ** 31 - 1, 2 ** 32 - 1, 1e300, Number.NaN, Number.NEGATIVE_INFINITY];

export class MadeRows {
  /** The time of the newest row. */
  time = MIDNIGHT;
  #count = 0;

  /** Rows with these seconds before each of them, several times. */
  batch(columns: readonly FileColumn[], gaps: readonly number[], repeat: number): Batch {
    const length = gaps.length * repeat;
    const made = columns.map(({ type, name }) => newColumn({ type, name }, length) as NumberColumn);
    for (let row = 0; row < length; row += 1) {
      this.time += gaps[row % gaps.length]!;
      made[0]![row] = this.time;
      for (const [index, column] of made.slice(1).entries()) {
        this.#count += 1;
        const { type } = columns[index + 1]!;
        column[row] =
          this.#count % 7 === 0 ? missingValue(type) : VALUES[this.#count % VALUES.length]! || this.#count;
      }
    }
    return { length, columns: made };
  }
}

/** Attributes of columns, as their meaning is read from. */
export function dasOf(columns: readonly FileColumn[]): string {
  const tables = columns.slice(1).map(({ type, name, quantity }) => {
    const fill = type.startsWith('Float') ? '' : `${type} _FillValue ${missingValue(type)}; `;
    return `${name} { String units "${quantity}"; ${fill}}`;
  });
  return `Attributes { sensor { ${tables.join(' ')} } }`;
}
