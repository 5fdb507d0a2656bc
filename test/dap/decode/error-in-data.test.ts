// Reports the server's own error, if the server sends it in the middle of the data.

import { describe, expect, it } from 'vitest';
import type { DecodedPart } from '../../../dap/decode/index.ts';
import { DecodeError, Decoder, decodeAll } from '../../../dap/decode/index.ts';
import { DapError } from '../../../dap/model/error.ts';

const HEAD = 'Dataset {\n    Sequence {\n        Float64 time;\n        Float32 t;\n    } s;\n} d;\nData:\n';
const TEXTS = 'Dataset {\n    Sequence {\n        Float64 time;\n        String t;\n    } s;\n} d;\nData:\n';
const SENTENCE = 'Sensor "bus 1" does not answer {code 5}; try later';
const ERROR = `Error {\n    code = 500;\n    message = "${SENTENCE.replaceAll('"', '\\"')}";\n};\n`;

function row(time: number, value: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes[0] = 0x5a;
  bytes.writeDoubleBE(time, 4);
  bytes.writeFloatBE(value, 12);
  return bytes;
}

function textRow(time: number, text: string): Buffer {
  const padded = Buffer.alloc(16 + Math.ceil(text.length / 4) * 4);
  padded[0] = 0x5a;
  padded.writeDoubleBE(time, 4);
  padded.writeUInt32BE(text.length, 12);
  padded.write(text, 16);
  return padded;
}

/** The rows decoded from pieces of `size` bytes, and the error of the decoder. */
function outcome(bytes: Uint8Array, size: number): { times: number[]; error: unknown } {
  const decoder = new Decoder();
  const times: number[] = [];
  const take = (parts: readonly DecodedPart[]): void => {
    for (const part of parts) {
      if (part.kind === 'rows') times.push(...Array.from(part.batch.columns[0] as Float64Array));
    }
  };
  try {
    for (let at = 0; at < bytes.length; at += size) take(decoder.push(bytes.subarray(at, at + size)));
    take(decoder.finish());
  } catch (error) {
    return { times, error };
  }
  return { times, error: undefined };
}

const rows = [row(1, 20), row(2, 21)];

describe('an Error object in the middle of the data', () => {
  it.each([
    ['in place of a row', Buffer.concat([Buffer.from(HEAD), ...rows, Buffer.from(ERROR)]), [1, 2]],
    ['in place of the first row', Buffer.from(HEAD + ERROR), []],
    [
      'in place of a row with text',
      Buffer.concat([Buffer.from(TEXTS), textRow(1, 'Error {'), textRow(2, 'b'), Buffer.from(ERROR)]),
      [1, 2],
    ],
    [
      'in place of the length of a text',
      Buffer.concat([
        Buffer.from(TEXTS),
        textRow(1, 'a'),
        textRow(2, 'b').subarray(0, 12),
        Buffer.from(ERROR),
      ]),
      [1],
    ],
    [
      'after the end of the Sequence',
      Buffer.concat([Buffer.from(HEAD), ...rows, Buffer.from([0xa5, 0, 0, 0]), Buffer.from(ERROR)]),
      [1, 2],
    ],
  ])('%s gives the sentence of the server, in pieces of any size', (_, bytes, times) => {
    for (const size of [1, 2, 3, 5, 7, 16, 64, 4096]) {
      const found = outcome(bytes, size);
      expect(found.error).toBeInstanceOf(DapError);
      expect(found.error).toMatchObject({ code: 500, message: SENTENCE });
      expect(found.times).toEqual(times);
    }
  });

  it('is no row, be it where the end of one was to come', () => {
    for (let cut = 1; cut < 16; cut++) {
      const bytes = Buffer.concat([
        Buffer.from(HEAD),
        ...rows,
        row(3, 22).subarray(0, cut),
        Buffer.from(ERROR),
      ]);
      const found = outcome(bytes, bytes.length);
      expect(found.error, `cut at ${cut}`).toMatchObject({ message: SENTENCE });
      expect(found.times).toEqual([1, 2]);
    }
  });

  it('ends an array that is not whole, and a header', () => {
    const array = Buffer.from('Dataset { Float64 a[a = 1000]; } d;\nData:\n');
    const lengths = Buffer.from([0, 0, 3, 0xe8, 0, 0, 3, 0xe8]);
    const whole = Buffer.concat([array, lengths, Buffer.alloc(400), Buffer.from(ERROR)]);
    expect(() => decodeAll(whole)).toThrow(SENTENCE);
    expect(() => decodeAll(Buffer.from(`Dataset {\n    Float64 a;\n${ERROR}`))).toThrow(SENTENCE);
    expect(() => decodeAll(Buffer.from(`\n${ERROR}`))).toThrow(SENTENCE);
  });

  it('is reported as soon as it is whole, while the connection stays open', () => {
    const decoder = new Decoder();
    decoder.push(Buffer.from(HEAD + ERROR.slice(0, 30)));
    expect(decoder.failure).toBeUndefined();
    expect(() => decoder.push(Buffer.from(ERROR.slice(30)))).toThrow(SENTENCE);
  });

  it('may be in ISO-8859-1', () => {
    const bytes = Buffer.concat([Buffer.from(HEAD), Buffer.from(ERROR.replace('bus', 'Fühler'), 'latin1')]);
    expect(() => decodeAll(bytes)).toThrow('Sensor "Fühler 1"');
  });
});

describe('damaged data', () => {
  const damaged = (...more: readonly (string | Uint8Array)[]): Uint8Array =>
    Buffer.concat([Buffer.from(TEXTS), ...more.map(piece => Buffer.from(piece as string))]);

  it.each([
    [
      'a text that tells of an Error object, and garbage',
      damaged(textRow(1, ERROR), Buffer.from([1, 2, 3, 4])),
    ],
    ['an Error object that is cut off', damaged(textRow(1, 'a'), ERROR.slice(0, 40))],
    ['the beginning of another word', damaged(textRow(1, 'a'), 'Erroneous')],
    ['an Error object without end', damaged(textRow(1, 'a'), `Error { message = "${'x'.repeat(100_000)}`)],
  ])('%s is still damaged', (_, bytes) => {
    for (const size of [5, 64, 1_000_000]) {
      const { times, error } = outcome(bytes, size);
      expect(error).toBeInstanceOf(DecodeError);
      expect(error).toMatchObject({ message: expect.stringMatching(/start-of-row/) });
      expect(times).toEqual([1]);
    }
  });

  it('is a web page as soon as it begins, and not waited for to its end', () => {
    const page = `\r\n<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>${' '.repeat(100)}`;
    expect(() => new Decoder().push(Buffer.from(page))).toThrow(/expected a DDS and a line "Data:", found "/);
  });
});
