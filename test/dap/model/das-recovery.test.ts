// Reads broken DAS texts: every attribute that is not in doubt, and no attribute that a server did not send.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Attribute,
  type AttributeTable,
  attributeTable,
  attributeText,
} from '../../../dap/model/attributes.ts';
import { parseDas, printDas } from '../../../dap/model/das.ts';
import { readDas } from '../../../dap/model/das-recovery.ts';
import { growth } from '../../processor-time.ts';

/** A DAS of two columns, of which the first has the attribute `line` between its units and its long name. */
function das(line: string): string {
  return `Attributes {
    NC_GLOBAL {
        String title "Roof";
    }
    s {
        a {
            String units "degC";
            ${line}
            String long_name "Inside";
        }
        b {
            String units "m s-1";
        }
    }
}
`;
}

const texts = (table: AttributeTable, column: string): Record<string, string> =>
  Object.fromEntries(
    [...(attributeTable(table, 's', column) ?? [])].map(([name]) => [
      name,
      attributeText(attributeTable(table, 's', column), name) ?? '',
    ]),
  );

describe('a broken attribute', () => {
  it.each([
    ['a quote that is not escaped', 'String comment "He said "hi" to me";'],
    ['a quote and a semicolon inside', 'String comment "He said "hi"; then left";'],
    ['a quote that is not closed', 'String comment "He said;'],
    ['a backslash before the closing quote', 'String path "C:\\data\\";'],
    ['no semicolon', 'String comment "x"'],
    ['no name', 'String ;'],
    ['a mark for a value', 'Float32 number {;'],
    [
      'XML whose quotes are not escaped',
      'String xml "<?xml version="1.0" encoding="UTF-8"?>\n<gmd:DS xmlns:gmd="http://x/gmd">\n  <gco:String>A; {b}</gco:String>\n</gmd:DS>";',
    ],
    ['lines of text in a quote that is not escaped', 'String history "one "two"\nthree\n  four five;\n";'],
  ])('with %s costs no other', (_, line) => {
    const { attributes, problem } = readDas(das(line));
    expect(texts(attributes, 'a')).toEqual({ units: 'degC', long_name: 'Inside' });
    expect(texts(attributes, 'b')).toEqual({ units: 'm s-1' });
    expect(attributeText(attributeTable(attributes, 'NC_GLOBAL'), 'title')).toBe('Roof');
    expect(problem?.message).toMatch(/^DAS, line \d+, column \d+: expected /);
  });

  it('in a table of one line costs the rest of that table', () => {
    const { attributes } = readDas(
      'Attributes {\n s {\n a { String units "K"; String x "say "hi""; }\n b { String units "m"; }\n }\n}\n',
    );
    expect(texts(attributes, 'a')).toEqual({ units: 'K' });
    expect(texts(attributes, 'b')).toEqual({ units: 'm' });
  });

  it('with lines that look like a table of another indentation puts nothing in another place', () => {
    const forged = 'String history "a "b"\n}\nb {\n String units "forged";\n";';
    const { attributes, problem } = readDas(das(forged));
    expect(texts(attributes, 'a')).toEqual({ units: 'degC', long_name: 'Inside' });
    expect(texts(attributes, 'b')).toEqual({ units: 'm s-1' });
    expect(problem?.line).toBe(8);
  });

  it('loses the attributes after it if its braces do not match', () => {
    const { attributes, problem } = readDas(das('String history "a "b"\n        }\n";'));
    expect(texts(attributes, 'a')).toEqual({ units: 'degC' });
    expect(texts(attributes, 'b')).toEqual({});
    expect(problem?.line).toBe(8);
  });
});

