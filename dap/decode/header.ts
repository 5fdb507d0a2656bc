// Finds the end of the text at the beginning of a data response.

import { DecodeError } from './error.ts';
import type { Input } from './input.ts';
import type { DecodeLimits } from './limits.ts';
import { decodeText } from './text.ts';

const LINE_FEED = 0x0a;

/** Bytes in which a web page can be told from a DDS. */
const RECOGNISABLE = 64;

/** Finds the line `Data:`, which ends with LF or, from some servers, CRLF, and may have blank lines before it. */
export class HeaderReader {
  readonly #limits: DecodeLimits;
  /** Unread bytes that are known to hold no end of a line. */
  #searched = 0;
  /** Where among the unread bytes the line begins that has no end yet. */
  #lineStart = 0;

  constructor(limits: DecodeLimits) {
    this.#limits = limits;
  }

  /**
   * Reads the header once it is all there: the text above the line `Data:`. Until then undefined, and nothing is read.
   * `isAll`: no more bytes will come, so that the end of the line may be missing.
   */
  read(input: Input, isAll: boolean): string | undefined {
    const bytes = input.peek();
    if (isMarkup(bytes)) {
      throw new DecodeError(input.position, 'a DDS and a line "Data:"', describeText(bytes));
    }
    for (;;) {
      const found = bytes.indexOf(LINE_FEED, this.#searched);
      const lineEnd = found < 0 ? bytes.length : found;
      if (lineEnd > this.#limits.headerBytes) {
        throw new DecodeError(
          input.position,
          `a DDS and a line "Data:" in the first ${this.#limits.headerBytes} bytes`,
          describeText(bytes),
        );
      }
      if (found < 0 && !isAll) {
        this.#searched = lineEnd;
        return undefined;
      }
      if (isDataLine(bytes.subarray(this.#lineStart, lineEnd))) {
        input.take(found < 0 ? lineEnd : lineEnd + 1);
        return decodeText(bytes.subarray(0, this.#lineStart));
      }
      if (found < 0) return undefined;
      this.#searched = this.#lineStart = lineEnd + 1;
    }
  }
}

/** True where the text begins with a tag, as no DDS does: a web page is not waited for to its end. */
function isMarkup(bytes: Uint8Array): boolean {
  return bytes.length >= RECOGNISABLE && /^[\s\u{feff}]*</u.test(decodeText(bytes.subarray(0, RECOGNISABLE)));
}

function isDataLine(line: Uint8Array): boolean {
  return line.length < 64 && decodeText(line).trim() === 'Data:';
}

/** The beginning of what should have been a header, for an error. */
export function describeText(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'nothing';
  const text = decodeText(bytes.subarray(0, 80));
  return JSON.stringify(bytes.length > 80 ? `${text}...` : text);
}
