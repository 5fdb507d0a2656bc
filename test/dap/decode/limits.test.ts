import { describe, expect, it } from 'vitest';
import type { DecodedPart, DecodeLimits } from '../../../dap/decode/index.ts';
import { Decoder } from '../../../dap/decode/index.ts';
import { dods, failure, response, withOffset } from './responses.ts';

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
    ['a string', 'String s;', '00100000', '\0'.repeat(2 ** 20)],
    ['an array of numbers', 'Float64 f[131072];', '00020000 00020000', new Float64Array(131_072)],
    ['an array of bytes', 'Byte b[1048576];', '00100000 00100000', new Uint8Array(2 ** 20)],
    ['an array of strings', 'String s[262144];', '00040000', new Array<string>(262_144).fill('')],
  ])(
    'give the same value as one piece, in time in proportion to the length of %s',
    (_, declaration, lengths, value) => {
      const decoder = new Decoder();
      decoder.push(dods(declaration, lengths));
      const parts: DecodedPart[] = [];
      const byte = new Uint8Array(1);
      // A decoder that began again with each of the million bytes would exceed the time of the test.
      for (let i = 0; i < 2 ** 20; i++) parts.push(...decoder.push(byte));
      expect(parts).toHaveLength(1);
      expect(parts[0]?.kind === 'value' && parts[0].value).toEqual(value);
      expect(decoder.finish()).toEqual([]);
    },
    40_000,
  );

  it('give the same header, in time in proportion to its length', () => {
    const decoder = new Decoder();
    const header = dods(`${' '.repeat(2 ** 19)} Int32 i;`, '0000002A');
    const parts = [...header].flatMap(byte => decoder.push(Uint8Array.of(byte)));
    expect(parts.at(-1)).toMatchObject({ kind: 'value', value: 42 });
  }, 40_000);
});
