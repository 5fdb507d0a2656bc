// Whether the attributes that a server describes arrive as they are, and whether ours reach every client.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attribute, type AttributeTable, attributeTable } from '../../../dap/model/attributes.ts';
import { parseDas, printDas } from '../../../dap/model/das.ts';
import { DapSyntaxError } from '../../../dap/model/text-scanner.ts';
import { ATOMIC_TYPES } from '../../../dap/model/variable.ts';

function attribute(type: Attribute['type'], ...values: readonly (number | string)[]): Attribute {
  return { type, values };
}

/** The attributes of a table that holds `text`. */
function read(text: string): AttributeTable {
  return attributeTable(parseDas(`Attributes {\n  v {\n${text}\n  }\n}\n`), 'v') ?? new Map();
}

/** The values that the one attribute written as `text` has. */
function valuesOf(text: string): readonly (number | string)[] | undefined {
  const [found] = read(text).values();
  return found instanceof Map ? undefined : found?.values;
}

/** How one attribute is written in a DAS. */
function written(type: Attribute['type'], ...values: readonly (number | string)[]): string {
  const das = printDas(new Map([['v', new Map([['a', attribute(type, ...values)]])]]));
  return das.slice('Attributes {\n    v {\n        '.length, -'\n    }\n}\n'.length);
}

function syntaxError(text: string): DapSyntaxError {
  try {
    parseDas(text);
  } catch (error) {
    if (error instanceof DapSyntaxError) return error;
    throw error;
  }
  throw new Error(`no syntax error in ${JSON.stringify(text)}`);
}

describe('printDas', () => {
  it('lays tables and attributes out as libdap does', () => {
    const time: AttributeTable = new Map([
      ['units', attribute('String', 'seconds since 1970-01-01')],
      ['_FillValue', attribute('Float64', Number.NaN)],
      ['valid_range', attribute('Int32', -1, 2)],
    ]);
    const das: AttributeTable = new Map([
      ['sensor', new Map([['time', time]])],
      ['NC_GLOBAL', new Map([['title', attribute('String', 'A "Pi"')]])],
      ['empty', new Map()],
    ]);
    expect(printDas(das)).toBe(`Attributes {
    sensor {
        time {
            String units "seconds since 1970-01-01";
            Float64 _FillValue NaN;
            Int32 valid_range -1, 2;
        }
    }
    NC_GLOBAL {
        String title "A \\"Pi\\"";
    }
    empty {
    }
}
`);
    expect(printDas(new Map())).toBe('Attributes {\n}\n');
  });

  it('prints numbers as the shortest decimals that read back as the same number', () => {
    expect(written('Float64', 0.1, 1e35, 1369000000.5, 5, -0, Infinity, -Infinity)).toBe(
      'Float64 a 0.1, 1e+35, 1369000000.5, 5, -0, Inf, -Inf;',
    );
    expect(written('Float32', Math.fround(0.1))).toBe('Float32 a 0.10000000149011612;');
  });

  it('escapes quotes and backslashes, and keeps line ends', () => {
    expect(written('String', 'say "hi"', 'C:\\dir\\', 'two\nlines')).toBe(
      'String a "say \\"hi\\"", "C:\\\\dir\\\\", "two\nlines";',
    );
  });

  it('leaves plain URLs and words in numeric attributes without quotes, as netCDF demands', () => {
    expect(written('Url', 'http://example.org/a.nc')).toBe('Url a http://example.org/a.nc;');
    expect(written('Url', 'http://example.org/?a=b')).toBe('Url a "http://example.org/?a=b";');
    expect(written('Int32', 'lots')).toBe('Int32 a lots;');
    expect(written('Int32', '5', '')).toBe('Int32 a "5", "";');
    expect(written('Alias', '.v.b c')).toBe('Alias a .v.b%20c;');
  });

  it('refuses what a DAS cannot carry, and names the attribute', () => {
    expect(() => written('Int32')).toThrow('attribute "a": expected at least one value, found none');
    expect(() => written('Int32', 1.5)).toThrow(
      'attribute "a": expected values of type Int32, found the number 1.5',
    );
    expect(() => written('Byte', 256)).toThrow(RangeError);
    expect(() => written('UInt16', Number.NaN)).toThrow(RangeError);
    expect(() => written('String', 5)).toThrow(RangeError);
    expect(() => printDas(new Map([['', new Map()]]))).toThrow(RangeError);
  });
});

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

  it('keeps as text what is no number of its type, and every other attribute with it', () => {
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

  it('joins what comes in parts', () => {
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
  it('give back any table, whatever its names and values', () => {
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
