// Quotes a word for a command line that a person copies, such as the address of a `curl` command.

/** Characters without a special meaning in any POSIX shell. */
const PLAIN = /^[\w:/.%@+,-]+$/;

/** Control characters, line and paragraph separators, and the marks that reorder or hide text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** `text` as one word of a POSIX shell, without invisible characters. */
export function shellWord(text: string): string {
  const seen = text.replace(UNSEEN, '');
  return PLAIN.test(seen) ? seen : `'${seen.replaceAll("'", String.raw`'\''`)}'`;
}
