import { describe, expect, it } from 'vitest';
import type { DecodedPart, DecodeLimits } from '../../../dap/decode/index.ts';
import { DecodeError, Decoder, decodeAll } from '../../../dap/decode/index.ts';
import { DapError } from '../../../dap/model/error.ts';

/** Bytes from text and from hexadecimal, `response('Dataset {...', '5A 00 00 00')`. */
function response(header: string, hex = ''): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from(header), Buffer.from(hex.replace(/\s+/g, ''), 'hex')]));
}

function dods(declarations: string, hex = ''): Uint8Array {
  return response(`Dataset {\n${declarations}\n} d;\nData:\n`, hex);
}

/** What decoding all at once throws, and then one byte at a time: the same error. */
function failure(bytes: Uint8Array, limits?: Partial<DecodeLimits>): Error {
  const errors = [bytes.length, 1].map(size => {
    try {
      const decoder = new Decoder(limits);
      for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size));
      decoder.finish();
    } catch (error) {
      return error as Error;
    }
    throw new Error('expected an error, found none');
  });
  expect(errors[1]).toEqual(errors[0]);
  return errors[0]!;
}

/** The message with `D+8` as the offset in the response of the eighth byte of the data. */
function withOffset(message: string, bytes: Uint8Array): string {
  const start = Buffer.from(bytes).indexOf('\nData:\n') + '\nData:\n'.length;
  return message.replace(/D\+(\d+)/, (_, offset) => String(start + Number(offset)));
}

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

describe('an Error object instead of data', () => {
  it('is thrown as a DapError', () => {
    const error = failure(response('Error {\n    code = 404;\n    message = "No such dataset";\n};\n'));
    expect(error).toBeInstanceOf(DapError);
    expect(error).toMatchObject({ code: 404, message: 'No such dataset' });
  });

  it('that is cut off is no data response', () => {
    const error = failure(response('Error {\n    code = 404;\n    mess'));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.message).toMatch(/^at byte 0: expected an Error object, found Error object, line 3/);
  });
});

describe('the error for bytes that are no data response says where and what', () => {
  it.each<[string, Uint8Array, string]>([
    [
      'a wrong mark before a row',
      dods('Sequence { Int32 i; } s;', '5A000000 00000001 00000007'),
      'at byte D+8: expected a start-of-row (5A) or end-of-sequence (A5) marker of s, found 00 00 00 07',
    ],
    [
      'a wrong mark in a Sequence with strings',
      dods('Sequence { String t; } s;', '5A000000 00000000 5A000001'),
      'at byte D+8: expected a start-of-row (5A) or end-of-sequence (A5) marker of s, found 5A 00 00 01',
    ],
    [
      'text in the place of a row',
      dods('Sequence { Sequence { Int32 i; } b; } a;', '5A000000 4572726F'),
      'at byte D+4: expected a start-of-row (5A) or end-of-sequence (A5) marker of a.b, found 45 72 72 6F ("Erro")',
    ],
    [
      'an array of another length than the DDS says',
      dods('Structure { Int32 a[2][3]; } s;', '00000006 00000005'),
      'at byte D+4: expected the length 6 of the array s.a, found 5',
    ],
    [
      'bytes after the last variable',
      dods('Int32 i;', '00000001 00'),
      'at byte D+4: expected the end of the response, found 00',
    ],
    [
      'a Sequence that does not end',
      dods('Sequence { Int32 i; } s;', '5A000000 00000001'),
      'at byte D+8: expected more bytes of s, found the end of the response',
    ],
    [
      'a value that is cut off',
      dods('Float64 f;', '0000'),
      'at byte D+2: expected more bytes of f, found the end of the response',
    ],
    ['nothing at all', response(''), 'at byte 0: expected a DDS and a line "Data:", found nothing'],
    [
      'a page instead of data',
      response('<html><body>502 Bad Gateway</body></html>'),
      'at byte 0: expected a DDS and a line "Data:", found "<html><body>502 Bad Gateway</body></html>"',
    ],
    [
      'a DDS alone',
      response(`Dataset { ${'Int32 i; '.repeat(20)} } d;\n`),
      `at byte 0: expected a DDS and a line "Data:", found "Dataset { ${'Int32 i; '.repeat(20).slice(0, 70)}..."`,
    ],
    [
      'a DDS that is none',
      response('Dataset {\n  Int31 i;\n} d;\nData:\n'),
      'at byte 0: expected a DDS, found DDS, line 2, column 3: expected a type (Float64, ..., Structure, Sequence or Grid), found "Int31"',
    ],
    [
      'an array of Structures without fields, which would cost nothing to send',
      dods('Structure { Structure { } b; } a[1000];', '000003E8'),
      'at byte 0: expected a field in the Structures of a, found none',
    ],
  ])('%s', (_, bytes, message) => {
    const error = failure(bytes);
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.message).toBe(withOffset(message, bytes));
  });

  it('and the rows before it are given out first', () => {
    const decoder = new Decoder();
    const rows = '5A000000 00000001 5A000000 00000002';
    const parts = decoder.push(dods('Sequence { Int32 i; } s;', `${rows} 12345678`));
    expect(parts.map(({ kind }) => kind)).toEqual(['dataset', 'rows']);
    expect(parts[1]).toMatchObject({ batch: { columns: [Int32Array.of(1, 2)] } });
    expect(decoder.failure).toBeInstanceOf(DecodeError);
    expect(() => decoder.push(new Uint8Array(1))).toThrow('found 12 34 56 78');
    expect(() => decoder.finish()).toThrow('found 12 34 56 78');
  });

  it('and comes again at each further call', () => {
    const decoder = new Decoder();
    expect(decoder.failure).toBeUndefined();
    decoder.push(response('Dataset { } d;\nData:\n'));
    expect(() => decoder.push(Uint8Array.of(1))).toThrow('found 01');
    expect(() => decoder.push(Uint8Array.of(10))).toThrow('found 01');
    expect(() => decoder.finish()).toThrow('found 01');
  });
});