describe('a DAS', () => {
  it('that ends too early gives its complete attributes', () => {
    const text = das('String comment "fine";');
    const { attributes, problem } = readDas(text.slice(0, text.indexOf('m s-1')));
    expect(texts(attributes, 'a')).toEqual({ units: 'degC', comment: 'fine', long_name: 'Inside' });
    expect(texts(attributes, 'b')).toEqual({});
    expect(problem?.expected).toContain('closing quote');
  });

  it('that is none gives nothing, and says so', () => {
    for (const text of ['', '<html>', 'nonsense', 'Dataset { } x;', 'Attributes']) {
      const { attributes, problem } = readDas(text);
      expect(attributes.size).toBe(0);
      expect(problem?.message).toMatch(/^DAS, line 1/);
    }
  });

  it('of a million attributes or errors takes bounded time and memory', () => {
    const many = readDas(
      `Attributes {\n${'a { }\n'.repeat(50)}${Array.from({ length: 300_000 }, (_, i) => `t${i} { }`).join('\n')}\n}`,
    );
    expect(many.problem?.expected).toBe('at most 200000 attributes');
    expect(many.attributes.size).toBeLessThanOrEqual(200_000);
    const prepare = (lines: number) => das('String x "a"b";\n'.repeat(lines));
    // In quadratic time it would be 256.
    expect(growth([10_000, 160_000], prepare, text => void readDas(text))).toBeLessThan(80);
  });

  it('that is whole is read as by parseDas', () => {
    const text = das('Int32 n 1, 2;');
    expect(readDas(text)).toMatchObject({ attributes: parseDas(text), problem: undefined });
  });
});

const hostile = fc.string({
  unit: fc.constantFrom('"', '\\', '\n', ';', ',', '{', '}', '#', ' ', 'a', 'é', '\0', '\u2028', '%', '='),
  maxLength: 12,
});
const plainName = fc.stringMatching(/^[a-z]\w{0,6}$/);
const tables = fc
  .dictionary(plainName, fc.dictionary(plainName, hostile, { maxKeys: 4, noNullPrototype: true }), {
    maxKeys: 4,
    noNullPrototype: true,
  })
  .map(
    columns =>
      new Map(
        Object.entries(columns).map(([name, attributes]): [string, AttributeTable] => [
          name,
          new Map(
            Object.entries(attributes).map(([key, value]) => [key, { type: 'String', values: [value] }]),
          ),
        ]),
      ),
  );

describe('readDas', () => {
  it('reads every printed table, with any strings', () => {
    fc.assert(
      fc.property(tables, table => {
        expect(readDas(printDas(table))).toMatchObject({ attributes: table, problem: undefined });
      }),
    );
  });

  it('invents no attribute where one is broken', () => {
    // Without semicolons in the strings, none of their parts can be an attribute.
    const plain = tables.map(
      table =>
        new Map(
          [...table].map(([column, inner]): [string, AttributeTable] => [
            column,
            new Map(
              [...(inner as Map<string, Attribute>)].map(([key, { values }]) => [
                key,
                { type: 'String', values: [String(values[0]).replaceAll(';', '')] },
              ]),
            ),
          ]),
        ),
    );
    const broken = fc.tuple(plain, fc.nat(), fc.stringMatching(/^[a-z "\\]{0,8}$/));
    fc.assert(
      fc.property(broken, ([table, at, put]) => {
        const names = new Set([...table.values()].flatMap(inner => [...(inner as AttributeTable).keys()]));
        const text = printDas(
          new Map([['s', new Map([...table, ['z', new Map([['own', { type: 'String', values: ['x'] }]])]])]]),
        );
        // Inside of the first string.
        const start = text.indexOf('"') + 1;
        const place = start + (at % (text.indexOf('";\n', start) - start + 1));
        const { attributes } = readDas(text.slice(0, place) + put + text.slice(place));
        for (const [, inner] of attributeTable(attributes, 's') ?? []) {
          if (!(inner instanceof Map)) continue;
          for (const [name, found] of inner) {
            if (found instanceof Map || name === 'own') continue;
            expect(names).toContain(name);
          }
        }
      }),
    );
  });

  it('reads any text as parseDas does, or reports its error', () => {
    const check = (text: string): void => {
      const { attributes, problem } = readDas(text);
      let whole: AttributeTable;
      try {
        whole = parseDas(text);
      } catch (error) {
        expect(problem).toEqual(error);
        return;
      }
      expect(problem).toBeUndefined();
      expect(attributes).toEqual(whole);
    };
    fc.assert(fc.property(fc.string({ unit: 'binary' }), check));
    fc.assert(fc.property(hostile, text => check(das(`String x "${text}";`))));
  });
});
