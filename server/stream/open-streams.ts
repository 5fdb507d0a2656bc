// Keeps the open streams within their limits, cuts off stuck clients, and waits for all streams to end on shutdown.

import type { ServerResponse } from 'node:http';
import type { Plan } from '../../dap/protocol.ts';
import { addressClassOf } from '../network/address-class.ts';
import { ClientCounts } from '../network/client-counts.ts';
import { clientNetwork } from '../network/ip-address.ts';
import { StuckClient } from '../network/stuck-client.ts';
import { UnsentBytes } from '../network/unsent.ts';
import { RequestError } from '../request-error.ts';
import type { RowDelivery } from '../source/row-source.ts';
import { BodyStream, type BodyStreamOptions } from './body-stream.ts';
import { BufferPool } from './buffer-pool.ts';
import { RowStream, type RowStreamOptions } from './row-stream.ts';
import { SharedRowsByDataset } from './shared-rows.ts';
import { CountedStreams, type StreamCounts, type StreamEnd } from './stream-counts.ts';
import { DEFAULT_LIMITS, type StreamLimits } from './stream-limits.ts';
import type { SharedByStreams } from './stream-writer.ts';
import { Turns } from './turns.ts';

/** Seconds after which a client of a full server should try again. */
const RETRY_AFTER = 10;

/** Milliseconds between two searches for stuck streams. */
const SWEEP = 1000;

/** Milliseconds without a row after which a format may send bytes that keep the connection. */
const KEEP_ALIVE = 15_000;

/** A stream keeps its place for at least this many milliseconds after a row, and while fewer than this many rows were due. */
const SHORTEST_SILENCE = 1000;
const INTERVALS_OF_SILENCE = 2;

export interface StreamEvents {
  /** The client took nothing for longer than `readerTimeout`, and was cut off. */
  onCutOff?(address: string): void;
  /** The client, without a row for longest, lost its place to another client. */
  onDisplaced?(address: string): void;
  /** An internal error broke a stream off. */
  onError?(error: unknown): void;
}

type RowOptions = Omit<RowStreamOptions, keyof SharedByStreams>;
type BodyOptions = Omit<BodyStreamOptions, keyof SharedByStreams>;

/** A stream of either kind. */
type AnyStream = Pick<RowStream, 'writer' | 'rows'> & Partial<Pick<RowStream, 'keepAlive'>>;

/** A request for a stream: the client's address, and the rows that it asks for. */
export interface StreamRequest {
  readonly address: string;
  /** The dataset's name. */
  readonly dataset: string;
  readonly delivery: RowDelivery;
  /** The name of the row format. */
  readonly format: string;
}

interface OpenStream {
  readonly address: string;
  /** The network that the limit for one address counts. */
  readonly client: string;
  readonly counts: StreamCounts;
  /** Undefined while the client takes its bytes. */
  stuck: StuckClient | undefined;
  /** Milliseconds without a row after which another client may take its place. */
  readonly patience: number;
  end: 'cut-off' | 'displaced' | 'failed' | undefined;
  /** Rows at the last look, and the time, by `performance.now()`, of the first look that found this number. */
  rows: number;
  silentSince: number;
  keptAlive: number;
  stream: AnyStream | undefined;
}

export class OpenStreams {
  readonly #limitsNow: () => StreamLimits;
  /** Counts since the start. */
  readonly counted = new CountedStreams();
  readonly #events: StreamEvents;
  readonly #turns = new Turns();
  /** The encoded rows that streams share. */
  readonly shared = new SharedRowsByDataset();
  readonly #buffers = new BufferPool();
  readonly #open = new Map<ServerResponse, OpenStream>();
  readonly #perClient = new ClientCounts();
  #sweeping: ReturnType<typeof setInterval> | undefined;
  #emptied: (() => void) | undefined;

  /** @param limits is called whenever limits are needed, since a reload may change them */
  constructor(limits: () => StreamLimits = () => DEFAULT_LIMITS, events: StreamEvents = {}) {
    this.#limitsNow = limits;
    this.#events = events;
  }

  get limits(): StreamLimits {
    return this.#limitsNow();
  }

  readonly #onError = (error: unknown): void => this.#events.onError?.(error);

  get size(): number {
    return this.#open.size;
  }

  /** A connection has come, which streams leave time to. */
  connected(): void {
    this.#turns.connected();
  }

  /** Whether the response is a stream. */
  has(response: ServerResponse): boolean {
    return this.#open.has(response);
  }

