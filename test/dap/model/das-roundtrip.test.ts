import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute, AttributeTable } from '../../../dap/model/attributes.ts';
import { parseDas, printDas } from '../../../dap/model/das.ts';
import { DapSyntaxError } from '../../../dap/model/text-scanner.ts';
import { ATOMIC_TYPES } from '../../../dap/model/variable.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\r', ';', ',', '{', '}', '#', ' ', 'é', '☃', '\ud83d'),
  }),
  fc.constantFrom('', '5', '-0', 'NaN', 'Inf', '0x10', '1e999', 'lots', 'two words', 'http://example.org/a'),
);

const name = fc
  .oneof(
    fc.stringMatching(/^[A-Za-z_]\w{0,8}$/),
    text,
    fc.constantFrom('__proto__', 'String', 'Alias', '%41'),
  )
  .filter(candidate => candidate !== '');

function numberOf(type: Attribute['type']): fc.Arbitrary<number> | undefined {
  switch (type) {
    case 'Byte':
      return fc.integer({ min: -128, max: 255 });
    case 'Int16':
    case 'UInt16':
      return fc.integer({ min: -32768, max: 65535 });
    case 'Int32':
    case 'UInt32':
      return fc.oneof(fc.constant(-0), fc.integer({ min: -2147483648, max: 4294967295 }));
    case 'Float32':
      return fc.float();
    case 'Float64':
      return fc.double();
    default:
      return undefined;
  }
}

const anyAttribute = fc.constantFrom<Attribute['type']>(...ATOMIC_TYPES, 'Alias').chain(type => {
  const number = numberOf(type);
  const value: fc.Arbitrary<number | string> = number === undefined ? text : fc.oneof(number, text);
  return fc.record(
    { type: fc.constant(type), values: fc.array(value, { minLength: 1, maxLength: 4 }) },
    { noNullPrototype: true },
  );
});

const { table } = fc.letrec<{ table: AttributeTable; entry: Attribute | AttributeTable }>(tie => ({
  table: fc.array(fc.tuple(name, tie('entry')), { maxLength: 5 }).map(entries => new Map(entries)),
  entry: fc.oneof({ depthSize: 'small', withCrossShrink: true }, anyAttribute, tie('table')),
}));

/** Texts made of the pieces of a DAS, in any order, and true ones with a part torn out. */
const nearlyDas = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        'a {',
        '}',
        'String ',
        'b ',
        '"x"',
        '"',
        '\\',
        ';',
        ', ',
        'Int32 n 1;',
        'Alias ',
        '#',
        '\n',
        '{',
      ),
    )
    .map(pieces => `Attributes {${pieces.join('')}}`),
  fc.tuple(table, fc.nat(), fc.nat({ max: 12 }), fc.string({ maxLength: 2 })).map(([model, at, cut, put]) => {
    const das = printDas(model);
    const start = at % das.length;
    return das.slice(0, start) + put + das.slice(start + cut);
  }),
);

describe('parseDas and printDas together', () => {
  it('give back any table, with any names and values', () => {
    fc.assert(
      fc.property(table, model => {
        const das = printDas(model);
        const again = parseDas(das);
        expect(again).toStrictEqual(model);
        expect(printDas(again)).toBe(das);
      }),
      { numRuns: 500 },
    );
  });

  it('read any text or throw a syntax error', () => {
    fc.assert(
      fc.property(nearlyDas, das => {
        let model: AttributeTable;
        try {
          model = parseDas(das);
        } catch (error) {
          expect(error).toBeInstanceOf(DapSyntaxError);
          return;
        }
        expect(parseDas(printDas(model))).toStrictEqual(model);
      }),
      { numRuns: 2_000 },
    );
  });
});
