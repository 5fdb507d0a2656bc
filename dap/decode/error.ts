// Declares the error for bytes that are not a DAP2 data response: the offset, the expected and the found bytes.

/** The text of `found` if bytes are missing. */
export const END_OF_RESPONSE = 'the end of the response';

/** A data response that is damaged, cut off or beyond a limit, or a body that is not a data response. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** The offset of the error, in bytes from the beginning of the response with its DDS. */
  readonly offset: number;
  readonly expected: string;
  readonly found: string;

  constructor(offset: number, expected: string, found: string, options?: ErrorOptions) {
    super(`at byte ${offset}: expected ${expected}, found ${found}`, options);
    this.offset = offset;
    this.expected = expected;
    this.found = found;
  }
}

/** The first four bytes for a message: `00 00 00 07`, and their characters if they are text. */
export function describeBytes(bytes: Uint8Array): string {
  const some = bytes.subarray(0, 4);
  const hex = Array.from(some, byte => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
  const isText = some.length > 0 && some.every(byte => byte >= 0x20 && byte < 0x7f);
  return isText ? `${hex} (${JSON.stringify(String.fromCharCode(...some))})` : hex;
}
