// Checks a constraint against the columns of a Sequence: names, types, times and functions.

import type { Atomic, Sequence } from '../../model/variable.ts';
import { find, namesInstead } from '../selection/names.ts';
import type { Clause, Term } from '../selection/select.ts';
import { quoted } from '../text/error.ts';
import {
  type Call,
  type Comparison,
  type Constraint,
  type Node,
  type Operand,
  pathOf,
} from '../text/expression.ts';
import { errorAt } from '../text/source.ts';
import { isRelative, secondsOf } from '../text/time.ts';
import { readFunction, type Sorter, type ThinningFunction } from '../thinning/function.ts';
import type { ResultColumn } from '../thinning/result-column.ts';

/** The name of the column that holds times: seconds since 1970. */
export const TIME = 'time';

/** A side of a comparison: a column of the Sequence, or a constant. */
interface Side {
  readonly node: Operand;
  readonly type: 'number' | 'text';
  readonly term: Term<number | string>;
  /** Undefined for a constant. */
  readonly field?: Atomic;
}

/** A function with its call in the constraint. */
export interface CalledFunction {
  readonly call: Call;
  readonly thinner: ThinningFunction;
}

/** Checks the parts of one constraint; every method throws a `ConstraintError` that points at the wrong part. */
export class Checker {
  readonly #constraint: Constraint;
  readonly #sequence: Sequence;
  readonly #now: number;
  /** Whether a time that was read is relative to `now`. */
  usesNow = false;

  /** `now` in seconds since 1970; the fields of `sequence` are all atomic. */
  constructor(constraint: Constraint, sequence: Sequence, now: number) {
    this.#constraint = constraint;
    this.#sequence = sequence;
    this.#now = now;
  }

