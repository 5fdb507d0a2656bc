// Which rows of a Sequence have come, and what the next connection asks for so that it brings the others.

import {
  type Constraint,
  pathOf,
  resumeAfter,
  rowCount,
  rowRangeOf,
  timesIncrease,
  upperTimeBound,
} from '../constraint/index.ts';
import type { Batch, Column } from '../model/value.ts';
import { type Dataset, isAtomic, type Sequence, type Variable } from '../model/variable.ts';
import { ResponseError } from './request.ts';

/** Rows as they came: `length` of them, a column for each field of `sequence`, in that order. */
export interface Rows extends Batch {
  /** The Sequence as the constraint leaves it; the same object for all rows of one `follow`. */
  readonly sequence: Sequence;
}

/** The column by which a stream is resumed. */
const TIME = 'time';

/** True where the Sequence has a column of numbers named `time`. */
function isTime(field: Variable): boolean {
  return field.name === TIME && isAtomic(field) && field.type !== 'String' && field.type !== 'Url';
}

/** True where the Sequence of `dataset` has a time to resume by. */
export function hasTime(dataset: Dataset): boolean {
  return dataset.variables.some(variable => variable.type === 'Sequence' && variable.fields.some(isTime));
}

/**
 * The dotted name of the time column that `constraint` leaves out, where there is one to ask for besides: its projection
 * names columns of one Sequence of `dataset`, and not the time.
 */
export function omittedTime(constraint: Constraint, dataset: Dataset): string | undefined {
  const asked = new Set<Sequence>();
  for (const projection of constraint.projections) {
    if (projection.kind === 'call') return undefined;
    const path = pathOf(projection);
    const sequence = dataset.variables.find(variable => owns(variable, path)) ?? madeOf(dataset, constraint);
    if (sequence?.type !== 'Sequence') return undefined;
    if (path === sequence.name || path === TIME || path === `${sequence.name}.${TIME}`) return undefined;
    asked.add(sequence);
  }
  const [sequence, another] = asked;
  if (sequence === undefined || another !== undefined || !sequence.fields.some(isTime)) return undefined;
  return `${sequence.name}.${TIME}`;
}

/** The only Sequence of `dataset`, where a function of `constraint` may have made columns of it that are not its own. */
function madeOf({ variables }: Dataset, { selections }: Constraint): Variable | undefined {
  const calls = selections.some(({ kind }) => kind === 'call');
  return calls && variables.length === 1 ? variables[0] : undefined;
}

/** True where `path` means `variable`, something inside it, or one of its fields by its name alone. */
function owns(variable: Variable, path: string): boolean {
  if (path === variable.name || path.startsWith(`${variable.name}.`)) return true;
  return variable.type === 'Sequence' && variable.fields.some(field => field.name === path);
}

/** The constraint with one more column asked for. */
export function askingFor(path: string, constraint: Constraint): Constraint {
  const steps = path.split('.').map(name => ({ name, indices: [] }));
  return { ...constraint, projections: [...constraint.projections, { kind: 'name', steps }] };
}

/** The rows of one Sequence over all its connections: none twice, none left out, always in the same columns. */
export class Progress {
  readonly #asked: Constraint;
  /** The time was asked for only to resume by it, and is taken out of the rows. */
  readonly #hidesTime: boolean;
  /** How many rows the constraint's row range asks for; Infinity without one. */
  readonly #wanted: number;
  /** The Sequence as the first connection served it, in the columns that the rows have. */
  #sequence: Sequence | undefined;
  /** When the first connection began: what `now` in the constraint goes on to mean. */
  #startedAt = 0;
  /** By how many seconds the server's clock is ahead of ours. */
  #serverAhead = 0;
  /** Where this connection has the columns of `#sequence`. */
  #columns: readonly number[] = [];
  /** Where this connection has the time; -1 for nowhere. */
  #timeColumn = -1;
  #last: number | undefined;
  #seen = 0;
  #seenBefore = 0;
  /** No row of this connection was a new one yet. */
  #mayRepeat = false;

  /** `time`: the name that `omittedTime` found, to be asked for besides. */
  constructor(asked: Constraint, time?: string) {
    this.#asked = time === undefined ? asked : askingFor(time, asked);
    this.#hidesTime = time !== undefined;
    const range = rowRangeOf(asked);
    this.#wanted = range === undefined ? Number.POSITIVE_INFINITY : rowCount(range);
  }

  /** How many rows have come, over all connections. */
  get seen(): number {
    return this.#seen;
  }

  /** How many rows the connection has brought that was tried last. */
  get seenNow(): number {
    return this.#seen - this.#seenBefore;
  }

  /** All rows of the row range have come. */
  get isFull(): boolean {
    return this.#seen >= this.#wanted;
  }

  /** Another connection is tried. */
  restart(): void {
    this.#seenBefore = this.#seen;
  }

