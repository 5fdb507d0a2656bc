// Parses the query of a URL as a constraint expression (DAP2 draft, section 4.1).

import { decodeName } from '../../model/names.ts';
import { decodeQuery } from './decode.ts';
import {
  type Call,
  type Comparison,
  type Constraint,
  ENDLESS_STOP,
  type Name,
  type Node,
  type Operand,
  type Projection,
  type RowRange,
  type Selection,
  type Step,
  type ValueList,
} from './expression.ts';
import { ExpressionScanner } from './expression-scanner.ts';
import { rememberSource } from './source.ts';
import { looksLikeTime, secondsOf } from './time.ts';

/** Levels of functions inside functions. */
const MAX_DEPTH = 8;
/** Requested variables and functions. */
const MAX_PROJECTIONS = 1024;
/** Clauses that each row must meet. */
const MAX_SELECTIONS = 64;
/** Values in one list, arguments of one function. */
const MAX_VALUES = 256;
/** Indices after one name. Real DAP2 arrays have fewer dimensions, although netCDF allows 1024. */
const MAX_INDICES = 32;

const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|inf(?:inity)?)$/i;

const OPERATOR = 'an operator (=, !=, <, <=, > or >=)';
const NAME = 'a name';
const VALUE = 'a value';
const NEXT_NAME = '",", "&" before a condition, or the end';
const ROW_NUMBER = 'a row number';

/**
 * Parses the raw query of a URL, without its `?`. Percent-escapes are decoded once (see `decodeQuery`), blanks between tokens are
 * skipped, and an empty text requests everything.
 *
 * An unquoted word in a clause is a number (`1.369e+09`, `NaN`, `-inf`), a time (`now-10minutes`, `2026-11-21`) or else a name. The
 * text has at most 16384 characters, and the number of clauses, values and nested functions is limited. Throws a `ConstraintError`
 * with the position of the error and the expected text.
 */
export function parseConstraint(query: string): Constraint {
  const expression = decodeQuery(query);
  const parser = new Parser(expression);
  const constraint = parser.constraint();
  rememberSource(constraint, expression, parser.positions);
  return constraint;
}

/** A number between the brackets of an index, Infinity for `*`. */
interface IndexPart {
  readonly at: number;
  readonly value: number;
}

class Parser {
  readonly positions = new Map<Node, number>();
  readonly #scan: ExpressionScanner;

  constructor(text: string) {
    this.#scan = new ExpressionScanner(text);
  }

  constraint(): Constraint {
    const scan = this.#scan;
    const none = scan.ended || scan.next === '&';
    const projections = none ? [] : this.#several(MAX_PROJECTIONS, 'names', () => this.#projection());
    const selections: Selection[] = [];
    while (scan.accept('&')) {
      // A single `&` requests everything, as an empty text does.
      if (none && selections.length === 0 && scan.ended) break;
      if (selections.length === MAX_SELECTIONS) scan.fail(`at most ${MAX_SELECTIONS} clauses`);
      selections.push(this.#selection());
    }
    if (!scan.ended) scan.fail(selections.length > 0 ? '"&" or the end' : NEXT_NAME);
    return { projections, selections };
  }

  #projection(): Projection {
    const at = this.#scan.at;
    const name = this.#indexedName(NAME);
    return this.#scan.next === '(' ? this.#call(name, at, 1) : this.#mark(at, name);
  }

