// Scans the words, marks, strings and names that DDS, DAS and Error objects share.

import { decodeName } from './names.ts';
import { TextLines } from './text-lines.ts';
import { ATOMIC_TYPES, type AtomicType } from './variable.ts';

/** The most levels of braces in a text, so that no text can exhaust the stack. */
export const MAX_DEPTH = 100;

const BLANK = /\s*/y;
const BLANKS = /[ \t]*/y;
const COMMENT = /#[^\r\n]*/y;
const WORD = /[^\s{}[\];=,]+/y;
const BARE_VALUE = /[^,;{}\r\n]+/y;
const MARK = /[{}[\];=,]/y;
const QUOTE_OR_BACKSLASH = /["\\]/g;
const AFTER_A_FIELD = /\s*(?:[;}]|$)/y;
const LONGEST_QUOTATION = 40;

/** A text that is not a valid DDS, DAS or Error object. Lines and columns count from 1, columns in UTF-16 units. */
export class DapSyntaxError extends Error {
  override readonly name = 'DapSyntaxError';
  readonly line: number;
  readonly column: number;
  /** The expected text, literal text in quotes. */
  readonly expected: string;
  /** The found token in quotes, or `the end of the text`. */
  readonly found: string;

  constructor(subject: string, line: number, column: number, expected: string, found: string) {
    super(`${subject}, line ${line}, column ${column}: expected ${expected}, found ${found}`);
    this.line = line;
    this.column = column;
    this.expected = expected;
    this.found = found;
  }
}

export interface ScanLimits {
  /** Levels of braces; at most `MAX_DEPTH`. */
  readonly nesting: number;
  /** Characters of a name with its percent-escapes. */
  readonly nameLength: number;
}

const SCAN_LIMITS: ScanLimits = { nesting: MAX_DEPTH, nameLength: Number.POSITIVE_INFINITY };

/**
 * Reads a text once, in time linear in its length. Blanks before a token are skipped; a comment (`#` to the end of the line) only
 * before a statement, because names and values may begin with `#` as well.
 */
export class TextScanner {
  readonly #subject: string;
  readonly #text: string;
  readonly #lines: TextLines;
  readonly #limits: ScanLimits;
  #at = 0;
  #depth = 0;

  /** `subject` names the kind of text in errors: `DDS`. */
  constructor(subject: string, text: string, limits: Partial<ScanLimits> = {}) {
    this.#subject = subject;
    this.#text = text;
    this.#lines = new TextLines(text);
    this.#limits = { ...SCAN_LIMITS, ...limits };
  }

  /** The offset at which the next token begins. */
  get position(): number {
    this.#take(BLANK);
    return this.#at;
  }

  /** True if `mark` comes next; it is not consumed. */
  isAt(mark: string): boolean {
    return this.#text.startsWith(mark, this.position);
  }

  /** Consumes `mark` if it comes next. */
  accept(mark: string): boolean {
    const found = this.isAt(mark);
    if (found) this.#at += mark.length;
    return found;
  }

  expect(mark: string): void {
    if (!this.accept(mark)) throw this.error(`"${mark}"`);
  }

