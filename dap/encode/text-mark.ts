// Writes a constant text, such as a separator, into bytes: a word of four bytes at a time.

/** A text as words to write; what follows overwrites the bytes of the last word that are not of the text. */
export interface Mark {
  readonly first: number;
  /** The words after the first one. */
  readonly rest: readonly number[];
  readonly length: number;
}

const encoder = new TextEncoder();

export function markOf(text: string): Mark {
  const bytes = encoder.encode(text);
  const [first = 0, ...rest] = Array.from({ length: Math.ceil(bytes.length / 4) }, (_, word) =>
    [0, 1, 2, 3].reduce((sum, byte) => (sum << 8) | (bytes[4 * word + byte] ?? 0), 0),
  );
  return { first, rest, length: bytes.length };
}

/** The bytes that writing the mark touches. */
export function paddedLength({ length }: Mark): number {
  return 4 * Math.ceil(length / 4);
}

/** Writes the mark at `at`, where `paddedLength` bytes are free, at least four; returns the offset after it. */
export function putMark(view: DataView, at: number, { first, rest, length }: Mark): number {
  if (length === 0) return at;
  view.setInt32(at, first);
  for (let word = 0; word < rest.length; word++) view.setInt32(at + 4 + 4 * word, rest[word]!);
  return at + length;
}
