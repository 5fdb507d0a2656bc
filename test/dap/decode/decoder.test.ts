import { describe, expect, it } from 'vitest';
import { Decoder, decodeAll } from '../../../dap/decode/index.ts';
import { dods, response } from './responses.ts';

describe('a row', () => {
  it('of numbers begins with 5A 00 00 00, the Sequence ends with A5 00 00 00', () => {
    const bytes = dods(
      'Sequence { Float64 time; Float32 v; Int32 i; UInt32 u; } s;',
      `5A000000 41D469B7E2C00000 3DCCCCCD FFFFFFFE FFFFFFFF
       5A000000 0000000000000000 FF800000 80000000 00000000 A5000000`,
    );
    const { values } = decodeAll(bytes);
    expect(values).toEqual([
      {
        length: 2,
        columns: [
          Float64Array.of(1369890699, 0),
          Float32Array.of(0.1, -Infinity),
          Int32Array.of(-2, -2147483648),
          Uint32Array.of(4294967295, 0),
        ],
      },
    ]);
  });

  it('counts the last one or two bytes of small integers, however the others are filled', () => {
    const bytes = dods(
      'Sequence { Byte b; Int16 i; UInt16 u; } s; Byte b; Int16 i; UInt16 u; UInt16 a[2];',
      `5A000000 FFFFFF81 FFFFFFFE FFFFFFF0 5A000000 00000081 0000FFFE 0000FFF0 A5000000
       FFFFFF81 0000FFFE FFFFFFF0 00000002 00000002 FFFFFFF0 0000FFF0`,
    );
    expect(decodeAll(bytes).values).toEqual([
      { length: 2, columns: [Uint8Array.of(129, 129), Int16Array.of(-2, -2), Uint16Array.of(65520, 65520)] },
      129,
      -2,
      65520,
      Uint16Array.of(65520, 65520),
    ]);
  });

  it('has strings and bytes padded to four, with anything in the padding', () => {
    const bytes = dods(
      'Sequence { String s; Byte b[3]; Int16 i[2]; String t[2]; } s;',
      `5A000000 00000005 68656C6C6F030303 00000003 00000003 010203EE
       00000002 00000002 00000001 FFFFFFFF 00000002 00000000 00000001 61000000 A5000000`,
    );
    expect(decodeAll(bytes).values).toEqual([
      { length: 1, columns: [['hello'], [Uint8Array.of(1, 2, 3)], [Int16Array.of(1, -1)], [['', 'a']]] },
    ]);
  });

  it('can hold rows, which end with a mark of their own', () => {
    const bytes = dods(
      'Sequence { Int32 age; Sequence { Int16 foo; } stuff; } person;',
      '5A000000 00000001 5A000000 00000010 5A000000 00000020 A5000000 5A000000 00000002 A5000000 A5000000',
    );
    expect(decodeAll(bytes).values).toEqual([
      {
        length: 2,
        columns: [
          Int32Array.of(1, 2),
          [
            { length: 2, columns: [Int16Array.of(16, 32)] },
            { length: 0, columns: [new Int16Array(0)] },
          ],
        ],
      },
    ]);
  });

  it('comes as soon as its last byte has come, in columns of its own', () => {
    const bytes = dods('Sequence { Float64 t; } s;', '5A000000 3FF0000000000000 5A000000 4000000000000000');
    const decoder = new Decoder();
    const head = decoder.push(bytes.subarray(0, -13));
    expect(head.map(({ kind }) => kind)).toEqual(['dataset']);
    const piece = bytes.slice(-13);
    const [first] = decoder.push(piece.subarray(0, 1));
    expect(first).toMatchObject({ kind: 'rows', batch: { length: 1, columns: [Float64Array.of(1)] } });
    const [second, ...others] = decoder.push(piece.subarray(1));
    expect(second).toMatchObject({ kind: 'rows', batch: { length: 1, columns: [Float64Array.of(2)] } });
    expect(others).toEqual([]);
    piece.fill(0);
    expect(first).toMatchObject({ batch: { columns: [Float64Array.of(1)] } });
    expect(decoder.push(Uint8Array.of(0xa5, 0, 0, 0)).map(({ kind }) => kind)).toEqual(['end']);
    expect(decoder.finish()).toEqual([]);
  });

  it('is one of at most one batch a push', () => {
    const numbers = Int32Array.from({ length: 5000 }, (_, i) => i);
    const rows = Array.from(numbers, i => `5A000000${i.toString(16).padStart(8, '0')}`);
    const parts = new Decoder().push(dods('Sequence { Int32 i; } s;', `${rows.join('')} A5000000`));
    expect(parts.map(({ kind }) => kind)).toEqual(['dataset', 'rows', 'end']);
    expect(parts[1]).toMatchObject({ batch: { length: 5000, columns: [numbers] } });
  });

  it('may be missing: an empty Sequence is its end alone', () => {
    const bytes = dods('Sequence { Float64 t; String s; } s;', 'A5000000');
    expect(new Decoder().push(bytes).map(({ kind }) => kind)).toEqual(['dataset', 'end']);
    expect(decodeAll(bytes).values).toEqual([{ length: 0, columns: [new Float64Array(0), []] }]);
  });
});

