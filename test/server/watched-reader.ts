// Checks that one reader gets what it asked for: each step of its cursor, and each byte that it received, against the rules.

import type { Batch } from '../../dap/index.ts';
import type { Cursor, RowSlice } from '../../server/store/cursor.ts';
import type { Answer } from './answers.ts';
import { COLUMNS } from './asking.ts';
import { type ReferenceLog, ReferenceReader, type RowRequest } from './reference.ts';
import type { ScriptedConnection } from './scripted-connection.ts';
import type { Row } from './scripted-source.ts';

export interface Question {
  readonly query: string;
  readonly asked: RowRequest;
  readonly encoding: 'dods' | 'asc';
}

export interface WatchOptions {
  /** Where its cursor begins; undefined where that is exactly at its first row, and all rows are in memory. */
  readonly begin: number | undefined;
  /** Rows that all readers missed so far, as the server tells. */
  readonly overrun: () => number;
  /** Whether rows could not be loaded. */
  readonly mayFail: () => boolean;
}

const TYPES = ['Float64', 'Float64', 'Int32', 'Float32'] as const;
const START = 0x5a000000;
const END = 0xa5000000;

export class WatchedReader {
  readonly query: string;
  readonly connection: ScriptedConnection;
  /** Rows that the log forgot before this reader came to them. */
  missed = 0;
  /** The server has begun to answer it. */
  isWatched = false;
  readonly #question: Question;
  readonly #log: ReferenceLog;
  readonly #before: WatchedReader | undefined;
  readonly #number: number;
  readonly #reference: ReferenceReader;
  #position = -1;
  #isCursorClosed = false;
  #isTold = false;
  #wake: (() => void) | undefined;
  readonly #wrong: string[] = [];
  /** The bytes of the first rows of the reference. */
  #written = { rows: 0, bytes: Buffer.alloc(0) };

  /** `before`: the reader whose answer comes before this one's in the same connection. */
  constructor(
    question: Question,
    log: ReferenceLog,
    connection: ScriptedConnection,
    before: WatchedReader | undefined,
  ) {
    this.query = question.query;
    this.#question = question;
    this.#log = log;
    this.connection = connection;
    this.#before = before;
    this.#number = before === undefined ? 0 : before.#number + 1;
    this.#reference = new ReferenceReader(question.asked);
  }

