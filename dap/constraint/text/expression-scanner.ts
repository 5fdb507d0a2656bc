// Scans the text of a constraint expression token by token, and makes errors with the position of a token.

import { ConstraintError, quoted, THE_END } from './error.ts';
import { OPERATORS, type Operator } from './expression.ts';

/** The characters of libdap's names except the dot, and the letters and digits of all scripts. */
const NAME = /[\p{L}\p{M}\p{N}_%/\\#+-]+/uy;
/** A name, a number or a time. */
const WORD = /[^\s&,()[\]{}<>=!~"]+/uy;
/** A part of an index. */
const PART = /[^\s&,()[\]{}<>=!~":]+/uy;
const QUOTED = /"((?:[^"\\]|\\.)*)"/suy;
const SPACE = /\s*/uy;

/** The operators, the longest first, so that `<=` is not read as `<`. */
const LONGEST_FIRST = [...OPERATORS].sort((a, b) => b.length - a.length);

export class ExpressionScanner {
  readonly text: string;
  /** The position of the next token. */
  at = 0;

  constructor(text: string) {
    this.text = text;
    this.#skipSpace();
  }

  get ended(): boolean {
    return this.at === this.text.length;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.text.charAt(this.at);
  }

  /** Consumes `token` if it comes next. */
  accept(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    this.#skipSpace();
    return true;
  }

  expect(token: string, expected = `"${token}"`): void {
    if (!this.accept(token)) this.fail(expected);
  }

  /** One part of a dotted name; undefined if no name comes next. */
  name(): string | undefined {
    return this.#take(NAME);
  }

  operator(): Operator | undefined {
    return LONGEST_FIRST.find(operator => this.accept(operator));
  }

  /** The characters up to the next mark or space, which are not consumed; empty before a mark. */
  peekWord(): string {
    return this.#match(WORD)?.[0] ?? '';
  }

  /** As `peekWord`, but within an index, where a colon is a mark, too. */
  peekPart(): string {
    return this.#match(PART)?.[0] ?? '';
  }

  /** Consumes a word that `peekWord` or `peekPart` returned. */
  skip(word: string): void {
    this.at += word.length;
    this.#skipSpace();
  }

  /** A quoted text, in which `\"` is a quote, `\\` a backslash, and any other backslash stands for itself. */
  quotedText(): string {
    const match = this.#match(QUOTED);
    if (match === undefined) {
      throw new ConstraintError(this.text, this.text.length, 'the closing quote', THE_END);
    }
    this.skip(match[0]);
    return match[1]!.replace(/\\(["\\])/g, '$1');
  }

  /** Throws the error that `expected` was expected at `at`. */
  fail(expected: string, at = this.at): never {
    throw new ConstraintError(this.text, at, expected, this.#found(at, WORD));
  }

  /** As `fail`, but within an index. */
  failAtPart(expected: string, at = this.at): never {
    throw new ConstraintError(this.text, at, expected, this.#found(at, PART));
  }

  #found(at: number, word: RegExp): string {
    if (at >= this.text.length) return THE_END;
    word.lastIndex = at;
    return quoted(word.exec(this.text)?.[0] ?? String.fromCodePoint(this.text.codePointAt(at)!));
  }

  #take(pattern: RegExp): string | undefined {
    const text = this.#match(pattern)?.[0];
    if (text !== undefined) this.skip(text);
    return text;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text) ?? undefined;
  }

  #skipSpace(): void {
    this.at += this.#match(SPACE)![0].length;
  }
}
