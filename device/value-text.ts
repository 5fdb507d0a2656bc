// Describes a value of any type in a few words, for error messages.

const LONGEST_TEXT = 60;

/** The value on one line, such as `nothing`, `"21.3"` or `a list of 3`. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST_TEXT));
  if (typeof value === 'function') return 'a function';
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : String(value);
}
