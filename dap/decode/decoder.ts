// Decodes a DAP2 data response into a dataset, rows and values while its bytes arrive.

import { parseDds } from '../model/dds.ts';
import { parseError } from '../model/error.ts';
import { DapSyntaxError } from '../model/text-scanner.ts';
import type { Batch, Value } from '../model/value.ts';
import type { DapDataset, Sequence, Variable } from '../model/variable.ts';
import { DecodeError, describeBytes, END_OF_RESPONSE } from './error.ts';
import { describeText, HeaderReader } from './header.ts';
import { Input } from './input.ts';
import type { DecodeLimits } from './limits.ts';
import { Budget } from './limits.ts';
import type { RowsReader } from './rows.ts';
import { emptyBatch } from './rows.ts';
import { errorIn, Tail } from './tail.ts';
import { decodeText } from './text.ts';
import type { ValueReader } from './value-reader.ts';
import { readerOf, rowsReaderOf } from './values.ts';

export type DecodedPart =
  /** The constrained DDS: the first part of every response. */
  | { readonly kind: 'dataset'; readonly dataset: DapDataset }
  /** Rows of a top-level Sequence, at least one; the receiver owns the columns. */
  | { readonly kind: 'rows'; readonly sequence: Sequence; readonly batch: Batch }
  /** The end of a top-level Sequence; a Sequence without rows gives only this part. */
  | { readonly kind: 'end'; readonly sequence: Sequence }
  /** The complete value of any other top-level variable. */
  | { readonly kind: 'value'; readonly variable: Variable; readonly value: Value };

/** The longest Error object in the middle of the data, in bytes, whose end the decoder waits for. */
const LONGEST_ERROR = 2 ** 14;

