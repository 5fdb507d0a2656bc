// Reads a store for a function that can use summaries: summaries where there are some, and rows before, between and after them.

import { partOfSummaries, type SummarisedRows, type SummaryUse } from '../../dap/protocol.ts';
import type { Cursor, RowSlice, SummarySlice } from './cursor.ts';
import type { PositionedSummaries } from './row-store.ts';
import { sliceOf } from './slice.ts';

/** What is read next: summaries, or the rows `from` to `to - 1`. */
type Piece =
  | { readonly summaries: SummarisedRows }
  | { readonly from: number; readonly to: number; readonly rows: Cursor; isBegun: boolean };

type RowPiece = Exclude<Piece, { readonly summaries: SummarisedRows }>;

export class SummaryCursor implements Cursor {
  readonly #needed: SummaryUse['needed'];
  readonly #rowsFrom: (position: number) => Cursor;
  readonly #find: (position: number) => Promise<PositionedSummaries | undefined>;
  #pieces: Piece[] = [];
  /** Where the pieces end. */
  #end: number;
  /** The position of the oldest row when the last piece of rows ended. */
  #first = 0;
  #isAsking = false;
  #wakeLoaded: (() => void) | undefined;
  #isClosed = false;

  /**
   * @param needed as in `SummaryUse`
   * @param rowsFrom opens a cursor of rows at a position
   * @param find gives the next summaries at a position or behind it; undefined if only rows follow
   */
  constructor(
    position: number,
    needed: SummaryUse['needed'],
    rowsFrom: (position: number) => Cursor,
    find: (position: number) => Promise<PositionedSummaries | undefined>,
  ) {
    this.#end = position;
    this.#needed = needed;
    this.#rowsFrom = rowsFrom;
    this.#find = find;
  }

  get ended(): boolean {
    return this.#rows?.ended ?? false;
  }

  get failed(): boolean {
    return this.#rows?.failed ?? false;
  }

  get earliest(): number | undefined {
    // Rows before summaries are not the last ones.
    return this.#end === Number.POSITIVE_INFINITY ? this.#rows?.earliest : undefined;
  }

  get first(): number {
    return this.#rows?.first ?? this.#first;
  }

  next(most: number): RowSlice | SummarySlice | undefined {
    const [piece] = this.#pieces;
    if (piece === undefined) return undefined;
    return 'summaries' in piece ? this.#takeSummaries(piece.summaries, most) : this.#takeRows(piece, most);
  }

  wait(wake: () => void, loaded = wake): void {
    this.#wakeLoaded = loaded;
    const rows = this.#rows;
    if (rows !== undefined) rows.wait(wake, loaded);
    else if (!this.#isAsking) void this.#ask();
  }

  close(): void {
    this.#isClosed = true;
    this.#wakeLoaded = undefined;
    for (const piece of this.#pieces) if ('rows' in piece) piece.rows.close();
    this.#pieces = [];
  }

  /** The cursor of the rows that are read now. */
  get #rows(): Cursor | undefined {
    const [piece] = this.#pieces;
    return piece !== undefined && 'rows' in piece ? piece.rows : undefined;
  }

  #takeSummaries(summaries: SummarisedRows, most: number): SummarySlice {
    const { length } = summaries;
    const taken = Math.min(most, length);
    if (taken === length) this.#pieces.shift();
    else this.#pieces[0] = { summaries: partOfSummaries(summaries, taken, length) };
    return { summaries: partOfSummaries(summaries, 0, taken), more: true };
  }

  #takeRows(piece: RowPiece, most: number): RowSlice | SummarySlice | undefined {
    const { from, to, rows } = piece;
    const slice = rows.next(most);
    if (slice === undefined || 'summaries' in slice || slice.position === undefined) return slice;
    const { batch, position, more } = slice;
    const end = position + batch.length;
    const begin = piece.isBegun ? {} : { askedFrom: from };
    piece.isBegun = true;
    if (end < to) return { ...slice, ...begin };
    this.#pieces.shift();
    this.#first = rows.first;
    rows.close();
    // Behind `to` are rows that summaries stand for, or that are not needed.
    return {
      batch: sliceOf(batch, 0, Math.max(0, to - position)),
      position,
      ...begin,
      more: more || end > to,
    };
  }

  /** Asks for the next pieces. Does not reject. */
  async #ask(): Promise<void> {
    this.#isAsking = true;
    const found = await this.#find(this.#end);
    this.#isAsking = false;
    if (this.#isClosed) return;
    const to = found?.positions[0] ?? Number.POSITIVE_INFINITY;
    this.#addRows(this.#end, to);
    if (found === undefined) this.#end = to;
    else this.#add(found);
    this.#wakeLoaded?.();
  }

  #add({ summaries, positions }: PositionedSummaries): void {
    this.#end = positions.at(-1)!;
    if (this.#needed === undefined) {
      this.#pieces.push({ summaries });
      return;
    }
    let [from, to] = [Number.NaN, Number.NaN];
    for (const index of this.#needed(summaries)) {
      if (positions[index] !== to) {
        this.#addRows(from, to);
        from = positions[index]!;
      }
      to = positions[index + 1]!;
    }
    this.#addRows(from, to);
  }

  #addRows(from: number, to: number): void {
    if (from < to) this.#pieces.push({ from, to, rows: this.#rowsFrom(from), isBegun: false });
  }
}