  get answer(): Answer {
    return this.connection.answers[this.#number]!;
  }

  /** The connection will carry one more answer, though perhaps not soon. */
  get isReusable(): boolean {
    // A server reads no further request while a connection has no room for answers.
    return this.connection.taking && this.connection.isPersistent;
  }

  /** Checks the rows of the cursor while it is read, which begins at `begin`. */
  watch(cursor: Cursor, { begin, overrun, mayFail }: WatchOptions): Cursor {
    const log = this.#log;
    const wanted = log.beginning(this.#question.asked);
    this.isWatched = true;
    this.#position = begin ?? wanted;
    // A reader that no row can be for may begin anywhere.
    const isRight = this.#reference.over || (this.#position >= log.first && this.#position <= wanted);
    if (!isRight) this.#wrong.push(`begins at ${this.#position}, not between ${log.first} and ${wanted}`);
    const told = (): void => {
      if (this.#isCursorClosed) this.#wrong.push('was called back after it was closed');
      this.#isTold = true;
      this.#wake?.();
    };
    return {
      get ended() {
        return cursor.ended;
      },
      get failed() {
        return cursor.failed;
      },
      get earliest() {
        return cursor.earliest;
      },
      get first() {
        return cursor.first;
      },
      next: most => {
        const before = overrun();
        const taken = cursor.next(most);
        if (taken !== undefined && 'summaries' in taken)
          throw new Error('expected rows, found summaries, which no function was to use');
        this.#skip(overrun() - before);
        this.#step(taken, most);
        if (taken === undefined && this.#position < log.end) {
          if (begin === undefined) this.#wrong.push(`got no row at ${this.#position} of ${log.end}`);
          if (cursor.earliest !== undefined)
            this.#wrong.push('is told a time before all of its rows are there');
          if (cursor.ended && !(cursor.failed && mayFail()))
            this.#wrong.push('ends before all of its rows are there');
        }
        return taken;
      },
      wait: wake => {
        this.#wake = wake;
        this.#isTold = false;
        cursor.wait(told);
        if (this.#isTold) this.#wrong.push('was called back from within wait');
      },
      close: () => {
        this.#isCursorClosed = true;
        cursor.close();
      },
    };
  }

  /** True where nothing is to be expected of the server before something else happens. */
  hasSettled(isClosed: boolean): boolean {
    const { connection } = this;
    if (connection.destroyed && !this.#isComplete) return this.#isCursorClosed || !this.isWatched;
    if (!connection.taking || this.waitsForTurn) return true;
    if (this.#isOver(isClosed)) {
      return this.#isCursorClosed && connection.writableLength === 0 && this.#isComplete;
    }
    return this.#position === this.#log.end && connection.writableLength === 0;
  }

  /** Throws where the reader got anything else than it was to get. */
  check(isClosed: boolean): void {
    if (this.#wrong.length > 0) throw new Error(`${this.query}: ${this.#wrong.join('; ')}`);
    const { body, complete, head } = this.answer;
    if (head !== '' && !head.startsWith('HTTP/1.1 200 ')) throw new Error(`${this.query}: ${head}`);
    const isOver = this.#isOver(isClosed);
    if (complete && !isOver) throw new Error(`${this.query}: ended before its time`);
    const expected = this.#expected(isOver);
    const here = this.connection.taking && !this.connection.destroyed && !this.waitsForTurn;
    const least = here ? expected.length : 0;
    if (body.length >= least && body.equals(expected.subarray(0, body.length))) return;
    throw new Error(
      `${this.query}: expected${here ? '' : ' the beginning of'}\n${this.#readable(expected)}\nfound\n${this.#readable(body)}`,
    );
  }

  get #isComplete(): boolean {
    return this.answer.complete;
  }

  get waitsForTurn(): boolean {
    return this.#before !== undefined && !this.#before.#isComplete;
  }

  #isOver(isClosed: boolean): boolean {
    return this.#reference.over || (isClosed && this.#position === this.#log.end);
  }

  /** The server tells that the reader missed rows. */
  #skip(missed: number): void {
    this.missed += missed;
    this.#position += missed;
    if (missed > 0 && this.#position > this.#log.first)
      this.#wrong.push(
        `missed rows up to ${this.#position}, though those from ${this.#log.first} on are there`,
      );
  }

  #step(taken: RowSlice | undefined, most: number): void {
    const log = this.#log;
    if (this.#isCursorClosed) this.#wrong.push('was read after it was closed');
    if (taken === undefined) {
      if (this.#position === log.end) this.#reference.wait(log.earliest);
      return;
    }
    const { batch, position } = taken;
    if (position !== this.#position || batch.length < 1 || batch.length > most) {
      this.#wrong.push(`got ${batch.length} of ${most} rows at ${position}, not at ${this.#position}`);
    }
    const needed = [0, ...this.#question.asked.columns];
    for (const row of rowsIn(batch)) {
      const kept = log.at(this.#position);
      // Rows from a disk may lack columns that were not asked for.
      const isRight = (value: number | undefined, column: number) =>
        Object.is(value, kept?.[column]) || (value === undefined && !needed.includes(column));
      if (kept === undefined || !row.every(isRight)) {
        this.#wrong.push(`got at ${this.#position} the row ${row} instead of ${kept}`);
      }
      if (kept !== undefined) this.#reference.see(kept);
      this.#position += 1;
    }
  }

  /** The bytes of the body, as far as the rows have been read. */
  #expected(isOver: boolean): Buffer {
    const { rows } = this.#reference;
    const isText = this.#question.encoding === 'asc';
    if (this.#written.rows < rows.length) {
      const news = rows.slice(this.#written.rows);
      const bytes = isText ? Buffer.from(news.map(row => `${row.join(', ')}\n`).join('')) : this.#xdrOf(news);
      this.#written = { rows: rows.length, bytes: Buffer.concat([this.#written.bytes, bytes]) };
    }
    const end = Buffer.alloc(isOver && !isText ? 4 : 0);
    if (end.length > 0) end.writeUInt32BE(END);
    return Buffer.concat([Buffer.from(this.#header), this.#written.bytes, end]);
  }

  get #header(): string {
    const { asked, encoding } = this.#question;
    const fields = asked.columns.map(column => `        ${TYPES[column]} ${COLUMNS[column]};\n`).join('');
    const dds = `Dataset {\n    Sequence {\n${fields}    } sensor;\n} scripted;\n`;
    if (encoding === 'dods') return `${dds}Data:\n`;
    return `${dds}${'-'.repeat(45)}\n${asked.columns.map(column => `sensor.${COLUMNS[column]}`).join(', ')}\n`;
  }

  #xdrOf(rows: readonly Row[]): Buffer {
    const { columns } = this.#question.asked;
    const stride = 4 + columns.reduce((sum, column) => sum + (column < 2 ? 8 : 4), 0);
    const bytes = Buffer.alloc(rows.length * stride);
    let at = 0;
    for (const row of rows) {
      at = bytes.writeUInt32BE(START, at);
      for (const [index, column] of columns.entries()) {
        const value = row[index]!;
        if (TYPES[column] === 'Float64') at = bytes.writeDoubleBE(value, at);
        else if (TYPES[column] === 'Int32') at = bytes.writeInt32BE(value, at);
        else at = bytes.writeFloatBE(value, at);
      }
    }
    return bytes;
  }

  /** The bytes in a readable form, for messages of failures. */
  #readable(body: Buffer): string {
    return this.#question.encoding === 'asc'
      ? body.toString()
      : body.toString('hex').replaceAll('5a000000', '\n$&');
  }
}

export function* rowsIn({ length, columns }: Batch): Generator<number[]> {
  for (let row = 0; row < length; row += 1) yield columns.map(column => column[row] as number);
}
