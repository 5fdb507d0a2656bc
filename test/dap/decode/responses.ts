// Makes data responses from text and hexadecimal, and the error that their decoding ends with.

import { expect } from 'vitest';
import type { DecodeLimits } from '../../../dap/decode/index.ts';
import { Decoder } from '../../../dap/decode/index.ts';

/** Bytes from text and from hexadecimal, `response('Dataset {...', '5A 00 00 00')`. */
export function response(header: string, hex = ''): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from(header), Buffer.from(hex.replace(/\s+/g, ''), 'hex')]));
}

export function dods(declarations: string, hex = ''): Uint8Array {
  return response(`Dataset {\n${declarations}\n} d;\nData:\n`, hex);
}

/** The error of decoding all bytes at once, which has to be the error of decoding them one by one. */
export function failure(bytes: Uint8Array, limits?: Partial<DecodeLimits>): Error {
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
export function withOffset(message: string, bytes: Uint8Array): string {
  const start = Buffer.from(bytes).indexOf('\nData:\n') + '\nData:\n'.length;
  return message.replace(/D\+(\d+)/, (_, offset) => String(start + Number(offset)));
}
