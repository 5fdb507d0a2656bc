// Makes the body of a response of the columns of a stretch, one column after another, with other bytes between them.

import type { NumberColumn } from '../../dap/protocol.ts';
import type { Stretch, StretchRange } from '../dataset/stretch.ts';
import type { StretchReader } from '../store/stretch-reader.ts';
import type { BodySource } from './body-stream.ts';

/** Values of one column of a stretch, and how they become bytes. */
export interface ColumnPart {
  /** The index of the column in the dataset's layout. */
  readonly column: number;
  readonly range: StretchRange;
  /** Bytes that a value takes at most. */
  readonly valueBytes: number;
  /** Writes values at `at`, where `valueBytes` are free for each; returns the offset after them. */
  put(view: DataView, at: number, values: NumberColumn): number;
}

/** Bytes as they are, or the values of a column. */
export type BodyPart = Uint8Array | ColumnPart;

/** The parts of a body in their order. Columns are read one at a time, in pieces, when the client has taken those before. */
export class ColumnBody implements BodySource {
  readonly #stretch: Pick<Stretch, 'read'>;
  readonly #parts: readonly BodyPart[];
  readonly #columns: number;
  #index = 0;
  /** Bytes of the current part that have been given, if it is bytes. */
  #given = 0;
  /** The reader of the current part, if it is a column. */
  #reader: StretchReader | undefined;
  #values = 0;

  constructor(stretch: Pick<Stretch, 'read'>, parts: readonly BodyPart[]) {
    this.#stretch = stretch;
    this.#parts = parts;
    this.#columns = Math.max(1, parts.filter(part => !(part instanceof Uint8Array)).length);
  }

  get isDone(): boolean {
    return this.#index === this.#parts.length;
  }

  get error(): unknown {
    return this.#reader?.error;
  }

  /** Values are given column by column: that number of values counts as rows of all columns. */
  get rows(): number {
    return Math.floor(this.#values / this.#columns);
  }

  next(into: Uint8Array): Uint8Array | undefined {
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    let at = 0;
    for (let part = this.#parts[this.#index]; part !== undefined; part = this.#parts[this.#index]) {
      const end =
        part instanceof Uint8Array ? this.#putBytes(into, at, part) : this.#putValues(view, at, part);
      // The part goes on: there is no room, or its next rows are not at hand.
      if (end === undefined) break;
      at = end;
    }
    return at === 0 ? undefined : into.subarray(0, at);
  }

  wait(wake: () => void): void {
    this.#reader?.wait(wake);
  }

  close(): void {
    this.#reader?.close();
  }

  #putBytes(into: Uint8Array, at: number, bytes: Uint8Array): number | undefined {
    if (at === into.length && bytes.length > this.#given) return undefined;
    const piece = bytes.subarray(this.#given, this.#given + into.length - at);
    into.set(piece, at);
    this.#given += piece.length;
    if (this.#given === bytes.length) {
      this.#given = 0;
      this.#index += 1;
    }
    return at + piece.length;
  }

  #putValues(view: DataView, at: number, part: ColumnPart): number | undefined {
    this.#reader ??= this.#stretch.read([part.column], part.range);
    const reader = this.#reader;
    let end = at;
    if (!reader.isDone) {
      const room = Math.floor((view.byteLength - at) / part.valueBytes);
      const values = room === 0 ? undefined : reader.next(room)?.[0];
      if (values === undefined) return undefined;
      this.#values += values.length;
      end = part.put(view, at, values);
    }
    if (reader.isDone) {
      reader.close();
      this.#reader = undefined;
      this.#index += 1;
    }
    return end;
  }
}
