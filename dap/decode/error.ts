// The error for bytes that are no DAP2 data response: where they go wrong, what was expected and what was found.

/** What is found where bytes are missing. */
export const END_OF_RESPONSE = 'the end of the response';

/** A data response that is damaged, cut off, beyond a limit or none at all. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** Where in the response the trouble lies: bytes from its beginning, DDS included. */
  readonly offset: number;
  /** What would have been right there. */
  readonly expected: string;
  readonly found: string;

  constructor(offset: number, expected: string, found: string, options?: ErrorOptions) {
    super(`at byte ${offset}: expected ${expected}, found ${found}`, options);
    this.offset = offset;
    this.expected = expected;
    this.found = found;
  }
}

/** The first bytes, for an error: `00 00 00 07`, with the text beside them where they are text. */
export function describeBytes(bytes: Uint8Array): string {
  const some = bytes.subarray(0, 4);
  const hex = Array.from(some, byte => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
  const isText = some.length > 0 && some.every(byte => byte >= 0x20 && byte < 0x7f);
  return isText ? `${hex} (${JSON.stringify(String.fromCharCode(...some))})` : hex;
}
