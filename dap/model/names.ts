// Writes and reads the names in DAP2 texts, with escapes for characters that would end them.

const UTF8 = new TextEncoder();

/**
 * A name in a DAP2 text: letters, digits and `_ - + . / *`, which libdap and netCDF read unescaped; any other character as `%` and
 * the hexadecimal digits of its UTF-8 bytes.
 * @throws {RangeError} for an empty name
 */
export function encodeName(name: string): string {
  if (name === '') throw new RangeError('expected a DAP2 name, found an empty one');
  return name.replace(/[^\w\-+./*\p{Surrogate}]/gu, escaped);
}

/** `%` and the hexadecimal digits of each UTF-8 byte of a character. */
export function escaped(character: string): string {
  return Array.from(
    UTF8.encode(character),
    byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}

/** The name that `encodeName` wrote. Escapes that are not UTF-8, and a `%` without two digits, stay unchanged. */
export function decodeName(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, escapes => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