/** An Error object after the beginning of a DDS. */
const ERROR_AT_LINE = /^\s*Error\s*\{/m;

/** A top-level variable with its reader. */
type Item =
  | { readonly sequence: Sequence; readonly rows: RowsReader }
  | { readonly variable: Variable; readonly reader: ValueReader };

/**
 * Decodes one data response (`.dods`; DAP2 draft, section 7.3) from bytes that come in pieces of any size. Reads the responses of
 * libdap, the TDS, ERDDAP and pydap, with every type in any nesting. Strings are UTF-8, or else ISO-8859-1.
 *
 * Throws a `DecodeError` for bytes that are not a data response or exceed the limits, and a `DapError` for a body that is an Error
 * object or breaks off with one in the middle of the data. Parts that were complete before the error are returned first: the error
 * stands in `failure` at once and is thrown at the next call. A decoder that has failed stays failed.
 */
export class Decoder {
  readonly #input = new Input();
  readonly #budget: Budget;
  readonly #header: HeaderReader;
  /** The top-level variables; undefined before the DDS is read. */
  #items: Item[] | undefined;
  /** The offset of the data, in bytes from the beginning of the response. */
  #dataStart: number | undefined;
  /** The number of top-level variables that are read. */
  #done = 0;
  #failure: { readonly error: unknown } | undefined;
  readonly #tail = new Tail();
  /** The error of bytes that may be the beginning of an Error object whose end has not come. */
  #pending: DecodeError | undefined;

  constructor(limits: Partial<DecodeLimits> = {}) {
    this.#budget = new Budget(limits);
    this.#header = new HeaderReader(this.#budget.limits);
  }

  /** The error that ended the decoding, which the next call throws. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  /** Decodes the next bytes; gives at most one batch for each Sequence. The caller may reuse `bytes` afterwards. */
  push(bytes: Uint8Array): DecodedPart[] {
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`expected a Uint8Array, found ${typeof bytes}`);
    if (this.#failure !== undefined) throw this.#failure.error;
    const parts: DecodedPart[] = [];
    this.#tail.add(bytes);
    try {
      if (this.#pending !== undefined) throw this.#pending;
      this.#input.push(bytes);
      this.#read(parts, false);
      this.#input.keep();
    } catch (error) {
      const failure = this.#explain(error, parts, false);
      if (failure === undefined) return parts;
      this.#fail(failure);
      if (parts.length === 0) throw failure;
    }
    return parts;
  }

  /** Ends the response. Throws a `DecodeError` if it is incomplete, a `DapError` if it is an Error object. */
  finish(): DecodedPart[] {
    if (this.#failure !== undefined) throw this.#failure.error;
    const parts: DecodedPart[] = [];
    try {
      if (this.#pending !== undefined) throw this.#pending;
      this.#read(parts, true);
      this.#checkWhole();
    } catch (error) {
      const failure = this.#explain(error, parts, true);
      this.#fail(failure);
      throw failure;
    }
    return parts;
  }

  /**
   * The error to report for `error`: the server's own, if an Error object stands in the place of data; undefined while the end of the
   * object has not come. Removes the row from `parts` that was decoded from the beginning of the object.
   */
  #explain(error: unknown, parts: DecodedPart[], isAll: boolean): unknown {
    if (!(error instanceof DecodeError) || this.#dataStart === undefined) return error;
    const found = this.#tail.find(this.#dataStart);
    if (found === undefined) return error;
    if (found.offset < this.#budget.start) dropLastRow(parts);
    if (found.error !== undefined || isAll) return found.error ?? error;
    const length = this.#tail.end - found.offset;
    if (length > LONGEST_ERROR) return error;
    this.#pending = error;
    this.#items = [];
    this.#input.drop();
    return undefined;
  }

  #checkWhole(): void {
    if (this.#items === undefined) throw notAResponse(this.#input.peek());
    const item = this.#items[this.#done];
    if (item === undefined) return;
    const { name } = 'sequence' in item ? item.sequence : item.variable;
    const end = this.#input.position + this.#input.available;
    throw new DecodeError(end, `more bytes of ${name}`, END_OF_RESPONSE);
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    this.#items = undefined;
    this.#input.drop();
  }

  /** Reads all bytes that have come. */
  #read(parts: DecodedPart[], isAll: boolean): void {
    const input = this.#input;
    if (this.#items === undefined) {
      const text = this.#header.read(input, isAll);
      if (text === undefined) return;
      const dataset = parseHeader(text, this.#budget.limits);
      this.#items = dataset.variables.map(variable => itemOf(variable, this.#budget));
      this.#budget.begin(input.position);
      this.#dataStart = input.position;
      parts.push({ kind: 'dataset', dataset });
    }
    for (; this.#done < this.#items.length; this.#done++) {
      if (!readItem(this.#items[this.#done]!, input, parts)) {
        this.#budget.reach(input.position + input.available);
        return;
      }
      this.#budget.reach(input.position);
      this.#budget.begin(input.position);
    }
    skipLineEnds(input);
    if (input.available > 0) {
      throw new DecodeError(input.position, 'the end of the response', describeBytes(input.peek()));
    }
  }
}

/** Removes the last row, which was decoded from other bytes than a row. */
function dropLastRow(parts: DecodedPart[]): void {
  const part = parts.at(-1);
  if (part?.kind !== 'rows') return;
  parts.pop();
  const length = part.batch.length - 1;
  if (length === 0) return;
  const columns = part.batch.columns.map(column => column.slice(0, length));
  parts.push({ ...part, batch: { length, columns } });
}

/** Some servers end the data with an empty line. */
function skipLineEnds(input: Input): void {
  const other = input.peek().findIndex(byte => byte !== 0x0a && byte !== 0x0d);
  input.take(other < 0 ? input.available : other);
}

function itemOf(variable: Variable, budget: Budget): Item {
  return variable.type === 'Sequence'
    ? { sequence: variable, rows: rowsReaderOf(variable, budget) }
    : { variable, reader: readerOf(variable, budget, variable.name) };
}

/** Reads the next bytes of a variable: true once the variable is complete. */
function readItem(item: Item, input: Input, parts: DecodedPart[]): boolean {
  if ('reader' in item) {
    const value = item.reader.read(input);
    if (value === undefined) return false;
    parts.push({ kind: 'value', variable: item.variable, value });
    return true;
  }
  const { sequence, rows } = item;
  try {
    if (!rows.read(input)) return false;
  } finally {
    const batch = rows.take();
    if (batch !== undefined) parts.push({ kind: 'rows', sequence, batch });
  }
  parts.push({ kind: 'end', sequence });
  return true;
}

function parseHeader(text: string, { variables, nesting, nameLength }: DecodeLimits): DapDataset {
  try {
    return parseDds(text, { variables, nesting, nameLength });
  } catch (error) {
    throw asDecodeError('a DDS', error);
  }
}

/** The error for a body that ended before a line `Data:`: the server's, if the body is an Error object. */
function notAResponse(bytes: Uint8Array): Error {
  try {
    const text = decodeText(bytes);
    const error = parseError(text) ?? errorIn(text.slice(Math.max(0, text.search(ERROR_AT_LINE))));
    return error ?? new DecodeError(0, 'a DDS and a line "Data:"', describeText(bytes));
  } catch (error) {
    return asDecodeError('an Error object', error);
  }
}

function asDecodeError(expected: string, error: unknown): Error {
  if (!(error instanceof DapSyntaxError)) throw error;
  return new DecodeError(0, expected, error.message, { cause: error });
}

/**
 * Decodes a complete data response: one value for each top-level variable; a Sequence is one batch of all its rows. Throws as
 * `Decoder` does.
 */
export function decodeAll(
  bytes: Uint8Array,
  limits?: Partial<DecodeLimits>,
): { dataset: DapDataset; values: Value[] } {
  const decoder = new Decoder(limits);
  const parts = [...decoder.push(bytes), ...decoder.finish()];
  const values: Value[] = [];
  let dataset: DapDataset | undefined;
  let batch: Batch | undefined;
  for (const part of parts) {
    if (part.kind === 'dataset') dataset = part.dataset;
    else if (part.kind === 'value') values.push(part.value);
    else if (part.kind === 'rows') batch = part.batch;
    else {
      values.push(batch ?? emptyBatch(part.sequence));
      batch = undefined;
    }
  }
  if (dataset === undefined) throw new Error('a decoder that finished gave no dataset');
  return { dataset, values };
}
