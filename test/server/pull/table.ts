// A DAP2 server for tests of `pull`: one Sequence of any columns, whose rows and columns the test changes while it serves.

import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Atomic,
  type AtomicType,
  type Column,
  type DapDataset,
  END_OF_SEQUENCE,
  encodeHeader,
  printDds,
  rowEncoder,
  type Sequence,
} from '../../../dap/index.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: AtomicType;
  readonly units?: string;
  /** A number that stands for no value. */
  readonly fill?: number;
}

export type Cell = number | string;

/** The columns that most tests use. */
export const TIME: TableColumn = {
  name: 'time',
  type: 'Float64',
  units: 'seconds since 1970-01-01T00:00:00Z',
};
export const VALUE: TableColumn = { name: 'a', type: 'Float64' };

/** Serves `http://127.0.0.1:PORT/table`. Without a bound on the time a stream begins with the next row that is added. */
export class Table {
  columns: readonly TableColumn[];
  rows: Cell[][] = [];
  /** By how many seconds its clock is ahead of this machine's. */
  clockAhead = 0;
  /** Answers nothing but this status. */
  status = 200;
  /** Ends each Sequence after the rows that there are. */
  isFinite = false;
  /** Of the data requests so far, percent-decoded. */
  readonly queries: string[] = [];
  readonly #news = new EventEmitter().setMaxListeners(0);
  readonly #streams = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    response.setHeader('Date', new Date(Date.now() + 1000 * this.clockAhead).toUTCString());
    if (this.status !== 200) response.statusCode = this.status;
    if (this.status !== 200) response.end();
    else if (path === '/table.dds') response.end(printDds(this.#dataset(query)));
    else if (path === '/table.das') response.end(this.#das());
    else if (path === '/table.dods') void this.#stream(query, response);
    else response.writeHead(404).end();
  });

  constructor(columns: readonly TableColumn[] = [TIME, VALUE]) {
    this.columns = columns;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/table`;
  }

  async open(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  append(...rows: Cell[][]): void {
    this.rows.push(...rows);
    this.#news.emit('news');
  }

  /** Resolves when that many data requests have come. */
  async asked(requests: number): Promise<void> {
    while (this.queries.length < requests) await once(this.#news, 'news');
  }

  /** Breaks the connections of all streams, as a server does that ends. */
  breakStreams(): void {
    for (const response of this.#streams) response.destroy();
  }

  #dataset(query: string): DapDataset {
    const asked = projected(query);
    const fields = this.columns
      .filter(({ name }) => asked.length === 0 || asked.includes(name))
      .map(({ name, type }): Atomic => ({ type, name }) as Atomic);
    const sequence: Sequence = { type: 'Sequence', name: 'sensor', fields };
    return { name: 'table', variables: [sequence] };
  }

  #das(): string {
    const tables = this.columns.map(({ name, type, units, fill }) => {
      const text = units === undefined ? '' : `String units "${units}";\n`;
      return `${name} {\n${text}${fill === undefined ? '' : `${type} _FillValue ${fill};\n`}}\n`;
    });
    return `Attributes {\nsensor {\n${tables.join('')}}\n}\n`;
  }

  async #stream(query: string, response: ServerResponse): Promise<void> {
    this.#streams.add(response);
    response.on('close', () => {
      this.#streams.delete(response);
      this.#news.emit('news');
    });
    const dataset = this.#dataset(query);
    const [sequence] = dataset.variables as [Sequence];
    const encode = rowEncoder(sequence);
    const places = sequence.fields.map(field => this.columns.findIndex(({ name }) => name === field.name));
    const bounds = boundsIn(query);
    let at = bounds.length > 0 || this.isFinite ? 0 : this.rows.length;
    response.write(encodeHeader(dataset));
    this.queries.push(decodeURIComponent(query));
    this.#news.emit('news');
    while (this.#streams.has(response)) {
      const row = this.rows[at];
      // A bound from above is one of the past in these tests.
      if (row === undefined && (this.isFinite || /<=?/.test(decodeURIComponent(query)))) break;
      if (row === undefined) {
        await once(this.#news, 'news');
        continue;
      }
      at += 1;
      const isWanted = bounds.every(({ column, holds }) => {
        const place = this.columns.findIndex(({ name }) => name === column);
        return holds(Number(row[place]));
      });
      if (isWanted)
        response.write(
          encode({ length: 1, columns: places.map(place => [row[place]!] as unknown as Column) }),
        );
    }
    response.end(END_OF_SEQUENCE);
  }
}

function projected(query: string): string[] {
  return decodeURIComponent(query)
    .split('&')[0]!
    .split(',')
    .map(name => name.replace(/^sensor\.?/, ''))
    .filter(name => name !== '');
}

function boundsIn(query: string): { column: string; holds: (value: number) => boolean }[] {
  return decodeURIComponent(query)
    .split('&')
    .slice(1)
    .map(text => {
      const found = /^(?:sensor\.)?(\w+)(>=|<=|>|<)(.+)$/.exec(text);
      if (found === null) throw new Error(`the table cannot read "${text}"`);
      const [, column = '', operator, value] = found;
      const bound = Number(value);
      if (operator === '>=') return { column, holds: time => time >= bound };
      if (operator === '<=') return { column, holds: time => time <= bound };
      return operator === '>'
        ? { column, holds: time => time > bound }
        : { column, holds: time => time < bound };
    });
}
