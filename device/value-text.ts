// Describes a value of any type in a few words, for error messages.

const LONGEST_TEXT = 60;

/** The value on one line, such as `nothing`, `"21.3"`, `["i2c","spi"]` or `a list of 300`. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST_TEXT));
  if (typeof value === 'function') return 'a function';
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return listText(value);
  return typeof value === 'object' ? 'an object' : String(value);
}

/** The list itself if it is short and holds only texts and numbers, else its length. */
function listText(list: readonly unknown[]): string {
  const isPlain = list.length > 0 && list.every(entry => ['string', 'number'].includes(typeof entry));
  const text = isPlain ? JSON.stringify(list) : '';
  return text !== '' && text.length <= LONGEST_TEXT ? text : `a list of ${list.length}`;
}
