import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Column, FollowedRows, Sequence } from '../../../dap/index.ts';
import { csvEncoder, csvHead } from '../../../server/formats/csv-rows.ts';
import { RowFiles } from '../../../server/pull/row-files.ts';
import { shapeOf } from '../../../server/pull/row-shape.ts';

const SEQUENCE: Sequence = {
  type: 'Sequence',
  name: 'sensor',
  fields: [
    { type: 'Float64', name: 'time' },
    { type: 'String', name: 'note' },
    { type: 'Float32', name: 'a' },
  ],
};
const NUMBERS: Sequence = { ...SEQUENCE, fields: [SEQUENCE.fields[0]!, SEQUENCE.fields[2]!] };

type Row = readonly (number | string)[];

function rowsOf(sequence: Sequence, rows: readonly Row[]): FollowedRows {
  const columns = sequence.fields.map((_, column) => rows.map(row => row[column]!) as unknown as Column);
  return { sequence, length: rows.length, columns };
}

function textOf(sequence: Sequence, rows: readonly Row[]): string {
  return `${csvHead(sequence)}\n${Buffer.from(csvEncoder(sequence)(rowsOf(sequence, rows)))}`;
}

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-rows-'));
  file = join(folder, 'p.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Has the rows written that a server gives which has all of them. */
async function fill(sequence: Sequence, rows: readonly Row[]): Promise<void> {
  const shape = shapeOf({ name: 'x', variables: [sequence] }, new Map());
  const files = new RowFiles({ pattern: file, shape, tell: () => {} });
  const after = await files.earlier();
  let left = after?.count ?? 0;
  const missing = rows.filter(
    ([time]) => after === undefined || (time === after.time ? --left < 0 : Number(time) > after.time),
  );
  await files.write(rowsOf(sequence, missing));
  await files.close();
}

describe('a file that was cut anywhere', () => {
  const rows: readonly Row[] = [
    [1e9, 'dry', 1.5],
    [1e9 + 1, 'a "quoted"\r\nline, and more', -2],
    [1e9 + 1, '=1+1', 3],
    [1e9 + 1.25, '', 4.125],
    [1e9 + 2, 'ünïcödé ☔', 5],
  ];

  it.each([
    ['numbers', NUMBERS, rows.map(([time, , a]) => [time!, a!])],
    ['text', SEQUENCE, rows],
  ] as const)('has each row once in the end: %s', async (_, sequence, all) => {
    const whole = Buffer.from(textOf(sequence, all));
    for (const tail of ['', '\0'.repeat(5000)]) {
      for (let cut = 0; cut <= whole.length; cut += 1) {
        const head = csvHead(sequence).length;
        // NULs alone, or behind a part of the names, are not known for a file of a pull.
        // Behind the last row they stay until the next one comes.
        if (tail !== '' && (cut <= head || cut === whole.length)) continue;
        writeFileSync(file, Buffer.concat([whole.subarray(0, cut), Buffer.from(tail)]));
        await fill(sequence, all);
        expect(readFileSync(file, 'utf8')).toBe(whole.toString());
      }
    }
    expect(readdirSync(folder)).toEqual(['p.csv']);
  });

  it('has each row once in the end: any text, over several cuts', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', "'", '=', '1', ' ', 'é') });
    const rowsOfText = fc.array(fc.tuple(fc.nat(3), text, fc.float({ noNaN: true })), {
      minLength: 1,
      maxLength: 8,
    });
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(rowsOfText, cuts, async (steps, parts) => {
        let time = 1e9;
        const all = steps.map(([step, note, a]): Row => {
          time += step;
          return [time, note, a];
        });
        const whole = textOf(SEQUENCE, all);
        rmSync(file, { force: true });
        for (const part of [...parts, 1]) {
          await fill(SEQUENCE, all.slice(0, Math.ceil(part * all.length)));
          const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
          writeFileSync(file, bytes.subarray(0, Math.round(part * bytes.length)));
        }
        await fill(SEQUENCE, all);
        expect(readFileSync(file, 'utf8')).toBe(whole);
      }),
      { numRuns: 80 },
    );
  });
});
