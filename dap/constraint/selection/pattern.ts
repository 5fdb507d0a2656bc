// How a regular expression of a constraint is read: the part of the syntax that POSIX, ECMAScript and Java share.

/** Characters of a pattern. */
export const MAX_PATTERN = 256;
/** The highest count in `{n,m}`; POSIX RE_DUP_MAX. */
const MAX_REPEAT = 255;

const LAST_CODE_POINT = 0x10ffff;

/** A regular expression that cannot be used; `position` is the character of the pattern, in UTF-16 units from 0. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly position: number;
  readonly expected: string;

  constructor(position: number, expected: string) {
    super(`regular expression, at character ${position}: expected ${expected}`);
    this.position = position;
    this.expected = expected;
  }
}

/** Code points in ascending ranges, both ends included. */
export type CharacterSet = readonly (readonly [from: number, to: number])[];

export type PatternTree =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'repeat'; readonly part: PatternTree; readonly min: number; readonly max: number };

/** Sets by ASCII characters, each range as its two ends. */
const setOf = (ends: string): CharacterSet =>
  union(
    Array.from({ length: ends.length / 2 }, (_, index) => [
      ends.charCodeAt(2 * index),
      ends.charCodeAt(2 * index + 1),
    ]),
  );

const SPACE = setOf('\t\r  ');
const WORD = setOf('09AZ__az');
const DIGIT = setOf('09');
/** `.` does not match the end of a line, as in ECMAScript. */
const ANY = complement(setOf('\n\n\r\r\u2028\u2029'));

const ESCAPED_SETS: Readonly<Record<string, CharacterSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};

const ESCAPED_CHARACTERS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' };

/** The POSIX names inside brackets, `[[:alpha:]]`. */
const NAMED_SETS: Readonly<Record<string, CharacterSet>> = {
  alpha: setOf('AZaz'),
  digit: DIGIT,
  alnum: setOf('09AZaz'),
  upper: setOf('AZ'),
  lower: setOf('az'),
  space: SPACE,
  blank: setOf('\t\t  '),
  punct: setOf('!/:@[`{~'),
  xdigit: setOf('09AFaf'),
};

/**
 * Reads characters, `.`, `[...]` with ranges, `\d \w \s` and POSIX classes, `^ $`, groups, `|`, `* + ? {n,m}`. A lazy
 * quantifier is read as a greedy one: whether a text matches is the same. Throws a `PatternError` for back references,
 * look-around and word boundaries, which no automaton can do or which dialects read differently.
 */
export function parsePattern(pattern: string): PatternTree {
  if (pattern.length > MAX_PATTERN) {
    throw new PatternError(MAX_PATTERN, `at most ${MAX_PATTERN} characters`);
  }
  return new PatternParser(pattern).whole();
}

class PatternParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): PatternTree {
    const tree = this.#choice();
    if (this.#at < this.#text.length) this.#fail('no ")" without "("');
    return tree;
  }

