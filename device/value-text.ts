// What stands there in the place of what was expected, in words for a person?

const LONGEST_FOUND = 60;

/** A value of any type on one line: `nothing`, `"21.3"`, `a list of 3`. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST_FOUND));
  if (typeof value === 'function') return 'a function';
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : String(value);
}
