// Reads lists, numbers and texts of the server's JSON, whatever type they are of.

/** The longest text that is shown, in characters: the error of a sensor may contain a whole file. */
const LONGEST_TEXT = 300;

/** The characters that stay of the end of a longer text: that of a mistake says what to do. */
const KEPT_END = 100;

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A text on one line, without invisible characters and marks that reorder text; empty for another value. */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  const isShort = value.length <= 2 * LONGEST_TEXT;
  const begin = visibleCharacters(value.slice(0, 2 * LONGEST_TEXT));
  if (isShort && begin.length <= LONGEST_TEXT) return begin.join('');
  const end = isShort ? begin : visibleCharacters(value.slice(-2 * KEPT_END));
  return `${begin.slice(0, LONGEST_TEXT - KEPT_END).join('')}…${end.slice(-KEPT_END).join('')}`;
}

function visibleCharacters(text: string): string[] {
  return [...text.replace(/[\s\p{C}]+/gu, ' ').trim()];
}

export function isNotEmpty(text: string): boolean {
  return text !== '';
}