  #choice(): PatternTree {
    const parts = [this.#sequence()];
    while (this.#accept('|')) parts.push(this.#sequence());
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(): PatternTree {
    const parts: PatternTree[] = [];
    while (this.#at < this.#text.length && !this.#comes('|', ')')) parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): PatternTree {
    const part = this.#atom();
    const times = this.#quantifier();
    if (times === undefined) return part;
    if (part.kind === 'start' || part.kind === 'end') this.#fail('something to repeat');
    this.#accept('?');
    if (this.#comes('*', '+', '?', '{')) this.#fail('one quantifier');
    return { kind: 'repeat', part, ...times };
  }

  #quantifier(): { min: number; max: number } | undefined {
    if (this.#accept('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#accept('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#accept('?')) return { min: 0, max: 1 };
    const counts = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(this.#text.slice(this.#at));
    if (counts === null) return undefined;
    const min = Number(counts[1]);
    const max = counts[2] === undefined ? min : Number(counts[3] ?? Number.POSITIVE_INFINITY);
    if (max < min) this.#fail('the smaller count first');
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max < Number.POSITIVE_INFINITY)) {
      this.#fail(`counts up to ${MAX_REPEAT}`);
    }
    this.#at += counts[0].length;
    return { min, max };
  }

  #atom(): PatternTree {
    if (this.#accept('(')) return this.#group();
    if (this.#accept('[')) return { kind: 'set', set: this.#brackets() };
    if (this.#accept('.')) return { kind: 'set', set: ANY };
    if (this.#accept('^')) return { kind: 'start' };
    if (this.#accept('$')) return { kind: 'end' };
    if (this.#comes('*', '+', '?')) this.#fail('something to repeat');
    if (this.#comes('{')) this.#fail('something to repeat with counts ("{2}", "{1,3}"), or "\\{"');
    return { kind: 'set', set: this.#character() };
  }

  #group(): PatternTree {
    if (this.#accept('?') && !this.#accept(':')) this.#fail('"(?:" (there is no look-around)');
    const tree = this.#choice();
    if (!this.#accept(')')) this.#fail('")"');
    return tree;
  }

  #brackets(): CharacterSet {
    const negated = this.#accept('^');
    const ranges: (readonly [number, number])[] = [];
    // A bracket that closes at once is a character of the set, as in POSIX.
    do {
      const named = /^\[:(\w*):\]/.exec(this.#text.slice(this.#at));
      if (named !== null) {
        const set =
          NAMED_SETS[named[1]!] ?? this.#fail(`one of [:${Object.keys(NAMED_SETS).join(':], [:')}:]`);
        this.#at += named[0].length;
        ranges.push(...set);
      } else ranges.push(...this.#bracketRange());
    } while (this.#at < this.#text.length && !this.#comes(']'));
    if (!this.#accept(']')) this.#fail('"]"');
    return negated ? complement(union(ranges)) : union(ranges);
  }

  #bracketRange(): CharacterSet {
    const from = this.#character();
    const dash = this.#comes('-') && this.#at + 1 < this.#text.length && this.#text[this.#at + 1] !== ']';
    if (!dash) return from;
    this.#accept('-');
    const at = this.#at;
    const to = this.#character();
    const [low, high] = [only(from), only(to)];
    if (low === undefined || high === undefined || high < low) this.#fail('a range in ascending order', at);
    return [[low!, high!]];
  }

  /** One character, or what a backslash and a letter stand for. */
  #character(): CharacterSet {
    const at = this.#at;
    if (at >= this.#text.length) this.#fail('a character');
    const escaped = this.#accept('\\');
    if (escaped && this.#at >= this.#text.length) this.#fail('a character after "\\"');
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
    this.#at += char.length;
    const set = escaped ? ESCAPED_SETS[char] : undefined;
    if (set !== undefined) return set;
    const plain = escaped ? ESCAPED_CHARACTERS[char] : undefined;
    if (escaped && plain === undefined && /[\p{L}\p{N}]/u.test(char)) {
      this.#fail('one of \\d \\D \\w \\W \\s \\S \\t \\n \\r, or a mark after "\\"', at);
    }
    const code = (plain ?? char).codePointAt(0)!;
    return [[code, code]];
  }

  #comes(...chars: string[]): boolean {
    return chars.some(char => this.#text[this.#at] === char);
  }

  #accept(char: string): boolean {
    if (!this.#comes(char)) return false;
    this.#at++;
    return true;
  }

  #fail(expected: string, at = this.#at): never {
    throw new PatternError(at, expected);
  }
}

function only(set: CharacterSet): number | undefined {
  return set.length === 1 && set[0]![0] === set[0]![1] ? set[0]![0] : undefined;
}

function union(ranges: readonly (readonly number[])[]): CharacterSet {
  const merged: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0]! - b[0]!)) {
    const last = merged.at(-1);
    if (last !== undefined && from! <= last[1] + 1) last[1] = Math.max(last[1], to!);
    else merged.push([from!, to!]);
  }
  return merged;
}

function complement(set: CharacterSet): CharacterSet {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST_CODE_POINT) gaps.push([next, LAST_CODE_POINT]);
  return gaps;
}
