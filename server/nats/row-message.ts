// Encodes and decodes the message that carries rows of a dataset: a header of 32 bytes, and the rows as XDR (docs/fleet.md).

import { crc32 } from 'node:zlib';
import { getNumbers } from '../../dap/decode/numbers.ts';
import { type RowLayout, rowLayout, START_OF_INSTANCE } from '../../dap/model/layout.ts';
import { type Batch, type NumberColumn, newColumn, rowEncoder, type Sequence } from '../../dap/protocol.ts';
import type { SequenceLayout } from '../source/row-source.ts';

/** The version of row messages and of layout messages that this program writes, and the latest that it reads. */
export const MESSAGE_VERSION = 1;

/** Bytes of the header. A later version may have a longer one: readers take its length from the message. */
export const HEADER_BYTES = 32;

/** `DAPB` */
const MAGIC = 0x44415042;

/** The kind of a message in its header. */
const ROWS = 1;

const AT = { magic: 0, version: 4, kind: 5, header: 6, layout: 8, previous: 16, rows: 24, checksum: 28 };

/** The message can not be read: not of this project, of a later version, of another layout, or damaged. */
export class MessageError extends Error {
  readonly reason: 'foreign' | 'version' | 'layout' | 'damaged';

  constructor(reason: MessageError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface RowMessageHeader {
  /** The layout of the rows: 16 hexadecimal digits, as in the layout message. */
  readonly layout: string;
  /** The time of the row before the first row, in seconds since 1970; NaN for the first row of a dataset. */
  readonly previous: number;
  readonly rows: number;
}

export interface RowMessage extends RowMessageHeader {
  readonly batch: Batch;
}

/** Encodes and decodes the rows of one layout. */
export class RowCodec {
  readonly layout: string;
  /** Bytes of a row. */
  readonly stride: number;
  readonly #sequence: Sequence;
  readonly #rows: RowLayout;
  readonly #encode: ReturnType<typeof rowEncoder>;

  /** @param id the id of the layout, 16 hexadecimal digits */
  constructor(id: string, { name, columns }: SequenceLayout) {
    const fields = columns.map(({ type, name }) => ({ type, name }));
    this.#sequence = { type: 'Sequence', name, fields };
    const rows = rowLayout(this.#sequence);
    if (rows === undefined) throw new TypeError(`${name}: expected columns of numbers to send as messages`);
    this.layout = id;
    this.#rows = rows;
    this.stride = rows.stride;
    this.#encode = rowEncoder(this.#sequence);
  }

  /** The number of rows that fit into a message of `bytes`; one at least. */
  rowsIn(bytes: number): number {
    return Math.max(1, Math.floor((bytes - HEADER_BYTES) / this.stride));
  }

  /** @param previous the time of the row before the first one; NaN if there is none */
  encode(batch: Batch, previous: number): Uint8Array {
    const message = new Uint8Array(HEADER_BYTES + batch.length * this.stride);
    const body = message.subarray(HEADER_BYTES);
    this.#encode(batch, 0, batch.length, body);
    const view = new DataView(message.buffer);
    view.setUint32(AT.magic, MAGIC);
    view.setUint8(AT.version, MESSAGE_VERSION);
    view.setUint8(AT.kind, ROWS);
    view.setUint16(AT.header, HEADER_BYTES);
    view.setBigUint64(AT.layout, BigInt(`0x${this.layout}`));
    view.setFloat64(AT.previous, previous);
    view.setUint32(AT.rows, batch.length);
    view.setUint32(AT.checksum, crc32(body));
    return message;
  }

  /** @throws {MessageError} for a message that has no rows of this layout */
  decode(message: Uint8Array): RowMessage {
    const header = readHeader(message);
    if (header.layout !== this.layout)
      throw new MessageError('layout', `expected rows of the layout ${this.layout}, found ${header.layout}`);
    const body = message.subarray(header.bytes);
    const needed = header.rows * this.stride;
    if (body.length !== needed)
      throw new MessageError(
        'damaged',
        `expected ${needed} bytes of ${header.rows} rows, found ${body.length}`,
      );
    const { layout, previous, rows } = header;
    return { layout, previous, rows, batch: this.#readRows(body, rows) };
  }

  #readRows(body: Uint8Array, length: number): Batch {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const { stride } = this;
    for (let row = 0; row < length; row += 1) {
      if (view.getUint32(row * stride) !== START_OF_INSTANCE)
        throw new MessageError('damaged', `expected the mark 5A 00 00 00 before row ${row} of the message`);
    }
    const columns = this.#sequence.fields.map((field, index) => {
      const { type, offset } = this.#rows.columns[index]!;
      const column = newColumn(field, length) as NumberColumn;
      getNumbers(type, view, offset, stride, column, 0, length);
      return column;
    });
    return { length, columns };
  }
}

/**
 * Reads the header alone.
 * @throws {MessageError} for a message that is no row message of a known version, or that is damaged
 */
export function readHeader(message: Uint8Array): RowMessageHeader & { readonly bytes: number } {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (message.length < AT.layout || view.getUint32(AT.magic) !== MAGIC)
    throw new MessageError('foreign', `expected a message that begins with DAPB, found ${found(message)}`);
  const version = view.getUint8(AT.version);
  const kind = view.getUint8(AT.kind);
  // A later kind of message in these subjects is as unknown as a later version.
  if (version !== MESSAGE_VERSION || kind !== ROWS) {
    const text = `expected version ${MESSAGE_VERSION}, kind ${ROWS}, found version ${version}, kind ${kind}`;
    throw new MessageError('version', `${text}: install a later version of dapberry here`);
  }
  const bytes = view.getUint16(AT.header);
  if (bytes < HEADER_BYTES || bytes > message.length)
    throw new MessageError(
      'damaged',
      `expected a header of ${HEADER_BYTES} to ${message.length} bytes, found ${bytes}`,
    );
  if (crc32(message.subarray(bytes)) !== view.getUint32(AT.checksum))
    throw new MessageError('damaged', 'expected rows with the CRC-32 of the header, found another one');
  return {
    layout: view.getBigUint64(AT.layout).toString(16).padStart(16, '0'),
    previous: view.getFloat64(AT.previous),
    rows: view.getUint32(AT.rows),
    bytes,
  };
}

/**
 * The time of the last row of a message of any layout: that row begins as many bytes before the end as a row takes.
 * @throws {MessageError} for a message that has no rows of a known version, or that is damaged
 */
export function lastRowTime(message: Uint8Array): number {
  const { bytes, rows } = readHeader(message);
  const stride = (message.length - bytes) / rows;
  if (rows === 0 || !Number.isInteger(stride))
    throw new MessageError(
      'damaged',
      `expected ${rows} rows of the same size, found ${message.length - bytes} bytes`,
    );
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  return view.getFloat64(message.length - stride + 4);
}

function found(message: Uint8Array): string {
  if (message.length === 0) return 'an empty message';
  return [...message.subarray(0, 4)].map(byte => byte.toString(16).padStart(2, '0')).join(' ');
}
