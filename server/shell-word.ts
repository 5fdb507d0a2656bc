// Quotes a word for a command line that the program prints for a person to copy.

/** `text` as one word of a POSIX shell. */
export function shellWord(text: string): string {
  const seen = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '');
  return /^[\w:/.%@+,-]+$/.test(seen) ? seen : `'${seen.replaceAll("'", String.raw`'\''`)}'`;
}
