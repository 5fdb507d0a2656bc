// The decoder of data responses: damaged bytes give an error of their own class, wherever they are cut into pieces.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DapError, DecodeError, decodeAll } from '../../../dap/index.ts';
import { corpusDir, corpusNames } from '../../corpus.ts';
import { inPieces } from '../../dap/decode/pieces.ts';
import type { Target } from '../target.ts';

const LARGEST_SEED = 20_000;

type Read = { readonly decoded: unknown } | { readonly error: Error };

function attempt(read: () => unknown): Read {
  try {
    return { decoded: read() };
  } catch (error) {
    if (error instanceof DecodeError || error instanceof DapError) return { error };
    throw error;
  }
}

export const responses: Target = {
  name: 'responses',
  seeds: () =>
    corpusNames()
      .map(name => readFileSync(join(corpusDir, 'testdata3', `${name}.dods`)))
      .filter(({ length }) => length < LARGEST_SEED),
  run(bytes) {
    const whole = attempt(() => decodeAll(bytes));
    const size = 1 + ((bytes[bytes.length >> 1] ?? 0) % 50);
    const pieces = attempt(() => inPieces(bytes, () => size));
    if ('decoded' in whole !== 'decoded' in pieces)
      throw new Error(`expected the same in pieces of ${size} bytes`, { cause: [whole, pieces] });
  },
};