  #selection(): Selection {
    const scan = this.#scan;
    const at = scan.at;
    const left = this.#operand();
    const operator = scan.operator();
    if (operator === undefined) return left.kind === 'call' ? left : scan.fail(OPERATOR);
    const right = scan.next === '{' ? this.#valueList() : this.#operand();
    const comparison: Comparison = { kind: 'comparison', left, operator, right };
    return this.#mark(at, comparison);
  }

  #valueList(): ValueList {
    const at = this.#scan.at;
    this.#scan.expect('{');
    const values = this.#several(MAX_VALUES, 'values', () => this.#operand());
    this.#scan.expect('}', '"," or "}"');
    return this.#mark(at, { kind: 'list', values });
  }

  /** A value of a comparison, or the argument of a function (`depth` above 0), in which a name may have indices. */
  #operand(depth = 0): Operand {
    const scan = this.#scan;
    const at = scan.at;
    if (scan.next === '"') return this.#mark(at, { kind: 'text', value: scan.quotedText() });
    const word = scan.peekWord();
    if (NUMBER.test(word)) {
      scan.skip(word);
      return this.#mark(at, { kind: 'number', value: toNumber(word) });
    }
    if (looksLikeTime(word)) {
      secondsOf(word, 0, (offset, expected) => scan.fail(expected, at + offset));
      scan.skip(word);
      return this.#mark(at, { kind: 'time', text: word });
    }
    const name = depth > 0 ? this.#indexedName(VALUE) : this.#plainName(VALUE);
    return scan.next === '(' ? this.#call(name, at, depth + 1) : this.#mark(at, name);
  }

  #call(callee: Name, at: number, depth: number): Call {
    const scan = this.#scan;
    const [step, ...others] = callee.steps;
    if (others.length > 0 || step!.indices.length > 0) scan.fail('the name of a function before "("', at);
    if (depth > MAX_DEPTH) scan.fail(`functions nested at most ${MAX_DEPTH} deep`);
    scan.expect('(');
    const args = scan.next === ')' ? [] : this.#several(MAX_VALUES, 'arguments', () => this.#operand(depth));
    scan.expect(')', '"," or ")"');
    return this.#mark(at, { kind: 'call', name: step!.name, args });
  }

  #plainName(expected: string): Name {
    const name = this.#dotted(expected, () => []);
    if (this.#scan.next === '[')
      this.#scan.fail('no index in a comparison: a row range belongs to a requested variable');
    return name;
  }

  #indexedName(expected: string): Name {
    return this.#dotted(expected, () => {
      const indices: RowRange[] = [];
      while (this.#scan.next === '[') {
        if (indices.length === MAX_INDICES) this.#scan.fail(`at most ${MAX_INDICES} indices`);
        indices.push(this.#index());
      }
      return indices;
    });
  }

  /** Names may have escapes of their own, as in a DDS. `expected` describes the text that may begin here, for the error. */
  #dotted(expected: string, indices: () => readonly RowRange[]): Name {
    const steps: Step[] = [];
    do {
      const name = this.#scan.name() ?? this.#scan.fail(steps.length === 0 ? expected : NAME);
      steps.push({ name: decodeName(name), indices: indices() });
    } while (this.#scan.accept('.'));
    return { kind: 'name', steps };
  }

  /** `[n]`, `[n:m]`, `[n:stride:m]`; a `*` in the last place is an open end, a single `*` every row. */
  #index(): RowRange {
    const scan = this.#scan;
    const at = scan.at;
    scan.expect('[');
    const parts = this.#indexParts();
    const end = parts.length < 3 && parts.at(-1)!.value !== Number.POSITIVE_INFINITY ? '":" or "]"' : '"]"';
    if (!scan.accept(']')) scan.failAtPart(end);
    return this.#mark(at, this.#rowRange(parts));
  }

  #indexParts(): IndexPart[] {
    const scan = this.#scan;
    const parts: IndexPart[] = [];
    do {
      const at = scan.at;
      if (scan.accept('*')) return [...parts, { at, value: Number.POSITIVE_INFINITY }];
      const digits = scan.peekPart();
      if (!/^\d+$/.test(digits)) scan.failAtPart(ROW_NUMBER);
      scan.skip(digits);
      const value = Number(digits);
      parts.push({ at, value: value > Number.MAX_SAFE_INTEGER ? ENDLESS_STOP : value });
    } while (parts.length < 3 && scan.accept(':'));
    return parts;
  }

  #rowRange(parts: readonly IndexPart[]): RowRange {
    const scan = this.#scan;
    const [first, second, third] = parts;
    const stop = third ?? second ?? first!;
    if (parts.length === 1 && stop.value === Number.POSITIVE_INFINITY) {
      return { start: 0, stride: 1, stop: stop.value };
    }
    const { value: start } = first!;
    const stride = third === undefined ? 1 : second!.value;
    if (start > Number.MAX_SAFE_INTEGER) {
      scan.failAtPart(`a first row up to ${Number.MAX_SAFE_INTEGER}`, first!.at);
    }
    if (stride < 1 || stride > Number.MAX_SAFE_INTEGER) {
      scan.failAtPart(`a stride from 1 to ${Number.MAX_SAFE_INTEGER}`, second!.at);
    }
    if (stop.value < start) scan.failAtPart(`a stop of ${start} or more`, stop.at);
    return { start, stride, stop: stop.value };
  }

  /** One or more of `item`, separated by commas. */
  #several<T>(limit: number, what: string, item: () => T): T[] {
    const items: T[] = [];
    do {
      if (items.length === limit) this.#scan.fail(`at most ${limit} ${what}`);
      items.push(item());
    } while (this.#scan.accept(','));
    return items;
  }

  #mark<T extends Node>(at: number, node: T): T {
    this.positions.set(node, at);
    return node;
  }
}

/** The number that `word` spells; `Number` does not know `inf`. */
function toNumber(word: string): number {
  if (!/inf|nan/i.test(word)) return Number(word);
  if (/nan/i.test(word)) return Number.NaN;
  return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
