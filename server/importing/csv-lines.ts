// Reads the lines of a CSV file, also of a compressed one, with their numbers.

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { fileError } from '../pull/file-error.ts';
import type { ImportFile } from './import-files.ts';

export interface CsvLine {
  readonly number: number;
  /** Without the line end. */
  readonly text: string;
  /** False for a last line without a line end: it may be the beginning of a line. */
  readonly isEnded: boolean;
}

/** Characters of the longest line. */
const LONGEST_LINE = 1024 ** 2;

/** The lines of each piece of the file, without those that are blank. @throws one sentence if the file cannot be read */
export async function* csvLines({
  path,
  kind,
}: ImportFile): AsyncGenerator<readonly CsvLine[], void, undefined> {
  let number = 0;
  let rest = '';
  try {
    for await (const piece of textOf(path, kind)) {
      const texts = (rest + piece).split('\n');
      rest = texts.pop() ?? '';
      if (rest.length > LONGEST_LINE) {
        throw new RangeError(`line ${number + texts.length + 1}: expected a row, found no end of the line`);
      }
      const first = number + 1;
      number += texts.length;
      yield texts
        .map((text, index) => ({ number: first + index, text: text.replace(/\r$/, ''), isEnded: true }))
        .filter(({ text }) => text !== '');
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw fileError(path, error);
    throw new Error(
      `${path}: expected a whole compressed file, found a damaged one: ${(error as Error).message}`,
    );
  }
  // A power cut can leave NULs at the end.
  const text = rest.replace(/[\0\r]+$/, '');
  if (text !== '') yield [{ number: number + 1, text, isEnded: false }];
}

async function* textOf(path: string, kind: ImportFile['kind']): AsyncGenerator<string, void, undefined> {
  const bytes = createReadStream(path);
  const plain = kind === 'gzip' ? bytes.pipe(createGunzip()) : bytes;
  // The error of the file does not pass through the pipe.
  bytes.on('error', error => plain.destroy(error));
  const decoder = new TextDecoder();
  for await (const chunk of plain as AsyncIterable<Buffer>) yield decoder.decode(chunk, { stream: true });
}
