// Decodes the bytes of a configuration, which must be UTF-8 without control characters.

import { firstForeign, foreignByte, wideEncoding } from '../../../device/index.ts';
import type { Problem } from './problem.ts';

/** In bytes. A configuration has some kilobytes. */
export const LARGEST_TEXT = 256 * 1024;

/** A position in the text; both from 1, the column in UTF-16 code units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** The text of the bytes, or the problem of bytes that are not UTF-8 text. */
export function decodeText(
  source: string,
  content: string | Uint8Array,
): { text: string } | { problem: Problem } {
  const refused = (expected: string, found: string, place: Partial<TextPosition> = {}, hint?: string) => ({
    problem: { source, ...place, path: '', expected, found, ...(hint === undefined ? {} : { hint }) },
  });
  if (content.length > LARGEST_TEXT) {
    return refused(`a file of at most ${LARGEST_TEXT} bytes`, 'more');
  }
  const wide = typeof content === 'string' ? undefined : wideEncoding(content);
  if (wide !== undefined) return refused('UTF-8', wide, {}, SAVE);
  const decoded = typeof content === 'string' ? content : new TextDecoder('utf-8').decode(content);
  // The YAML library does not end a line at a CR alone.
  const text = decoded.replaceAll(/\r(?!\n)/g, '\n');
  const foreign = typeof content === 'string' ? undefined : firstForeign(content);
  const control = text.search(CONTROL);
  const at = (offset: number): TextPosition => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length, column: before.at(-1)!.length + 1 };
  };
  if (foreign !== undefined) {
    const bytes = content as Uint8Array;
    const before = new TextDecoder('utf-8').decode(bytes.subarray(0, foreign));
    return refused('UTF-8', foreignByte(bytes[foreign]!), at(before.length), SAVE);
  }
  if (control >= 0) {
    const code = text.charCodeAt(control).toString(16).padStart(4, '0');
    return refused(
      'text without control characters',
      `the control character U+${code.toUpperCase()}`,
      at(control),
    );
  }
  return { text };
}

/** Control characters, but for those that end or fill lines. */
const CONTROL = /[^\P{Cc}\t\n\r\u0085]/u;

const SAVE = 'save the file as UTF-8';
