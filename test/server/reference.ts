// States the rules for the rows that a reader gets in their plainest form: it keeps every row, and checks each.

import type { Row } from './scripted-source.ts';

/** A clause about the time and one number. */
export interface TimeBound {
  readonly operator: '>' | '>=' | '<' | '<=';
  readonly value: number;
}

/** What a constraint means. */
export interface RowRequest {
  /** The numbers of the columns, in their order. */
  readonly columns: readonly number[];
  readonly bounds: readonly TimeBound[];
  /** The times of a clause `time={...}`; one of them has to be met. */
  readonly times?: readonly number[];
  /** Clauses that do not bound the time. */
  readonly clauses: readonly ((row: Row) => boolean)[];
  /** Counted after the clauses; `last` is Infinity for an open end. */
  readonly range?: { readonly start: number; readonly stride: number; readonly last: number };
}

/** A bounded store without a ring: all rows, and the positions of those that are not forgotten. */
export class ReferenceLog {
  readonly rows: Row[] = [];
  first: number;
  /** No row to come has a time before this. */
  earliest = Number.NEGATIVE_INFINITY;
  /** The position of the first row. */
  readonly start: number;
  readonly #capacity: number;
  readonly #age: number;

  constructor(capacity: number, age: number, start = 0) {
    this.start = start;
    this.first = start;
    this.#capacity = capacity;
    this.#age = age;
  }

  get end(): number {
    return this.start + this.rows.length;
  }

  /** Undefined where there is no such row yet. */
  at(position: number): Row | undefined {
    return this.rows[position - this.start];
  }

  append(rows: readonly Row[]): void {
    this.rows.push(...rows);
    this.first = Math.max(this.first, this.end - this.#capacity);
    const oldest = (this.rows.at(-1)?.[0] ?? 0) - this.#age;
    while ((this.at(this.first)?.[0] ?? oldest) < oldest) this.first += 1;
  }

  /** Where a reader begins that comes now: at the next row, or at the oldest row held that can match. */
  beginning({ bounds, times }: RowRequest): number {
    if (bounds.length === 0 && times === undefined) return this.end;
    const lower = bounds.filter(({ operator }) => operator.startsWith('>'));
    const earliest = Math.min(...(times ?? [Number.NEGATIVE_INFINITY]));
    for (let position = this.first; position < this.end; position += 1) {
      const [time] = this.at(position)! as [number];
      if (time >= earliest && lower.every(bound => holds(time, bound))) return position;
    }
    return this.end;
  }
}

/** One reader: it is shown the rows of the log in their order, from its beginning on. */
export class ReferenceReader {
  /** What it gets: the columns that it asked for. */
  readonly rows: Row[] = [];
  /** True once no later row can be for it. */
  over: boolean;
  readonly #asked: RowRequest;
  /** The time from which on no row can be for it. */
  readonly #latest: number;
  #matched = 0;

  constructor(asked: RowRequest) {
    this.#asked = asked;
    this.over = isNever(asked);
    const upper = asked.bounds.filter(({ operator }) => operator.startsWith('<')).map(({ value }) => value);
    this.#latest = Math.min(...upper, Math.max(...(asked.times ?? [Number.POSITIVE_INFINITY])));
  }

  /** There is no row for now, and none to come has a time before `earliest`. */
  wait(earliest: number): void {
    if (earliest > this.#latest) this.over = true;
  }

  see(row: Row): void {
    if (this.over) return;
    const [time] = row as [number];
    const { bounds, times, clauses, range, columns } = this.#asked;
    const matches =
      bounds.every(bound => holds(time, bound)) &&
      (times?.includes(time) ?? true) &&
      clauses.every(clause => clause(row));
    if (matches) {
      const number = this.#matched;
      this.#matched += 1;
      const wanted =
        range === undefined ||
        (number >= range.start && number <= range.last && (number - range.start) % range.stride === 0);
      if (wanted) this.rows.push(columns.map(column => row[column]!));
      if (range !== undefined && number >= range.last) this.over = true;
    }
    if (time >= this.#latest) this.over = true;
  }
}

/** True where no time can be within all bounds. */
function isNever({ bounds, times }: RowRequest): boolean {
  if (bounds.length === 0) return false;
  const candidates = bounds.flatMap(({ value }) => [value, ...neighbours(value)]);
  const earliest = Math.min(...(times ?? [Number.NEGATIVE_INFINITY]));
  const latest = Math.max(...(times ?? [Number.POSITIVE_INFINITY]));
  // A window that is not empty holds one of its own limits, or a time right beside one.
  return ![...candidates, ...(times ?? [])].some(
    time => time >= earliest && time <= latest && bounds.every(bound => holds(time, bound)),
  );
}

/** Times that are nearer to this one than any two limits of a test are to each other. */
function neighbours(time: number): [number, number] {
  return [time - 1e-6, time + 1e-6];
}

function holds(time: number, { operator, value }: TimeBound): boolean {
  switch (operator) {
    case '>':
      return time > value;
    case '>=':
      return time >= value;
    case '<':
      return time < value;
    case '<=':
      return time <= value;
  }
}