describe('a value', () => {
  it('of each other type comes whole: arrays, Structures, Grids, arrays of Structures', () => {
    const bytes = dods(
      `Structure { Int32 i; Structure { String s; } inner; } st;
       Grid { Array: Float32 g[x = 2]; Maps: Int32 x[x = 2]; } g;
       Structure { Byte b; } list[2];
       Float64 f[2][1];
       Url u;
       Int32 none[0];`,
      `00000007 00000001 78000000
       00000002 00000002 3F800000 40000000 00000002 00000002 0000000A 00000014
       00000002 00000001 00000002
       00000002 00000002 3FF0000000000000 4000000000000000
       00000003 75726C00
       00000000 00000000`,
    );
    expect(decodeAll(bytes).values).toEqual([
      [7, ['x']],
      [Float32Array.of(1, 2), Int32Array.of(10, 20)],
      [[1], [2]],
      Float64Array.of(1, 2),
      'url',
      new Int32Array(0),
    ]);
  });

  it('inside of a Structure may be a Sequence', () => {
    const bytes = dods('Structure { Sequence { Byte b; } s; } st;', '5A000000 00000009 A5000000');
    const parts = new Decoder().push(bytes);
    expect(parts[1]).toMatchObject({
      kind: 'value',
      value: [{ length: 1, columns: [Uint8Array.of(9)] }],
    });
  });
});

describe('text', () => {
  const stringOf = (hex: string) => {
    const length = (hex.length / 2).toString(16).padStart(8, '0');
    return decodeAll(dods('String s;', `${length}${hex}${'00'.repeat(-(hex.length / 2) & 3)}`)).values[0];
  };

  it('is read as UTF-8', () => {
    expect(stringOf('C2B543')).toBe('µC');
    expect(stringOf('EFBBBF61')).toBe('\ufeffa');
    expect(stringOf(Buffer.from('21 °C – über 30 Zeichen lang 🌡').toString('hex'))).toBe(
      '21 °C – über 30 Zeichen lang 🌡',
    );
  });

  it('is read as ISO-8859-1 where it is no UTF-8', () => {
    expect(stringOf('B543')).toBe('µC');
    expect(stringOf('80FF')).toBe('\u0080\u00ff');
    expect(stringOf('B0'.repeat(10_000))).toBe('°'.repeat(10_000));
  });
});

describe('the header', () => {
  const data = '0000002A';
  const dds = 'Dataset { Int32 i; } d;';

  it.each([
    ['LF', `${dds}\nData:\n`],
    ['CRLF', `${dds}\r\nData:\r\n`],
    ['CRLF after `Data:` alone', `${dds}\nData:\r\n`],
    ['a blank line', `${dds}\n\nData:\n`],
    ['blanks in the blank line', `${dds}\n     \nData:\n`],
    ['a variable that is called Data', 'Dataset { Int32\nData\n; } d;\nData:\n'],
  ])('ends with the line `Data:` after %s', (_, header) => {
    expect(decodeAll(response(header, data)).values).toEqual([42]);
  });

  it('is followed by data at once, also by data that look like the end of a line', () => {
    expect(decodeAll(response(`${dds}\nData:\n`, '0D0A0D0A')).values).toEqual([0x0d0a0d0a]);
    expect(decodeAll(response(`${dds}\nData:\r\n`, '0A446174')).values).toEqual([0x0a446174]);
  });

  it('of a dataset without variables may be all there is, with or without the end of the line', () => {
    expect(decodeAll(response('Dataset { } d;\nData:\n')).values).toEqual([]);
    expect(decodeAll(response('Dataset { } d;\nData:')).dataset.name).toBe('d');
  });

  it('may be followed by line feeds after the data', () => {
    expect(decodeAll(response(`${dds}\nData:\n`, `${data} 0A`)).values).toEqual([42]);
    expect(decodeAll(response(`${dds}\nData:\n`, `${data} 0D0A0D0A`)).values).toEqual([42]);
  });
});

it('a decoder refuses anything but bytes', () => {
  const text = 'Dataset {} d;' as unknown as Uint8Array;
  expect(() => new Decoder().push(text)).toThrow('expected a Uint8Array, found string');
});