  /** The columns of the projections, each once, in the order of the projections; without projections all columns. */
  columns(): number[] {
    const sequence = this.#sequence;
    return this.#asked(sequence, path => {
      const found = find(path, sequence);
      return typeof found === 'number' ? [found] : found;
    });
  }

  /**
   * As `columns`, for the result columns of a function. A projection names a result column, or a source column: that stands for all
   * result columns that are made of it.
   */
  results(results: readonly ResultColumn[]): number[] {
    const given: Sequence = { ...this.#sequence, fields: results.map(({ field }) => field) };
    return this.#asked(given, path => {
      const result = find(path, given);
      if (result !== undefined) return result === 'sequence' ? result : [result];
      const found = find(path, this.#sequence);
      if (typeof found !== 'number') return undefined;
      return results.flatMap(({ source }, index) => (source === found ? [index] : []));
    });
  }

  /** The comparisons among the clauses. */
  clauses(): Clause[] {
    return this.#constraint.selections.flatMap(selection =>
      selection.kind === 'call' ? [] : this.#clause(selection),
    );
  }

  /** The function that thins the rows out; undefined without one. */
  thinner(): CalledFunction | undefined {
    const calls = this.#constraint.selections.filter(selection => selection.kind === 'call');
    const [first, second] = calls.flatMap(call => {
      const read = readFunction(call, (expected, found) => this.fail(call, expected, found));
      this.#checkTime(call, read);
      return read.name === 'orderBy' ? [] : { call, thinner: read };
    });
    if (second !== undefined) {
      const expected = `${first!.call.name} alone, since only one function can thin the rows out`;
      this.fail(second.call, expected, quoted(`${second.call.name}(`));
    }
    return first;
  }

  /** The index of the numeric column at `path`, an argument of `call`. */
  numberColumn(call: Call, path: string): number {
    const found = this.#columnOf(call, path);
    const field = this.#sequence.fields[found] as Atomic;
    if (isText(field)) {
      this.fail(call, `a column of numbers for ${call.name}`, `the column ${quoted(path)} (${field.type})`);
    }
    return found;
  }

  #columnOf(call: Call, path: string): number {
    const found = find(path, this.#sequence);
    if (typeof found === 'number') return found;
    return this.fail(call, `${namesInstead(path, this.#sequence, 'column')} for ${call.name}`, quoted(path));
  }

  #checkTime(call: Call, read: ThinningFunction | Sorter): void {
    const { fields } = this.#sequence;
    const time = fields[this.numberColumn(call, read.time)]!;
    if (time.name !== TIME) this.fail(call, `the column "${TIME}" for ${call.name}`, quoted(read.time));
    if (read.name === 'orderBy') for (const path of read.columns) this.#columnOf(call, path);
  }

  #asked(given: Sequence, resolve: (path: string) => readonly number[] | 'sequence' | undefined): number[] {
    const all = given.fields.map((_, index) => index);
    const asked = this.#constraint.projections.flatMap(item => {
      if (item.kind === 'call') {
        return this.fail(item, 'a variable, since functions come after "&"', quoted(`${item.name}(`));
      }
      const path = pathOf(item);
      const found = resolve(path);
      if (found === undefined) return this.fail(item, namesInstead(path, given, 'any'), quoted(path));
      return found === 'sequence' ? all : found;
    });
    return asked.length === 0 ? all : [...new Set(asked)];
  }

  #clause(selection: Comparison): Clause {
    const left = this.#side(selection.left);
    const { operator, right } = selection;
    const values = (right.kind === 'list' ? right.values : [right]).map(value => this.#side(value));
    if (operator === '=~') return this.#refusePattern(selection, left);
    const from = this.#asTime(left, values[0]!);
    const to = values.map(value => this.#asTime(value, from));
    for (const value of to) this.#checkPair(from, value);
    // `#checkPair` has checked that both sides have the same type.
    return { type: from.type, operator, left: from.term, right: to.map(({ term }) => term) } as Clause;
  }

  /** Patterns are read and printed for other servers, but not run: JavaScript's own can be made to run for hours. */
  #refusePattern(comparison: Comparison, left: Side): never {
    if (left.type !== 'text') return this.fail(left.node, 'a text before =~', describe(left));
    const expected =
      '=, !=, <, <=, > or >= for a text (regular expressions are not supported: one can take unlimited time)';
    return this.fail(comparison, expected, quoted('=~'));
  }

  #side(node: Operand): Side {
    switch (node.kind) {
      case 'number':
        return { node, type: 'number', term: { value: node.value } };
      case 'text':
        return { node, type: 'text', term: { value: node.value } };
      case 'time':
        return { node, type: 'number', term: { value: this.#seconds(node, node.text) } };
      case 'call':
        return this.fail(
          node,
          'a column, a number, or a text in quotes, since no function gives a value to compare',
          quoted(`${node.name}(`),
        );
      case 'name': {
        const found = find(pathOf(node), this.#sequence);
        if (typeof found !== 'number') {
          const expected = `${namesInstead(pathOf(node), this.#sequence, 'column')}, a number, or a text in quotes`;
          const whole = found === 'sequence' ? 'the whole Sequence ' : '';
          return this.fail(node, expected, `${whole}${quoted(pathOf(node))}`);
        }
        const field = this.#sequence.fields[found] as Atomic;
        const type = isText(field) ? 'text' : 'number';
        return { node, type, field, term: { column: found, float32: field.type === 'Float32' } };
      }
    }
  }

  /** The side as a time, if it is a quoted text that is compared with the column of times. */
  #asTime(side: Side, other: Side): Side {
    if (side.node.kind !== 'text' || !isTime(other)) return side;
    return { node: side.node, type: 'number', term: { value: this.#seconds(side.node, side.node.value) } };
  }

  #seconds(node: Operand, text: string): number {
    if (isRelative(text)) this.usesNow = true;
    return secondsOf(text, this.#now, (offset, expected) =>
      this.fail(node, expected, quoted(text.slice(offset))),
    );
  }

  #checkPair(left: Side, right: Side): void {
    if (left.type !== right.type) {
      const what = left.type === 'number' ? 'a number' : 'a text in quotes';
      this.fail(right.node, `${what} beside ${describe(left)}`, describe(right));
    }
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const) {
      if (side.node.kind === 'time' && other.field !== undefined && !isTime(other)) {
        this.fail(
          side.node,
          `a number beside ${describe(other)}, since only ${quoted(TIME)} holds times`,
          describe(side),
        );
      }
    }
  }

  /** Throws the error at `node`. */
  fail(node: Node, expected: string, found: string): never {
    throw errorAt(this.#constraint, node, expected, found);
  }
}

function isText({ type }: Atomic): boolean {
  return type === 'String' || type === 'Url';
}

function isTime({ field }: Side): boolean {
  return field?.name === TIME && !isText(field);
}

function describe({ node, field }: Side): string {
  switch (node.kind) {
    case 'number':
      return `the number ${node.value}`;
    case 'text':
      return `the text ${quoted(node.value)}`;
    case 'time':
      return `the time ${node.text}`;
    default:
      return `the column ${quoted(field!.name)} (${field!.type})`;
  }
}
