// Checks that the cost of a response is linear in its columns and limited.

import { describe, expect, it } from 'vitest';
import { Progress } from '../../../dap/client/follow/progress.ts';
import { parseConstraint } from '../../../dap/constraint/index.ts';
import { DEFAULT_LIMITS, DecodeError, Decoder, decodeAll } from '../../../dap/decode/index.ts';
import { parseDas } from '../../../dap/model/das.ts';
import { parseDds } from '../../../dap/model/dds.ts';
import { DapSyntaxError } from '../../../dap/model/text-scanner.ts';
import type { DapDataset } from '../../../dap/model/variable.ts';
import { growth } from '../../processor-time.ts';

/** Numbers of columns. Sixteen times as many would take 256 times as long if the cost were quadratic. */
const SIZES = [2500, 40_000] as const;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function names(count: number, write: (name: string) => string): string {
  return Array.from({ length: count }, (_, i) => write(`c${i}`)).join('\n');
}

function ddsOf(columns: number, type = 'Float32'): string {
  return `Dataset {\nSequence {\nFloat64 time;\n${names(columns, name => `${type} ${name};`)}\n} s;\n} d;\n`;
}

/** The dataset as another connection describes it. */
function anew(dataset: DapDataset): DapDataset {
  return { ...dataset, variables: dataset.variables.map(variable => ({ ...variable })) };
}

function pushInPieces(decoder: Decoder, all: Uint8Array, size: number): void {
  for (let at = 0; at < all.length; at += size) decoder.push(all.subarray(at, at + size));
}

describe('the time for thousands of columns grows with their number', () => {
  const fed = (dds: string, row: Uint8Array): void => {
    const decoder = new Decoder();
    pushInPieces(decoder, bytes(`${dds}Data:\n`), 61);
    for (let i = 0; i < 3; i++) pushInPieces(decoder, row, 61);
  };

  const rowOf = (columns: number): Uint8Array => {
    const row = new Uint8Array(12 + 4 * columns);
    row[0] = 0x5a;
    return row;
  };

  const CASES: readonly [string, () => number][] = [
    [
      'reading the DDS',
      () =>
        growth(
          SIZES,
          columns => ddsOf(columns),
          dds => parseDds(dds),
        ),
    ],
    [
      'reading the DAS',
      () =>
        growth(
          SIZES,
          columns => `Attributes { s { ${names(columns, name => `${name} { String units "m"; }`)} } }`,
          das => parseDas(das),
        ),
    ],
    [
      'decoding rows of numbers in small pieces',
      () =>
        growth(
          SIZES,
          columns => ({ dds: ddsOf(columns), row: rowOf(columns) }),
          ({ dds, row }) => fed(dds, row),
        ),
    ],
    [
      'decoding rows of text',
      () =>
        growth(
          SIZES,
          columns => ({ dds: ddsOf(columns, 'String'), row: rowOf(columns) }),
          ({ dds, row }) => fed(dds, row),
        ),
    ],
    [
      'decoding variables side by side',
      () =>
        growth(
          SIZES,
          columns =>
            Buffer.concat([
              bytes(`Dataset {\n${names(columns, name => `Int32 ${name};`)}\n} d;\nData:\n`),
              new Uint8Array(4 * columns),
            ]),
          response => decodeAll(response),
        ),
    ],
    [
      'finding the columns of one connection in another one',
      () =>
        growth(
          SIZES,
          columns => [1, 2].map(() => parseDds(ddsOf(columns))),
          datasets => {
            const progress = new Progress(parseConstraint(''));
            for (const dataset of datasets) progress.begin(anew(dataset), 'http://pi/x.dods', 0);
          },
        ),
    ],
  ];

  it.each(CASES)(
    'in %s',
    (_, ratio) => {
      expect(ratio()).toBeLessThan(80);
    },
    60_000,
  );
});

describe('a DDS', () => {
  const nested = (depth: number): string =>
    `Dataset {\n${'Structure {\n'.repeat(depth)}Int32 a;\n${'} s;\n'.repeat(depth)}} d;\n`;

  it.each([
    ['more variables', ddsOf(70_000), 'at most 65536 variables and dimensions'],
    [
      'more dimensions',
      `Dataset { Int32 a${'[1]'.repeat(70_000)}; } d;`,
      'at most 65536 variables and dimensions',
    ],
    ['a longer name', `Dataset { Int32 ${'a'.repeat(5000)}; } d;`, 'a name of at most 4096 characters'],
    ['deeper nesting', nested(150), 'at most 100 levels of braces'],
  ])('with %s than the limits allow is refused with the limit and the place', (_, dds, expected) => {
    expect(() => parseDds(dds, DEFAULT_LIMITS)).toThrow(DapSyntaxError);
    expect(() => parseDds(dds, DEFAULT_LIMITS)).toThrow(
      new RegExp(`^DDS, line \\d+, column \\d+: expected ${expected}, found "`),
    );
    const decoder = new Decoder({ headerBytes: 2 ** 24 });
    expect(() => decoder.push(bytes(`${dds}\nData:\n`))).toThrow(DecodeError);
  });

  it('may have other limits', () => {
    const dds = 'Dataset { Sequence { Int32 a; Int32 bcd; } s; } d;\nData:\n';
    expect(() => new Decoder({ variables: 2 }).push(bytes(dds))).toThrow('at most 2 variables');
    expect(() => new Decoder({ nameLength: 2 }).push(bytes(dds))).toThrow('at most 2 characters');
    expect(() => new Decoder({ nesting: 1 }).push(bytes(dds))).toThrow('at most 1 levels');
    expect(new Decoder({ variables: 3, nameLength: 3, nesting: 2 }).push(bytes(dds))).toHaveLength(1);
  });
});

describe('values without bytes of their own', () => {
  it('are refused where they could be many', () => {
    const empty = names(20, n => `Structure { } ${n};`);
    for (const dds of [
      `Dataset { Sequence { Int32 a; ${empty} } s; } d;`,
      `Dataset { Structure { Int32 a; Structure { ${empty} } b; } s[1000]; } d;`,
      `Dataset { Sequence { Int32 a; Sequence { ${empty} } b; } s; } d;`,
    ]) {
      expect(() => new Decoder().push(bytes(`${dds}\nData:\n`))).toThrow(
        /expected a field in the Structures of s/,
      );
    }
  });

  it('take no memory for their columns in a Sequence that is empty', () => {
    const decoder = new Decoder();
    const inner = names(1000, n => `Float64 ${n};`);
    decoder.push(bytes(`Dataset {\nSequence {\nSequence {\n${inner}\n} i;\n} s;\n} d;\nData:\n`));
    const rows = new Uint8Array(8 * 20_000);
    for (let at = 0; at < rows.length; at += 8) rows.set([0x5a, 0, 0, 0, 0xa5], at);
    const [part] = decoder.push(rows);
    const column = part?.kind === 'rows' ? part.batch.columns[0]! : [];
    expect(column).toHaveLength(20_000);
    expect(new Set<unknown>(column as unknown[]).size).toBe(1);
  });
});
