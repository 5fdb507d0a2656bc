// Decodes UTF-8 text, and names the probable encoding of any other text.

import { isUtf8 } from 'node:buffer';

/** The error for bytes that are not UTF-8. */
class EncodingError extends Error {
  /** Such as `UTF-16`. */
  readonly found: string;
  /** The line, from 1; undefined for the whole text. */
  readonly line: number | undefined;

  constructor(found: string, line?: number) {
    const place = line === undefined ? '' : `line ${line}: `;
    const [name] = /UTF-(?:16|32)|Windows-1252/.exec(found) ?? [];
    const hint = found.startsWith('NUL') || name === undefined ? '' : `, or: iconv -f ${name} -t UTF-8 FILE`;
    super(`${place}expected UTF-8, found ${found}; save it as UTF-8${hint}`);
    this.name = 'EncodingError';
    this.found = found;
    this.line = line;
  }
}

/** The encoding by the first bytes of a text; undefined if they fit UTF-8. */
export function wideEncoding(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? 'UTF-32' : 'UTF-16';
  if (first === 0xfe && second === 0xff) return 'UTF-16';
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return 'UTF-32';
  // A Latin letter in UTF-16 has one byte that is 0.
  const isLetter = (byte: number | undefined) => byte !== undefined && byte >= 0x09 && byte < 0x7f;
  if (isLetter(first) && second === 0 && isLetter(third) && fourth === 0)
    return 'UTF-16 without a byte order mark';
  if (first === 0 && isLetter(second) && third === 0 && isLetter(fourth))
    return 'UTF-16 without a byte order mark';
  return undefined;
}

/** `bytes that are no UTF-8, as of Windows-1252 (0xB0, which is "°" there)`. */
export function foreignByte(byte: number): string {
  const meant = new TextDecoder('windows-1252').decode(Uint8Array.of(byte));
  const hex = `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return `another encoding, such as Windows-1252 (the byte ${hex}, "${meant}" there)`;
}

/** The offset of the first byte that is not UTF-8; undefined if there is none. */
export function firstForeign(bytes: Uint8Array): number | undefined {
  if (isUtf8(bytes)) return undefined;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  for (let index = text.indexOf('\ufffd'); index >= 0; index = text.indexOf('\ufffd', index + 1)) {
    const offset = Buffer.byteLength(text.slice(0, index));
    // The text may contain the replacement character itself.
    const isWritten = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!isWritten) return offset;
  }
  return undefined;
}

/**
 * The text of the bytes in pieces, without a byte order mark; every line ends in LF, however it ended in the file.
 * @throws EncodingError
 */
export async function* utf8Text(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let carry: Uint8Array = new Uint8Array();
  let isFirst = true;
  let isAfterReturn = false;
  let line = 1;
  for await (const piece of bytes) {
    const all = carry.length === 0 ? piece : Buffer.concat([carry, piece]);
    const wide = isFirst ? wideEncoding(all) : undefined;
    if (wide !== undefined) throw new EncodingError(wide);
    const end = all.length - cutOffAtEnd(all);
    const whole = decoded(all.subarray(0, end), line, isFirst);
    const text = (isAfterReturn ? whole.replace(/^\n/, '') : whole).replaceAll(/\r\n?/g, '\n');
    if (whole !== '') isAfterReturn = whole.endsWith('\r');
    carry = all.subarray(end);
    line += linesIn(text);
    isFirst = false;
    yield text;
  }
  if (carry.length > 0) throw new EncodingError(foreignByte(carry[0]!), line);
}

function linesIn(text: string): number {
  return text.match(/\r\n?|\n/g)?.length ?? 0;
}

function decoded(bytes: Uint8Array, line: number, isFirst: boolean): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const foreign = firstForeign(bytes);
  if (foreign !== undefined) {
    const before = new TextDecoder().decode(bytes.subarray(0, foreign));
    throw new EncodingError(foreignByte(bytes[foreign]!), line + linesIn(before));
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const found = 'NUL bytes, as in UTF-16 or where a file was not written to its end';
    throw new EncodingError(found, line + linesIn(text.slice(0, nul)));
  }
  return isFirst ? text.replace(/^\ufeff/, '') : text;
}

/** How many bytes at the end belong to an incomplete character. */
function cutOffAtEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}
