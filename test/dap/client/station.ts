// Serves a station with a past over DAP2, written by hand, and over a wire that can be cut.

import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';

/** `[time, temperature]` */
export type Row = readonly [number, number];

export const END = Uint8Array.of(0xa5, 0, 0, 0);

/** The constrained DDS of the station. */
export function head(columns: readonly string[] = ['time', 'temperature'], type = 'Float64'): string {
  const fields = columns.map(name => `        ${type} ${name};\n`).join('');
  return `Dataset {\n    Sequence {\n${fields}    } sensor;\n} roberrypi;\n`;
}

/** One row of Float64 as XDR, with its marker. */
export function rowBytes(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 8 * values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x5a000000);
  values.forEach((value, i) => {
    view.setFloat64(4 + 8 * i, value);
  });
  return bytes;
}

/** A whole response of the given rows. */
export function responseBytes(
  rows: readonly Row[],
  { end = true, columns = ['time', 'temperature'] } = {},
): Uint8Array {
  const text = new TextEncoder().encode(`${head(columns)}Data:\n`);
  return Buffer.concat([text, ...rows.map(row => rowBytes(row)), ...(end ? [END] : [])]);
}

/** A server on a free port of this machine. */
export interface Listening {
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/** An HTTP server, and which of its connections are open that have carried a request: Node's fetch opens idle ones too. */
export interface Serving extends Listening {
  readonly busy: ReadonlySet<Socket>;
}

async function listen(server: Server, port = 0): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  return {
    origin: `http://127.0.0.1:${bound}`,
    port: bound,
    async close() {
      if (!server.listening) return;
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

export type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void;

/** An HTTP server that answers with `handler`; `number` counts its requests from 0. */
export async function serve(handler: Handler, port = 0): Promise<Serving> {
  let number = 0;
  const busy = new Set<Socket>();
  const server = createServer((request, response) => {
    const { socket } = request;
    if (!busy.has(socket)) socket.on('close', () => busy.delete(socket));
    busy.add(socket);
    handler(request, response, number++);
  });
  return { ...(await listen(server, port)), busy };
}

/** A request for rows of the station, read with a few plain rules, to check the client's own constraint code. */
interface StationRequest {
  readonly columns: readonly string[];
  readonly first: number;
  readonly stride: number;
  readonly last: number;
  readonly replay: boolean;
  readonly until: number;
  matches(row: Row): boolean;
}

function asked(query: string): StationRequest {
  const [projection = '', ...selections] = decodeURIComponent(query).split('&');
  const range = /\[(\d+)(?::(?:(\d+):)?(\d+))?\]/.exec(projection);
  const names = projection
    .replace(/\[[^\]]*\]/g, '')
    .split(',')
    .map(name => name.replace(/^sensor\.?/, ''))
    .filter(name => name !== '');
  const bounds = selections.map(text => {
    const found = /^(?:sensor\.)?(time|temperature)(<=|>=|<|>)(.+)$/.exec(text);
    if (found === null) throw new Error(`the station cannot read "${text}"`);
    return { column: found[1], operator: found[2], value: Number(found[3]) };
  });
  const times = bounds.filter(bound => bound.column === 'time');
  return {
    columns: ['time', 'temperature'].filter(name => names.length === 0 || names.includes(name)),
    first: Number(range?.[1] ?? 0),
    stride: Number(range?.[2] ?? 1),
    last: range === null ? Number.POSITIVE_INFINITY : Number(range[3] ?? range[1]),
    replay: times.length > 0,
    until: Math.min(
      ...times.filter(({ operator }) => operator?.startsWith('<')).map(({ value }) => value),
      Number.POSITIVE_INFINITY,
    ),
    matches: ([time, temperature]) =>
      bounds.every(({ column, operator, value }) => {
        const found = column === 'time' ? time : temperature;
        if (operator === '<') return found < value;
        if (operator === '<=') return found <= value;
        return operator === '>' ? found > value : found >= value;
      }),
  };
}

/** A dataset `roberrypi` with a Sequence `sensor` of time and temperature: live, replayed or finite as it is asked. */
export class Station {
  /** The queries of the `.dods` requests so far, percent-decoded. */
  readonly queries: string[] = [];
  readonly rows: Row[] = [];
  /** Responses that are being written now. */
  streams = 0;
  /** Ends a body by closing the connection, as HTTP/1.0 servers do, instead of in chunks. */
  closeDelimited = false;
  /** Answers in the station's place where it returns true. */
  before: (request: IncomingMessage, response: ServerResponse, number: number) => boolean = () => false;
  readonly #news = new EventEmitter().setMaxListeners(0);
  #stopping = false;
  #listening: Listening | undefined;

  constructor(rows: readonly Row[] = []) {
    this.rows.push(...rows);
  }

  get url(): string {
    return `${this.#at.origin}/roberrypi`;
  }

  get port(): number {
    return this.#at.port;
  }

  get #at(): Listening {
    if (this.#listening === undefined) throw new Error('the station is not open');
    return this.#listening;
  }

  async open(port = 0): Promise<this> {
    this.#stopping = false;
    this.#listening = await serve(
      (request, response, number) => this.#answer(request, response, number),
      port,
    );
    return this;
  }

  append(...rows: readonly Row[]): void {
    this.rows.push(...rows);
    this.#news.emit('news');
  }

  /** Resolves as soon as `condition` holds; it is looked at whenever something happens here. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#news, 'news');
  }

  /** Ends each stream with its end marker, as a server does that is shut down in order, then closes the port. */
  async shutDown(): Promise<void> {
    this.#stopping = true;
    this.#news.emit('news');
    await this.until(() => this.streams === 0);
    await this.#at.close();
  }

  /** Falls over: connections break where they are. */
  async crash(): Promise<void> {
    await this.#at.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse, number: number): void {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    if (path.endsWith('.dods')) this.queries.push(decodeURIComponent(query));
    this.#news.emit('news');
    if (this.before(request, response, number)) return;
    if (this.closeDelimited) {
      response.useChunkedEncodingByDefault = false;
      response.shouldKeepAlive = false;
    }
    if (path === '/roberrypi.dds') {
      // In two calls, so that no Content-Length goes with it.
      response.write(head());
      response.end();
    } else if (path === '/roberrypi.dods') {
      void this.#stream(asked(query), response);
    } else {
      response.statusCode = 404;
      response.end('Error {\n    code = 404;\n    message = "no such dataset";\n};\n');
    }
  }

  async #stream(constraint: StationRequest, response: ServerResponse): Promise<void> {
    this.streams++;
    let open = true;
    response.on('close', () => {
      open = false;
      this.streams--;
      this.#news.emit('news');
    });
    let at = constraint.replay ? 0 : this.rows.length;
    let matched = 0;
    response.write(`${head(constraint.columns)}Data:\n`);
    while (open) {
      const row = this.rows[at];
      if (this.#stopping || matched > constraint.last || (row !== undefined && row[0] > constraint.until)) {
        response.end(END);
        return;
      }
      if (row === undefined) {
        await once(this.#news, 'news');
        continue;
      }
      at++;
      if (!constraint.matches(row)) continue;
      const index = matched++;
      if (index < constraint.first || (index - constraint.first) % constraint.stride !== 0) continue;
      response.write(rowBytes(constraint.columns.map(name => (name === 'time' ? row[0] : row[1]))));
      // Lets the station notice a client that reads slowly, or has left.
      if (at % 64 === 0) await new Promise(setImmediate);
    }
  }
}

/** A wire, and how many bytes of answers each of its connections has carried. */
export interface Wire extends Listening {
  readonly carried: readonly number[];
}

/**
 * A wire to `port` that breaks: connection number `n` (from 0) carries `allowed(n)` bytes of the answer, then it is cut;
 * undefined lets it live.
 */
export async function wireTo(
  port: number,
  allowed: (connection: number) => number | undefined = () => undefined,
): Promise<Wire> {
  const carried: number[] = [];
  const listening = await listen(
    createTcpServer({ noDelay: true }, client => {
      const connection = carried.push(0) - 1;
      const limit = allowed(connection) ?? Number.POSITIVE_INFINITY;
      const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
      upstream.on('error', () => client.destroy()).on('end', () => client.end());
      client.on('close', () => upstream.destroy());
      client.pipe(upstream);
      upstream.on('data', (bytes: Buffer) => {
        const before = carried[connection]!;
        const part = bytes.subarray(0, limit - before);
        carried[connection] = before + part.length;
        client.write(part);
        // The allowed bytes still leave; the end of the connection follows them.
        if (before + part.length === limit) client.end(() => client.destroy());
      });
    }),
  );
  return { ...listening, carried };
}
