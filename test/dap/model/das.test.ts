import { describe, expect, it } from 'vitest';
import { type Attribute, type AttributeTable, attributeTable } from '../../../dap/model/attributes.ts';
import { parseDas, printDas } from '../../../dap/model/das.ts';
import { attribute, read, syntaxError, valuesOf } from './das-tables.ts';

describe('parseDas', () => {
  it('reads tables in tables, in their order', () => {
    const das = parseDas(`Attributes {
      b31 {
        class { String long_name "class is dismissed"; text { String short_name "ty"; } }
        String note "x";
      }
      b32 { }
      String outside "also legal";
    }`);
    expect(das).toStrictEqual(
      new Map<string, Attribute | AttributeTable>([
        [
          'b31',
          new Map<string, Attribute | AttributeTable>([
            [
              'class',
              new Map<string, Attribute | AttributeTable>([
                ['long_name', attribute('String', 'class is dismissed')],
                ['text', new Map([['short_name', attribute('String', 'ty')]])],
              ]),
            ],
            ['note', attribute('String', 'x')],
          ]),
        ],
        ['b32', new Map()],
        ['outside', attribute('String', 'also legal')],
      ]),
    );
    expect([...das.keys()]).toEqual(['b31', 'b32', 'outside']);
  });

  it('reads keywords and types in any case, and takes them as names where a name must stand', () => {
    const das = parseDas(
      'ATTRIBUTES{ Byte{ STRING string "a"; float64 Float64 1; Url URL x; } Attributes{} }',
    );
    expect(das).toStrictEqual(
      new Map([
        [
          'Byte',
          new Map([
            ['string', attribute('String', 'a')],
            ['Float64', attribute('Float64', 1)],
            ['URL', attribute('Url', 'x')],
          ]),
        ],
        ['Attributes', new Map()],
      ]),
    );
  });

  it('reads escapes in strings, and leaves other backslashes alone', () => {
    expect(valuesOf(String.raw`String s "say \"hi\"", "a\\b", "line\012\n", "\\", "";`)).toEqual([
      'say "hi"',
      'a\\b',
      'line\\012\\n',
      '\\',
      '',
    ]);
  });

  it('reads strings that run over lines and hold marks', () => {
    expect(valuesOf('String history "one\ntwo; { } , # three\r\nfour";')).toEqual([
      'one\ntwo; { } , # three\r\nfour',
    ]);
  });

  it('reads values without quotes', () => {
    expect(valuesOf('String version 2.10;')).toEqual(['2.10']);
    expect(valuesOf('String s days since 1970-01-01 , b ;')).toEqual(['days since 1970-01-01', 'b']);
    expect(valuesOf('Url u http://example.org/a?b=c&d#e;')).toEqual(['http://example.org/a?b=c&d#e']);
    expect(valuesOf('String colour #ff0000;')).toEqual(['#ff0000']);
  });

  it('reads the numbers that servers write', () => {
    expect(valuesOf('Float32 f 1.e+35, -2.000000000, .5, +3, 5., 1E-3, 0;')).toEqual([
      1e35, -2, 0.5, 3, 5, 0.001, 0,
    ]);
    expect(valuesOf('Float64 f NaN, nan, -nan, nan., Inf, -inf, Infinity, -INFINITY;')).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Infinity,
      -Infinity,
      Infinity,
      -Infinity,
    ]);
    expect(valuesOf('Int32 i 1, 2,\n 3, -40, 007, 0x1F, 5.0, 1e3;')).toEqual([1, 2, 3, -40, 7, 31, 5, 1000]);
  });

  it('reads whole numbers that fit the bits of their type either signed or unsigned', () => {
    expect(valuesOf('Byte b -128, 255;')).toEqual([-128, 255]);
    expect(valuesOf('Int16 i 65535;')).toEqual([65535]);
    expect(valuesOf('UInt32 u -1, 4294967295;')).toEqual([-1, 4294967295]);
  });

  it('keeps a value that is not a number of its type as text, and every other attribute', () => {
    const table = read(`
      Int32 lots lots and lots;
      Int16 far 70000, 7;
      Byte half 1.5;
      UInt16 none NaN;
      Float64 huge 1e999, 1.0f, "2.5";
      String units "m";`);
    expect(Object.fromEntries(table)).toStrictEqual({
      lots: attribute('Int32', 'lots and lots'),
      far: attribute('Int16', '70000', 7),
      half: attribute('Byte', '1.5'),
      none: attribute('UInt16', 'NaN'),
      huge: attribute('Float64', '1e999', '1.0f', '2.5'),
      units: attribute('String', 'm'),
    });
  });

  it('keeps attributes of types that DAP2 does not know as text', () => {
    const table = read('OtherXML x "<a b=\\"c\\"/>"; Int64 n 9007199254740993; int i 5; String s "t";');
    expect(Object.fromEntries(table)).toStrictEqual({
      x: attribute('String', '<a b="c"/>'),
      n: attribute('String', '9007199254740993'),
      i: attribute('Int32', 5),
      s: attribute('String', 't'),
    });
  });

  it('gives an attribute without a value an empty one', () => {
    expect(valuesOf('Int32 WMO_code ;')).toEqual(['']);
  });

  it('reads aliases', () => {
    expect(read('Alias lon%20g .v.long; ALIAS z "a b";')).toStrictEqual(
      new Map([
        ['lon g', attribute('Alias', '.v.long')],
        ['z', attribute('Alias', 'a b')],
      ]),
    );
  });

  it('overlooks stray semicolons, comments, CRLF and blank lines', () => {
    const das = '# DAS\nAttributes {;\n a {\n ; Int32 x 1;; # why\n\n };\n};\n\n';
    const expected = new Map([['a', new Map([['x', attribute('Int32', 1)]])]]);
    expect(parseDas(das)).toStrictEqual(expected);
    expect(parseDas(das.replaceAll('\n', '\r\n'))).toStrictEqual(expected);
  });

  it('merges tables and attributes that come in parts', () => {
    const das = parseDas(`Attributes { a { Int32 x 1; } a { Int32 x 2; Int32 y 3; } }
      Attributes { a { String y "later"; } b { } }`);
    expect(das).toStrictEqual(
      new Map([
        [
          'a',
          new Map([
            ['x', attribute('Int32', 1, 2)],
            ['y', attribute('String', 'later')],
          ]),
        ],
        ['b', new Map()],
      ]),
    );
  });

  it('keeps __proto__ and its kind as plain names', () => {
    const das = parseDas('Attributes { __proto__ { String polluted "yes"; Int32 __proto__ 1; } }');
    expect([...das.keys()]).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(parseDas(printDas(das))).toStrictEqual(das);
  });

  it.each([
    ['', 'DAS, line 1, column 1: expected "Attributes", found the end of the text'],
    ['Error { };', 'DAS, line 1, column 1: expected "Attributes", found "Error"'],
    [
      'Attributes {\n  a {\n',
      'DAS, line 3, column 1: expected an attribute, a table or "}", found the end of the text',
    ],
    ['Attributes {\n  a {\n    Int32 x 1\n  }\n}', 'DAS, line 4, column 3: expected ";", found "}"'],
    ['Attributes { a { Int32 x 1\nInt32 y 2; } }', 'DAS, line 2, column 1: expected ";", found "Int32"'],
    ['Attributes { a { Int32 x 1,; } }', 'DAS, line 1, column 28: expected a value, found ";"'],
    ['Attributes { a { Int32 ; } }', 'DAS, line 1, column 24: expected the name of an attribute, found ";"'],
    ['Attributes { } <html>', 'DAS, line 1, column 16: expected "Attributes", found "<html>"'],
    [
      'Attributes { a { String x "un"escaped"; } }',
      'DAS, line 1, column 31: expected ";", found "escaped\\""',
    ],
  ])('says where and why it cannot read %j', (text, message) => {
    expect(syntaxError(text).message).toBe(message);
  });

  it('points at the quote that is never closed', () => {
    const error = syntaxError('Attributes {\n  a {\n    String x "abc;\n  }\n}\n');
    expect(error).toMatchObject({ line: 3, column: 14 });
    expect(error.expected).toContain('closing quote');
  });

  it('bounds the nesting, in the text and in the model', () => {
    const deepest = parseDas(`Attributes { ${'t { '.repeat(99)}${'} '.repeat(99)}}`);
    expect(parseDas(printDas(deepest))).toStrictEqual(deepest);
    expect(() => printDas(new Map([['t', deepest]]))).toThrow('100 levels');
    expect(syntaxError(`Attributes { ${'t { '.repeat(1_000_000)}`).expected).toContain('100 levels');
  });

  it.each([
    ['values', `Attributes { a { Int32 x 1${', 1'.repeat(300_000)}; } }`, 300_001],
    ['repeated attributes', `Attributes { a { ${'Int32 x 1; '.repeat(200_000)} } }`, 200_000],
    ['escapes', `Attributes { a { String x "${'\\"'.repeat(1_000_000)}"; } }`, 1],
    ['digits', `Attributes { a { Float64 x ${'1'.repeat(1_000_000)}x; } }`, 1],
  ])(
    'reads a huge text of %s in one go',
    (_, text, count) => {
      const found = attributeTable(parseDas(text), 'a')?.get('x');
      expect(found instanceof Map ? undefined : found?.values.length).toBe(count);
    },
    20_000,
  );
});
