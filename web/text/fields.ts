// Reads lists, numbers and texts of the server's JSON, whatever type they are of.

/** The longest text that is shown, in characters: the error of a sensor may contain a whole file. */
const LONGEST_TEXT = 300;

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A text on one line, without invisible characters and marks that reorder text; empty for another value. */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  const characters = [
    ...value
      .slice(0, 2 * LONGEST_TEXT)
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim(),
  ];
  const cut = characters.length > LONGEST_TEXT || value.length > 2 * LONGEST_TEXT;
  return cut ? `${characters.slice(0, LONGEST_TEXT).join('')}…` : characters.join('');
}

export function isNotEmpty(text: string): boolean {
  return text !== '';
}