  /** What the next connection asks for. */
  constraint(): Constraint {
    if (this.#seen === 0) return this.#asked;
    const [time, last] = [this.#timePath(), this.#last];
    if (time !== undefined && last !== undefined) {
      return resumeAfter(this.#asked, { time, last, rowsSeen: this.#seen, now: this.#startedAt });
    }
    // Without a time there is no going back: a row range is continued with the rows that come next.
    const { projections } = resumeAfter(this.#asked, { time: TIME, last: 0, rowsSeen: this.#seen });
    return { ...this.#asked, projections };
  }

  /**
   * The address `at` begins to serve `dataset`, at `now` in seconds since 1970. Throws a `ResponseError` if its rows cannot
   * continue the others.
   */
  begin(dataset: Dataset, at: string, now: number): void {
    const served = onlySequence(dataset, at);
    const time = served.fields.findIndex(isTime);
    if (this.#sequence === undefined) {
      const hidden = this.#hidesTime ? time : -1;
      this.#sequence = { ...served, fields: served.fields.filter((_, i) => i !== hidden) };
      this.#startedAt = now;
    }
    this.#serverAhead = now - Date.now() / 1000;
    this.#columns = this.#sequence.fields.map(field => columnOf(field, served, at));
    if (this.#last !== undefined && time < 0) throw changed('a column "time" as before', served, at);
    this.#timeColumn = time;
    this.#mayRepeat = this.#last !== undefined && timesIncrease(this.#asked);
  }

  /** The rows of `batch` that had not come before; undefined where there are none. */
  take(batch: Batch): Rows | undefined {
    const sequence = this.#sequence;
    if (sequence === undefined) throw new Error('Rows came before the dataset that describes them');
    const time = batch.columns[this.#timeColumn];
    const repeated = time === undefined ? 0 : this.#repeatedRows(time);
    if (repeated === batch.length) return undefined;
    if (time !== undefined) this.#last = lastNumber(time) ?? this.#last;
    const length = batch.length - repeated;
    this.#seen += length;
    const columns = this.#columns.map(i => batch.columns[i]!);
    return { sequence, length, columns: repeated === 0 ? columns : columns.map(it => it.slice(repeated)) };
  }

  /**
   * Whether an end marker, which has just come, ends it all. It does where an upper bound on time is past, and an endless
   * Sequence goes on with the next connection. A bound that is still to come, and a row range that is not full yet, can be either:
   * a server that is shut down ends a Sequence early. So that is over only once a connection has brought no row at all.
   */
  isOver(): boolean {
    const time = this.#timePath();
    const endless = Number.POSITIVE_INFINITY;
    const high = time === undefined ? endless : upperTimeBound(this.#asked, time, this.#startedAt);
    if (high < endless && Date.now() / 1000 + this.#serverAhead >= high) return true;
    if (high === endless && this.#wanted === endless) return false;
    return this.isFull || this.#last === undefined || this.seenNow === 0;
  }

  #timePath(): string | undefined {
    return this.#sequence === undefined || this.#timeColumn < 0
      ? undefined
      : `${this.#sequence.name}.${TIME}`;
  }

  /** How many rows at the beginning of a connection, of which `time` is a piece, had come before. */
  #repeatedRows(time: Column): number {
    const last = this.#last;
    if (!this.#mayRepeat || last === undefined) return 0;
    let row = 0;
    while (row < time.length && Number(time[row]) <= last) row++;
    this.#mayRepeat = row === time.length;
    return row;
  }
}

function onlySequence(dataset: Dataset, at: string): Sequence {
  const [sequence, another] = dataset.variables.filter(variable => variable.type === 'Sequence');
  if (sequence !== undefined && another === undefined) return sequence;
  const found = dataset.variables.map(({ type, name }) => `${type} ${name}`).join(', ');
  throw new ResponseError(at, `expected one Sequence to follow, found ${found === '' ? 'nothing' : found}`);
}

/** Where `served` has the column `field`: columns may come in another order, and others may have joined them. */
function columnOf(field: Variable, served: Sequence, at: string): number {
  const index = served.fields.findIndex(({ name }) => name === field.name);
  if (JSON.stringify(served.fields[index]) === JSON.stringify(field)) return index;
  throw changed(`a column "${field.name}" of type ${field.type} as before`, served, at);
}

function changed(expected: string, { name, fields }: Sequence, at: string): ResponseError {
  const found = fields.map(field => `${field.type} ${field.name}`).join(', ');
  return new ResponseError(at, `the dataset has changed: expected ${expected}, found ${name} with ${found}`);
}

/** The last value that a stream can be resumed by. */
function lastNumber(time: Column): number | undefined {
  for (let row = time.length - 1; row >= 0; row--) {
    const value = time[row];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  return undefined;
}