describe('a limit', () => {
  it.each<[string, Partial<DecodeLimits>, Uint8Array, string]>([
    [
      'on the header stops a body that is none',
      { headerBytes: 100 },
      response('x'.repeat(1000)),
      `at byte 0: expected a DDS and a line "Data:" in the first 100 bytes, found "${'x'.repeat(80)}..."`,
    ],
    [
      'on strings is checked before a byte of them has come',
      { stringBytes: 1000 },
      dods('Structure { String s; } a;', '000003E9'),
      'at byte D+0: expected a string of at most 1000 bytes in a.s, found 1001',
    ],
    [
      'on arrays is checked as soon as the DDS is there',
      { arrayElements: 1000 },
      dods('Sequence { Float64 f[10][101]; } s;'),
      'at byte 0: expected at most 1000 elements in s.f, found 1010',
    ],
    [
      'on nested rows counts those of one row',
      { nestedRows: 3 },
      dods(
        'Sequence { Sequence { Byte b; } b; Sequence { Byte c; } c; } a;',
        `5A000000 ${'5A000000 00000001'.repeat(2)} A5000000 ${'5A000000 00000001'.repeat(2)}`,
      ),
      'at byte D+40: expected at most 3 nested rows in one value, found more',
    ],
    [
      'on values counts the bytes of one row',
      { valueBytes: 20 },
      dods('Sequence { String t; } s;', `5A000000 00000000 5A000000 00000010 ${'61'.repeat(16)}`),
      'at byte D+8: expected at most 20 bytes in one value, found more',
    ],
  ])('%s', (_, limits, bytes, message) => {
    expect(failure(bytes, limits).message).toBe(withOffset(message, bytes));
  });

  it('by default lets no DDS of a few bytes take memory', () => {
    const error = failure(dods('Float64 f[2147483647][2147483647];'));
    expect(error.message).toMatch('expected at most 33554432 elements in f');
    const before = process.memoryUsage().arrayBuffers;
    const decoder = new Decoder();
    decoder.push(dods('Float64 f[33554432];', '02000000 02000000 3FF00000 00000000 3FF0'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 22);
  });

  it('on values does not wait for the end of the value', () => {
    const decoder = new Decoder({ valueBytes: 20 });
    decoder.push(dods('String s[1000];', '000003E8'));
    for (let i = 0; i < 4; i++) decoder.push(new Uint8Array(4));
    expect(() => decoder.push(new Uint8Array(1))).toThrow(
      'expected at most 20 bytes in one value, found more',
    );
  });

  it('on values does not end a stream of many rows', () => {
    const decoder = new Decoder({ valueBytes: 64 });
    decoder.push(dods('Sequence { Int32 i; String s; } s;'));
    const flat = new Decoder({ valueBytes: 64 });
    flat.push(dods('Sequence { Int32 i; } s;'));
    for (let i = 0; i < 1000; i++) {
      expect(decoder.push(response('', '5A000000 00000001 00000000 5A000000'))).toHaveLength(1);
      expect(decoder.push(response('', '00000001 00000000'))).toHaveLength(1);
      expect(flat.push(response('', '5A000000 00000001 5A000000'))).toHaveLength(1);
      expect(flat.push(response('', '00000001'))).toHaveLength(1);
    }
  });
});

describe('pieces of one byte', () => {
  it.each([
    ['a string', 'String s;', '00100000', 2 ** 20],
    ['an array of numbers', 'Float64 f[131072];', '00020000 00020000', 2 ** 20],
    ['an array of bytes', 'Byte b[1048576];', '00100000 00100000', 2 ** 20],
    ['an array of strings', 'String s[262144];', '00040000', 2 ** 20],
  ])(
    'take time in proportion to the length of %s',
    (_, declaration, lengths, size) => {
      const decoder = new Decoder();
      decoder.push(dods(declaration, lengths));
      const parts: DecodedPart[] = [];
      const byte = new Uint8Array(1);
      // A decoder that began anew with each of the million bytes would not be ready within the time of a test.
      for (let i = 0; i < size; i++) parts.push(...decoder.push(byte));
      expect(parts).toHaveLength(1);
      expect(decoder.finish()).toEqual([]);
    },
    40_000,
  );

  it('take time in proportion to the length of the header', () => {
    const decoder = new Decoder();
    const header = dods(`${' '.repeat(2 ** 19)} Int32 i;`, '0000002A');
    const parts = [...header].flatMap(byte => decoder.push(Uint8Array.of(byte)));
    expect(parts.at(-1)).toMatchObject({ kind: 'value', value: 42 });
  }, 40_000);
});

it('a decoder refuses what are no bytes', () => {
  const text = 'Dataset {} d;' as unknown as Uint8Array;
  expect(() => new Decoder().push(text)).toThrow('expected a Uint8Array, found string');
});
