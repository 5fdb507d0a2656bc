import { describe, expect, it } from 'vitest';
import { DecodeError, Decoder } from '../../../dap/decode/index.ts';
import { DapError } from '../../../dap/model/error.ts';
import { dods, failure, response, withOffset } from './responses.ts';

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

describe('the error for bytes that are not a data response has the offset, the expected and the found bytes', () => {
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
