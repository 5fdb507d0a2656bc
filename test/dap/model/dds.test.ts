import { describe, expect, it } from 'vitest';
import { parseDds, printDds } from '../../../dap/model/dds.ts';
import { DapSyntaxError } from '../../../dap/model/text-scanner.ts';
import type { ArrayVariable, DapDataset, Dimension, Variable } from '../../../dap/model/variable.ts';

type Element = ArrayVariable['element'];

function arrayOf(element: Element, ...dimensions: readonly Dimension[]): ArrayVariable {
  return { type: 'Array', name: element.name, element, dimensions };
}

const everyShape: DapDataset = {
  name: 'roberrypi',
  variables: [
    { type: 'Sequence', name: 'sensor', fields: [{ type: 'Float64', name: 'time' }] },
    arrayOf({ type: 'Float32', name: 'x' }, { name: 'lat', size: 3 }, { name: 'lon', size: 4 }),
    arrayOf({ type: 'String', name: 's' }, { size: 3 }),
    {
      type: 'Grid',
      name: 'sst',
      array: arrayOf({ type: 'Int16', name: 'sst' }, { name: 'lat', size: 3 }),
      maps: [arrayOf({ type: 'Float64', name: 'lat' }, { name: 'lat', size: 3 })],
    },
    arrayOf({ type: 'Structure', name: 'pair', fields: [{ type: 'Url', name: 'u' }] }, { size: 2 }),
  ],
};

const everyShapeText = `Dataset {
    Sequence {
        Float64 time;
    } sensor;
    Float32 x[lat = 3][lon = 4];
    String s[3];
    Grid {
      Array:
        Int16 sst[lat = 3];
      Maps:
        Float64 lat[lat = 3];
    } sst;
    Structure {
        Url u;
    } pair[2];
} roberrypi;
`;

/** The syntax error that `parse` throws for `text`. */
function syntaxError(text: string): DapSyntaxError {
  try {
    parseDds(text);
  } catch (error) {
    if (error instanceof DapSyntaxError) return error;
    throw error;
  }
  throw new Error(`no syntax error in ${JSON.stringify(text)}`);
}

/** The names of the variables of a dataset that declares `declarations`. */
function namesIn(declarations: string): string[] {
  return parseDds(`Dataset { ${declarations} } d;`).variables.map(variable => variable.name);
}

describe('printDds', () => {
  it('lays every kind of variable out as libdap does', () => {
    expect(printDds(everyShape)).toBe(everyShapeText);
  });

  it('prints an empty dataset', () => {
    expect(printDds({ name: 'nothing', variables: [] })).toBe('Dataset {\n} nothing;\n');
  });

  it('escapes characters that DAP2 cannot carry in names of variables, dimensions and the dataset', () => {
    const variables = [arrayOf({ type: 'Byte', name: 'a b' }, { name: 'x;', size: 1 })];
    expect(printDds({ name: '50%', variables })).toBe('Dataset {\n    Byte a%20b[x%3B = 1];\n} 50%25;\n');
  });

  it('refuses models that no DDS can describe', () => {
    const sized = (size: number): DapDataset => ({
      name: 'd',
      variables: [arrayOf({ type: 'Byte', name: 'b' }, { size })],
    });
    expect(() => printDds({ name: '', variables: [] })).toThrow(RangeError);
    expect(() => printDds(sized(-1))).toThrow('found -1');
    expect(() => printDds(sized(1.5))).toThrow('found 1.5');
    expect(() => printDds(sized(2 ** 31))).toThrow('found 2147483648');
  });
});

