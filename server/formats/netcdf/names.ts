// Makes names that netCDF accepts, each once, of any names.

/** The most bytes of a name in netCDF (NC_MAX_NAME). */
const LONGEST_NAME = 256;

const utf8 = new TextEncoder();

/** Gives each name once. */
export class NcNames {
  readonly #taken: Set<string>;

  /** @param taken names that are given already */
  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** The name if netCDF accepts it and it is free, else one like it. */
  take(wanted: string): string {
    const name = accepted(wanted);
    let free = name;
    for (let number = 2; this.#taken.has(free); number += 1) {
      const end = `_${number}`;
      free = `${cut(name, LONGEST_NAME - end.length)}${end}`;
    }
    this.#taken.add(free);
    return free;
  }
}

/** NetCDF allows UTF-8 in Unicode's form NFC, without slashes, control characters, blanks at the end, and signs at the beginning. */
function accepted(wanted: string): string {
  const name = cut(
    wanted
      .normalize('NFC')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
      .replace(/[\u0000-\u001f\u007f/]/g, '_'),
    LONGEST_NAME,
  ).replace(/ +$/, ends => '_'.repeat(ends.length));
  return /^[A-Za-z0-9_\u0080-\u{10ffff}]/u.test(name) ? name : cut(`_${name}`, LONGEST_NAME);
}

function cut(name: string, bytes: number): string {
  if (utf8.encode(name).length <= bytes) return name;
  let kept = '';
  let length = 0;
  for (const character of name) {
    length += utf8.encode(character).length;
    if (length > bytes) break;
    kept += character;
  }
  return kept;
}
