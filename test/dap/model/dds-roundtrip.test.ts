import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDds, printDds } from '../../../dap/model/dds.ts';
import { DapSyntaxError } from '../../../dap/model/text-scanner.ts';
import {
  type ArrayVariable,
  ATOMIC_TYPES,
  type DapDataset,
  type Dimension,
  type Variable,
} from '../../../dap/model/variable.ts';

type Element = ArrayVariable['element'];

function arrayOf(element: Element, ...dimensions: readonly Dimension[]): ArrayVariable {
  return { type: 'Array', name: element.name, element, dimensions };
}

/** Models of plain objects, as the parser makes them. */
const plain = { noNullPrototype: true } as const;

const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z_]\w{0,8}$/),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom('__proto__', 'Float64', 'Array:', '}', '%41', '#', '"', 'a b', '\ud800'),
);

const size = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 2 ** 31 - 1 }));

const dimensions = fc.array(fc.oneof(fc.record({ size }, plain), fc.record({ name, size }, plain)), {
  minLength: 1,
  maxLength: 3,
});

const { variable } = fc.letrec<{ variable: Variable; element: Element; array: ArrayVariable }>(tie => ({
  variable: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('element'), tie('array')),
  array: fc.tuple(tie('element'), dimensions).map(([element, sizes]) => arrayOf(element, ...sizes)),
  element: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ type: fc.constantFrom(...ATOMIC_TYPES), name }, plain),
    fc.record(
      {
        type: fc.constantFrom('Structure' as const, 'Sequence' as const),
        name,
        fields: fc.array(tie('variable'), { maxLength: 4 }),
      },
      plain,
    ),
    fc.record(
      {
        type: fc.constant('Grid' as const),
        name,
        array: tie('array'),
        maps: fc.array(tie('array'), { maxLength: 3 }),
      },
      plain,
    ),
  ),
}));

const dataset: fc.Arbitrary<DapDataset> = fc.record(
  { name, variables: fc.array(variable, { maxLength: 5 }) },
  plain,
);

/** Texts made of the pieces of a DDS, in any order, and true ones with a part torn out. */
const nearlyDds = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom('Dataset {', 'Structure {', 'Sequence{', 'Grid {', 'Array:', 'Maps:', '} x;', '};'),
        fc.constantFrom(
          'Float64 ',
          'Byte b[2];',
          '[x = 3]',
          '[',
          ']',
          '=',
          ';',
          '{',
          '}',
          '#',
          '"',
          '%41',
          '\r\n',
        ),
      ),
    )
    .map(pieces => `Dataset {${pieces.join('')}} d;`),
  fc
    .tuple(dataset, fc.nat(), fc.nat({ max: 12 }), fc.string({ maxLength: 2 }))
    .map(([model, at, cut, put]) => {
      const text = printDds(model);
      const start = at % text.length;
      return text.slice(0, start) + put + text.slice(start + cut);
    }),
);

describe('parseDds and printDds together', () => {
  it('give back any model, with any nesting and names', () => {
    fc.assert(
      fc.property(dataset, model => {
        const text = printDds(model);
        expect(parseDds(text)).toStrictEqual(model);
        expect(parseDds(text.replaceAll('\n', '\r\n'))).toStrictEqual(model);
      }),
      { numRuns: 500 },
    );
  });

  it('read any text or throw a syntax error that points into it', () => {
    fc.assert(
      fc.property(nearlyDds, text => {
        let read: DapDataset;
        try {
          read = parseDds(text);
        } catch (error) {
          expect(error).toBeInstanceOf(DapSyntaxError);
          const { line, column } = error as DapSyntaxError;
          const lines = text.split(/\r\n|\r|\n/);
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
          return;
        }
        expect(parseDds(printDds(read))).toStrictEqual(read);
      }),
      { numRuns: 2_000 },
    );
  });
});