describe('parseDds', () => {
  it('reads every kind of variable', () => {
    expect(parseDds(everyShapeText)).toStrictEqual(everyShape);
  });

  it('reads keywords in any case, and the labels of a Grid with or without a blank around the colon', () => {
    const text = everyShapeText
      .replace('Dataset', 'DATASET')
      .replace('Sequence', 'sequence')
      .replace('Float64', 'FLOAT64')
      .replace('Url', 'URL')
      .replace('Array:\n        ', 'ARRAY:')
      .replace('Maps:', 'MAPS :');
    expect(parseDds(text)).toStrictEqual(everyShape);
  });

  it('reads CRLF, tabs, blank lines, comments and no blanks at all', () => {
    expect(parseDds(everyShapeText.replaceAll('\n', '\r\n'))).toStrictEqual(everyShape);
    expect(parseDds(`\ufeff\n\n${everyShapeText.replaceAll('    ', '\t')}\n\n`)).toStrictEqual(everyShape);
    expect(parseDds(`# a server\n${everyShapeText.replaceAll(';\n', '; # why\n')}`)).toStrictEqual(
      everyShape,
    );
    const dense = everyShapeText.replaceAll(/\s*\n\s*/g, '').replaceAll(' = ', '=');
    expect(parseDds(dense)).toStrictEqual(everyShape);
  });

  it('reads the names that real servers send', () => {
    expect(
      namesIn('Byte 1st; Byte a.b; Byte x#2; Byte #3; Byte t:u; Byte a-b; Byte "q"; Byte o\'k;'),
    ).toEqual(['1st', 'a.b', 'x#2', '#3', 't:u', 'a-b', '"q"', "o'k"]);
    expect(namesIn('Byte a%20b; Byte tos%2Enc; Byte caf%c3%a9; Byte 100%; Byte /A/B; Byte <T>(1);')).toEqual([
      'a b',
      'tos.nc',
      'café',
      '100%',
      '/A/B',
      '<T>(1)',
    ]);
  });

  it('takes keywords as names where a name must stand', () => {
    expect(namesIn('Byte Byte; Float64 Grid; Structure { Url Maps; } Structure;')).toEqual([
      'Byte',
      'Grid',
      'Structure',
    ]);
  });

  it('keeps __proto__ and its kind as plain names', () => {
    expect(namesIn('Byte __proto__; Byte constructor;')).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(syntaxError('Dataset { __proto__ x; } d;').found).toBe('"__proto__"');
  });

  it('reads sizes with a name, with an empty name and without one, zero among them', () => {
    const [variable] = parseDds('Dataset { Byte b[x = 0][= 2][3]; } d;').variables;
    expect(variable).toStrictEqual(
      arrayOf({ type: 'Byte', name: 'b' }, { name: 'x', size: 0 }, { size: 2 }, { size: 3 }),
    );
  });

  it.each([
    ['Dataset {\n    Float64 x\n} d;\n', 'DDS, line 3, column 1: expected ";", found "}"'],
    ['', 'DDS, line 1, column 1: expected "Dataset", found the end of the text'],
    ['Error { code = 1; };', 'DDS, line 1, column 1: expected "Dataset", found "Error"'],
    [
      'Dataset {\n    Float64 x;\n',
      'DDS, line 3, column 1: expected a type or "}", found the end of the text',
    ],
    ['Dataset { } ;', 'DDS, line 1, column 13: expected the name of the dataset, found ";"'],
    ['Dataset { } d; rest', 'DDS, line 1, column 16: expected the end of the text, found "rest"'],
    ['Dataset { Float64 a Float64 b; } d;', 'DDS, line 1, column 21: expected ";", found "Float64"'],
    ['Dataset { Byte a[3; } d;', 'DDS, line 1, column 19: expected "]", found ";"'],
    [
      'Dataset { Byte a[-3]; } d;',
      'DDS, line 1, column 18: expected a size from 0 to 2147483647, found "-3"',
    ],
    ['Dataset { Grid { Maps: } g; } d;', 'DDS, line 1, column 18: expected "Array", found "Maps:"'],
  ])('says where and why it cannot read %j', (text, message) => {
    expect(syntaxError(text).message).toBe(message);
  });

  it('refuses unknown types, sizes past 2^31-1 and a Grid of scalars', () => {
    expect(syntaxError('Dataset { Int64 x; } d;')).toMatchObject({ line: 1, column: 11, found: '"Int64"' });
    expect(syntaxError('Dataset { Byte b[2147483648]; } d;').found).toBe('"2147483648"');
    expect(syntaxError('Dataset { Byte b[1e3]; } d;').found).toBe('"1e3"');
    expect(syntaxError('Dataset { Grid { Array: Byte b; Maps: } g; } d;').expected).toContain('dimensions');
  });

  it('bounds the nesting, in the text and in the model', () => {
    const nested = (levels: number) =>
      `Dataset { ${'Structure { '.repeat(levels)}${'} s; '.repeat(levels)}} d;`;
    const deepest = parseDds(nested(99));
    expect(parseDds(printDds(deepest))).toStrictEqual(deepest);
    expect(syntaxError(nested(100)).expected).toContain('100 levels');
    expect(syntaxError('Dataset { '.concat('Sequence {'.repeat(1_000_000))).expected).toContain('100 levels');
    const tooDeep: Variable = { type: 'Structure', name: 's', fields: deepest.variables };
    expect(() => printDds({ name: 'd', variables: [tooDeep] })).toThrow('100 levels');
  });

  it.each([
    [
      'variables',
      `Dataset { ${'Float64 x; '.repeat(200_000)}} d;`,
      { variables: 200_000, dimensions: 0, names: 200_000 },
    ],
    [
      'dimensions',
      `Dataset { Byte x${'[1]'.repeat(300_000)}; } d;`,
      { variables: 1, dimensions: 300_000, names: 1 },
    ],
    [
      'blanks and comments',
      `Dataset { ${' \n# c\n'.repeat(300_000)}} d;`,
      { variables: 0, dimensions: 0, names: 0 },
    ],
    [
      'one long name',
      `Dataset { Byte ${'%41'.repeat(1_000_000)}; } d;`,
      { variables: 1, dimensions: 0, names: 1_000_000 },
    ],
  ])(
    'reads a huge text of %s without leaving anything out',
    (_, text, expected) => {
      const { name, variables } = parseDds(text);
      expect(name).toBe('d');
      expect({
        variables: variables.length,
        dimensions: variables.reduce((sum, it) => sum + (it.type === 'Array' ? it.dimensions.length : 0), 0),
        names: variables.reduce((sum, it) => sum + it.name.length, 0),
      }).toEqual(expected);
    },
    20_000,
  );
});