  /** Consumes `keyword`, in any case, if it comes next. */
  acceptKeyword(keyword: string): boolean {
    this.#skipComments();
    const end = this.#at + keyword.length;
    const found = this.#text.slice(this.#at, end).toLowerCase() === keyword.toLowerCase();
    if (!found || /\w/.test(this.#text.charAt(end))) return false;
    this.#at = end;
    return true;
  }

  expectKeyword(keyword: string): void {
    if (!this.acceptKeyword(keyword)) throw this.error(`"${keyword}"`);
  }

  /** Goes one level of braces down. */
  open(): void {
    const { nesting } = this.#limits;
    if (this.isAt('{') && this.#depth >= Math.min(nesting, MAX_DEPTH)) {
      throw this.error(`at most ${Math.min(nesting, MAX_DEPTH)} levels of braces`);
    }
    this.expect('{');
    this.#depth += 1;
  }

  /** Goes one level of braces up, if its end comes next in place of a statement. */
  close(): boolean {
    this.#skipComments();
    const closed = this.accept('}');
    if (closed) this.#depth -= 1;
    return closed;
  }

  /** True if only blanks and comments are left. */
  isAtEnd(): boolean {
    this.#skipComments();
    return this.#at === this.#text.length;
  }

  expectEnd(): void {
    if (!this.isAtEnd()) throw this.error('the end of the text');
  }

  /** The characters up to the next blank or mark, unchanged; `expected` describes them in an error. */
  word(expected: string): string {
    const start = this.position;
    return this.#take(WORD) || this.#fail(expected, start);
  }

  /** A word that is a name, with decoded percent-escapes. */
  name(expected: string): string {
    const start = this.position;
    const word = this.word(expected);
    const { nameLength } = this.#limits;
    if (word.length > nameLength) throw this.error(`a name of at most ${nameLength} characters`, start);
    return decodeName(word);
  }

  /** The characters up to the next comma, semicolon, brace or line end: a value without quotes. */
  bareValue(): string {
    const start = this.position;
    return this.#take(BARE_VALUE).trimEnd() || this.#fail('a value', start);
  }

  /**
   * The text between two quotes, in which `\"` and `\\` are a quote and a backslash; any other backslash stands for itself. With
   * `quotesInside`, a quote ends the string only where a field of an Error object can end: some servers do not escape the quotes in
   * their messages.
   */
  string(options: { readonly quotesInside?: boolean } = {}): string {
    const start = this.position;
    const parts: string[] = [];
    let from = start + 1;
    QUOTE_OR_BACKSLASH.lastIndex = from;
    for (;;) {
      const found = QUOTE_OR_BACKSLASH.exec(this.#text);
      if (found === null) throw this.error('a string with its closing quote', start);
      const end = found.index;
      if (found[0] === '\\') {
        const escaped = this.#text.charAt(end + 1);
        if (escaped === '"' || escaped === '\\') {
          parts.push(this.#text.slice(from, end));
          from = end + 1;
        }
        QUOTE_OR_BACKSLASH.lastIndex = end + 2;
        continue;
      }
      AFTER_A_FIELD.lastIndex = end + 1;
      if (options.quotesInside === true && !AFTER_A_FIELD.test(this.#text)) continue;
      parts.push(this.#text.slice(from, end));
      this.#at = end + 1;
      return parts.join('');
    }
  }

  /** The error for a wrong text at the offset `at`, by default at the next token; `expected` describes the right text. */
  error(expected: string, at = this.position): DapSyntaxError {
    const { line, start } = this.#lines.at(at);
    return new DapSyntaxError(this.#subject, line, at - start + 1, expected, this.#tokenAt(at));
  }

  /** Continues at the end of the line of `at`, with `depth` levels of open braces. */
  skipLine(at: number, depth: number): void {
    this.#at = this.#lines.endOf(at);
    this.#depth = depth;
  }

  /** Continues at the offset `at`. */
  goTo(at: number): void {
    this.#at = at;
  }

  /** The levels of open braces. */
  get depth(): number {
    return this.#depth;
  }

  /** True if the sticky `pattern` matches at the offset `at`. */
  matches(pattern: RegExp, at: number): boolean {
    pattern.lastIndex = at;
    return pattern.test(this.#text);
  }

  /** The line of the offset `at`: its number, and the number of blanks at its beginning. */
  lineAt(at: number): { readonly line: number; readonly indentation: number } {
    const { line, start } = this.#lines.at(at);
    BLANKS.lastIndex = start;
    return { line, indentation: BLANKS.exec(this.#text)?.[0].length ?? 0 };
  }

  #fail(expected: string, at: number): never {
    throw this.error(expected, at);
  }

  #tokenAt(at: number): string {
    if (at >= this.#text.length) return 'the end of the text';
    this.#at = at;
    const token = this.#take(MARK) || this.#take(WORD);
    const long = token.length > LONGEST_QUOTATION;
    return JSON.stringify(long ? `${token.slice(0, LONGEST_QUOTATION)}...` : token);
  }

  #skipComments(): void {
    do this.#take(BLANK);
    while (this.#take(COMMENT) !== '');
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

const ATOMIC_TYPE_OF = new Map<string, AtomicType>([
  ...ATOMIC_TYPES.map((type): [string, AtomicType] => [type.toLowerCase(), type]),
  ['int', 'Int32'],
  ['uint', 'UInt32'],
]);

/** The atomic type of that name, in upper or lower case; `Int` and `UInt` have 32 bits. */
export function atomicTypeOf(word: string): AtomicType | undefined {
  return ATOMIC_TYPE_OF.get(word.toLowerCase());
}

/** `text` in quotes, with escaped quotes and backslashes. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
