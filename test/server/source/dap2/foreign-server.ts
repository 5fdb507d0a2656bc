// A DAP2 server that is not dapberry, with the habits of others: whole responses alone, or streams that ignore selections.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ForeignColumn {
  readonly type: 'Float64' | 'Float32' | 'Int32' | 'Int16' | 'UInt16' | 'Byte' | 'String';
  readonly name: string;
  /** Lines of the DAS, such as `String units "m";`. */
  readonly attributes?: readonly string[];
}

export type ForeignRow = readonly (number | string)[];

export interface Habits {
  /** `whole`: the rows that there are, 404 without any, and never an answer without an upper bound, like ERDDAP before a stream. */
  readonly kind: 'stream' | 'whole';
  /** Selections mean nothing to it, and it has no past. */
  readonly isDeaf?: boolean;
  /** Headers of all its responses. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers a request in place of the server, if it returns true. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export class ForeignServer {
  columns: readonly ForeignColumn[];
  habits: Habits;
  readonly rows: ForeignRow[] = [];
  /** Lines of the global attributes. */
  global: readonly string[] = [];
  /** The requests for rows, decoded. */
  readonly queries: string[] = [];
  readonly #streams = new Set<{ response: ServerResponse; columns: readonly number[] }>();
  readonly #sequence: string;
  #server: Server | undefined;
  #port = 0;

  constructor(columns: readonly ForeignColumn[], habits: Habits = { kind: 'stream' }, sequence = 'buoy') {
    this.columns = columns;
    this.habits = habits;
    this.#sequence = sequence;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/station`;
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => this.#answer(request, response));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#streams.clear();
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  /** Adds rows, which go to the open streams at once. */
  add(...rows: readonly ForeignRow[]): void {
    this.rows.push(...rows);
    for (const { response, columns } of this.#streams)
      response.write(Buffer.concat(rows.map(row => this.#bytes(row, columns))));
  }

  get streams(): number {
    return this.#streams.size;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { instead, headers = {}, kind, isDeaf } = this.habits;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (instead?.(request, response) === true) return;
    const [path = '', query = ''] = decodeURIComponent(request.url ?? '').split('?', 2);
    if (path.endsWith('.dds')) return void response.end(this.#dds(this.columns.map((_, index) => index)));
    if (path.endsWith('.das')) return void response.end(this.#das());
    this.queries.push(query);
    const [projection = '', ...clauses] = query.split('&');
    const names = projection.replaceAll(/\w+(\[0(?::1:0)?\])?\./g, '').split(',');
    // Like most servers, in its own order.
    const columns = this.columns.flatMap(({ name }, index) =>
      projection === '' || names.includes(name) ? [index] : [],
    );
    const isBounded = clauses.some(clause => clause.includes('<')) || projection.includes('[0');
    if (kind === 'whole' && !isBounded) return;
    const begin = `${this.#dds(columns)}\nData:\n`;
    if (isDeaf === true) {
      response.write(begin);
      this.#streams.add({ response, columns });
      response.once('close', () => this.#forget(response));
      return;
    }
    const matching = this.rows.filter(row => clauses.every(clause => this.#matches(row, clause)));
    const rows = projection.includes('[0') ? matching.slice(0, 1) : matching;
    if (kind === 'whole' && rows.length === 0) {
      response.statusCode = 404;
      const message = 'Not Found: Your query produced no matching results. (nRows = 0)';
      return void response.end(`Error {\n    code = 404;\n    message = "${message}";\n};\n`);
    }
    response.write(Buffer.concat([Buffer.from(begin), ...rows.map(row => this.#bytes(row, columns))]));
    if (kind === 'whole' || isBounded) return void response.end(Buffer.from([0xa5, 0, 0, 0]));
    this.#streams.add({ response, columns });
    response.once('close', () => this.#forget(response));
  }

  #forget(response: ServerResponse): void {
    for (const stream of this.#streams) if (stream.response === response) this.#streams.delete(stream);
  }

  #matches(row: ForeignRow, clause: string): boolean {
    const [, path = '', operator = '', text = ''] = /^([\w.]+)(>=|<=|>|<)(.+)$/.exec(clause) ?? [];
    const value = Number(row[this.columns.findIndex(({ name }) => name === path.split('.').at(-1))]);
    const bound = Number(text);
    if (Number.isNaN(bound)) throw new Error(`expected a number in ${clause}`);
    return { '>=': value >= bound, '<=': value <= bound, '>': value > bound, '<': value < bound }[operator]!;
  }

  #dds(columns: readonly number[]): string {
    const fields = columns.map(
      index => `        ${this.columns[index]!.type} ${this.columns[index]!.name};\n`,
    );
    return `Dataset {\n    Sequence {\n${fields.join('')}    } ${this.#sequence};\n} station;\n`;
  }

  #das(): string {
    const tables = this.columns.map(
      ({ name, attributes = [] }) =>
        `        ${name} {\n${attributes.map(line => `            ${line}\n`).join('')}        }\n`,
    );
    const global = this.global.map(line => `        ${line}\n`).join('');
    return `Attributes {\n    NC_GLOBAL {\n${global}    }\n    ${this.#sequence} {\n${tables.join('')}    }\n}\n`;
  }

  #bytes(row: ForeignRow, columns: readonly number[]): Buffer {
    const fields = columns.map(index => fieldBytes(this.columns[index]!.type, row[index]!));
    return Buffer.concat([Buffer.from([0x5a, 0, 0, 0]), ...fields]);
  }
}

function fieldBytes(type: ForeignColumn['type'], value: number | string): Buffer {
  if (type === 'String') {
    const text = Buffer.from(String(value));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, text, Buffer.alloc((4 - (text.length % 4)) % 4)]);
  }
  const bytes = Buffer.alloc(type === 'Float64' ? 8 : 4);
  if (type === 'Float64') bytes.writeDoubleBE(Number(value));
  else if (type === 'Float32') bytes.writeFloatBE(Number(value));
  else bytes.writeInt32BE(Number(value));
  return bytes;
}