  /**
   * Makes room for one more stream to the address. At a limit it breaks off the stream that has been without a row for longest,
   * since its client may wait for rows that never come: a stream to the same address, or any stream at the limit on all.
   * @throws RequestError 503 with Retry-After where every stream has had a row lately
   */
  admit(request: StreamRequest): void {
    const client = clientNetwork(request.address);
    const { maxStreams, maxStreamsPerAddress } = this.limits;
    let which: string | undefined;
    if (this.#perClient.of(client) >= maxStreamsPerAddress && !this.#displace(client))
      which = `${maxStreamsPerAddress} streams to your address are open`;
    else if (this.#open.size >= maxStreams && !this.#displace())
      which = `${maxStreams} streams in all are open`;
    if (which === undefined) return;
    this.#countsOf(request).refused += 1;
    throw new RequestError(503, `${which}, and that is the limit; try again later`, {
      'Retry-After': String(RETRY_AFTER),
    });
  }

  /** Begins a stream of rows in a response whose HTTP headers are set; the stream counts until the response is finished or broken off. */
  begin(request: StreamRequest, options: RowOptions): void {
    const { response, cursor } = options;
    const patience = patienceFor(options.plan, request.delivery);
    const isOpen = this.#begin(
      request,
      response,
      patience,
      shared => new RowStream({ ...options, ...shared }),
    );
    if (!isOpen) cursor.close();
  }

  /** As `begin`, for a body that ends by itself. */
  beginBody(request: StreamRequest, options: BodyOptions): void {
    const { response, source } = options;
    const start = (shared: SharedByStreams) => new BodyStream({ ...options, ...shared });
    if (!this.#begin(request, response, SHORTEST_SILENCE, start)) source.close();
  }

  /** False where there is no stream: the client left before it, when the response has no more events, or its begin failed. */
  #begin(
    request: StreamRequest,
    response: ServerResponse,
    patience: number,
    start: (shared: SharedByStreams) => AnyStream,
  ): boolean {
    const { address } = request;
    if (response.destroyed || response.req.socket.destroyed) return false;
    const client = clientNetwork(address);
    const counts = this.#countsOf(request);
    counts.begun += 1;
    this.#perClient.add(client);
    const open: OpenStream = {
      address,
      client,
      counts,
      stuck: undefined,
      patience,
      end: undefined,
      rows: 0,
      silentSince: performance.now(),
      keptAlive: 0,
      stream: undefined,
    };
    this.#open.set(response, open);
    this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP).unref();
    // It comes once: `once` would keep three more objects for each stream.
    response.on('close', () => this.#ended(response, open));
    const turns = this.#turns;
    const buffers = this.#buffers;
    const onError = this.#onError;
    try {
      open.stream = start({ turns, buffers, counts, onError });
      return true;
    } catch (error) {
      // The head is on its way: only the end of the connection tells the client.
      open.end = 'failed';
      response.destroy();
      onError(error);
      return false;
    }
  }

  /** Waits until no stream is open, for at most `most` milliseconds. */
  async allEnded(most: number): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, most);
      this.#emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #countsOf({ address, dataset, format }: StreamRequest): StreamCounts {
    return this.counted.of({ dataset, format, client: addressClassOf(address) });
  }

  /** Breaks off the stream that has been without a row for longest; false where every stream has had one lately. */
  #displace(client?: string): boolean {
    this.#countRows();
    const now = performance.now();
    let longest: [ServerResponse, OpenStream] | undefined;
    for (const entry of this.#open) {
      const [, open] = entry;
      if (client !== undefined && open.client !== client) continue;
      // A stuck client has a limit of its own.
      if (open.stream === undefined || open.stream.writer.stuckSince !== undefined) continue;
      if (now - open.silentSince < open.patience) continue;
      if (longest === undefined || open.silentSince < longest[1].silentSince) longest = entry;
    }
    if (longest === undefined) return false;
    const [response, open] = longest;
    open.end = 'displaced';
    this.#events.onDisplaced?.(open.address);
    open.stream?.writer.breakOff();
    this.#ended(response, open);
    return true;
  }

  #countRows(): void {
    const now = performance.now();
    for (const open of this.#open.values()) {
      const rows = open.stream?.rows ?? 0;
      if (rows === open.rows) continue;
      open.rows = rows;
      open.silentSince = now;
    }
  }

  #ended(response: ServerResponse, open: OpenStream): void {
    if (!this.#open.delete(response)) return;
    const { client, counts } = open;
    counts.ended[endOf(response, open)] += 1;
    this.#perClient.remove(client);
    if (this.#open.size > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
    this.#emptied?.();
  }

  /** Cuts off clients that have taken nothing for too long. */
  #sweep(): void {
    this.#countRows();
    const now = performance.now();
    const most = this.limits.readerTimeout * 1000;
    const kernel = UnsentBytes.onDemand();
    for (const [response, open] of this.#open) {
      const writer = open.stream?.writer;
      if (writer?.stuckSince === undefined) {
        open.stuck = undefined;
        keepAlive(open, now);
        continue;
      }
      open.stuck ??= new StuckClient();
      const verdict = open.stuck.verdict(response.req.socket, now - writer.stuckSince, most, kernel);
      if (verdict === 'reading') writer.stuckSince = now;
      if (verdict !== 'stuck') continue;
      open.end = 'cut-off';
      this.#events.onCutOff?.(open.address);
      response.destroy();
    }
  }
}

function keepAlive(open: OpenStream, now: number): void {
  if (now - Math.max(open.silentSince, open.keptAlive) < KEEP_ALIVE) return;
  open.keptAlive = now;
  open.stream?.keepAlive?.();
}

/** Milliseconds without a row after which another client may take the stream's place. */
function patienceFor({ time }: Plan, delivery: RowDelivery): number {
  const due = delivery.kind === 'scheduled' ? INTERVALS_OF_SILENCE * delivery.interval : 0;
  // A first row in the far future is not late.
  const isFar = time.low > Date.now() / 1000 + due;
  return SHORTEST_SILENCE + (isFar ? 0 : due * 1000);
}

function endOf(response: ServerResponse, { stream, end }: OpenStream): StreamEnd {
  if (stream?.writer.failed) return 'failed';
  return end ?? (response.writableFinished ? 'complete' : 'left');
}
