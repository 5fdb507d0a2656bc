// Finds the line `Data:` that ends the text at the beginning of a data response.

import { DecodeError } from './error.ts';
import type { Input } from './input.ts';
import type { DecodeLimits } from './limits.ts';
import { decodeText } from './text.ts';

const LINE_FEED = 0x0a;

/** Bytes that suffice to tell a web page from a DDS. */
const RECOGNISABLE = 64;

/** Reads up to the line `Data:`, which ends with LF or, from some servers, CRLF, and may have blank lines before it. */
export class HeaderReader {
  readonly #limits: DecodeLimits;
  /** The unread bytes that have been searched for the end of a line. */
  #searched = 0;
  /** The offset among the unread bytes of the line that has no end yet. */
  #lineStart = 0;

  constructor(limits: DecodeLimits) {
    this.#limits = limits;
  }

  /**
   * The text above the line `Data:`, once all of it has come; before that undefined, and nothing is read. `isAll`: no more bytes
   * come, so that the end of the line may be missing.
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

/** True if the text begins with a tag, as no DDS does: the decoder does not wait for the end of a web page. */
function isMarkup(bytes: Uint8Array): boolean {
  return bytes.length >= RECOGNISABLE && /^[\s\u{feff}]*</u.test(decodeText(bytes.subarray(0, RECOGNISABLE)));
}

function isDataLine(line: Uint8Array): boolean {
  return line.length < 64 && decodeText(line).trim() === 'Data:';
}

/** The beginning of a text that is not a header, for a message. */
export function describeText(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'nothing';
  const text = decodeText(bytes.subarray(0, 80));
  return JSON.stringify(bytes.length > 80 ? `${text}...` : text);
}
