// The open streams: as many as the limits allow; a stuck client is cut off, and all are told when the server closes.

import type { ServerResponse } from 'node:http';
import type { Plan } from '../../dap/index.ts';
import { addressClassOf } from '../network/address-class.ts';
import { ClientCounts } from '../network/client-counts.ts';
import { clientNetwork } from '../network/ip-address.ts';
import { StuckClient } from '../network/stuck-client.ts';
import { UnsentBytes } from '../network/unsent.ts';
import { RequestError } from '../request-error.ts';
import type { EncodingName } from './encoding.ts';
import { PiecePool } from './piece-pool.ts';
import { RowStream, type RowStreamOptions } from './row-stream.ts';
import { CountedStreams, type StreamCounts, type StreamEnd } from './stream-counts.ts';
import { DEFAULT_LIMITS, type StreamLimits } from './stream-limits.ts';
import { Turns } from './turns.ts';

/** What a client that came to a full server is asked to wait, in seconds. */
const RETRY_AFTER = 10;

/** How often stuck streams are looked for, in milliseconds. */
const SWEEP = 1000;

/** A stream gives up its place no sooner than so many milliseconds after a row, nor before rows were due so many times. */
const SHORTEST_SILENCE = 1000;
const INTERVALS_OF_SILENCE = 2;

export interface StreamEvents {
  /** A client was cut off because it took nothing for longer than `readerTimeout`. */
  onCutOff?(address: string): void;
  /** A client that had been without a row for longest gave its place to another one. */
  onDisplaced?(address: string): void;
  /** A stream was broken off for an error of ours. */
  onError?(error: unknown): void;
}

type StreamOptions = Omit<RowStreamOptions, 'turns' | 'pieces' | 'counts' | 'onError'>;

/** Who asks for a stream, and of what. */
export interface StreamRequest {
  readonly address: string;
  /** The dataset's name. */
  readonly dataset: string;
  /** Seconds between its rows. */
  readonly interval: number;
  readonly encoding: EncodingName;
}

interface Open {
  readonly address: string;
  /** As whom the limit counts it. */
  readonly client: string;
  readonly counts: StreamCounts;
  /** Undefined until it looks stuck. */
  stuck: StuckClient | undefined;
  /** Milliseconds without a row after which it may have to give up its place. */
  readonly patience: number;
  end: 'cut-off' | 'displaced' | undefined;
  /** Rows when it was looked at last, and the time, by `performance.now()`, when they were found to be as many first. */
  rows: number;
  silentSince: number;
  stream: RowStream | undefined;
}

export class OpenStreams {
  readonly #limitsNow: () => StreamLimits;
  /** What they have done since the start. */
  readonly counted = new CountedStreams();
  readonly #events: StreamEvents;
  readonly #turns = new Turns();
  readonly #pieces = new PiecePool();
  readonly #open = new Map<ServerResponse, Open>();
  readonly #perClient = new ClientCounts();
  #sweeping: ReturnType<typeof setInterval> | undefined;
  #emptied: (() => void) | undefined;

  /** `limits` are asked for whenever they are needed: they may be others by then. */
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

  /** Whether the response is a stream. */
  has(response: ServerResponse): boolean {
    return this.#open.has(response);
  }

  /**
   * Makes room for one more stream to the address. Where there are too many, the one that has been without a row for longest is
   * broken off, as its client may wait for rows that never come: one of the same address, or any where there are too many in all.
   * Throws a RequestError, 503 with Retry-After, where each gets rows.
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

  /** Begins a stream in a response whose head is written; it is counted until the response is finished or broken off. */
  begin(request: StreamRequest, options: StreamOptions): void {
    const { address, interval } = request;
    const { response, cursor } = options;
    if (response.destroyed || response.req.socket.destroyed) {
      // The client went while its request was looked at: nobody would say so any more.
      cursor.close();
      return;
    }
    const client = clientNetwork(address);
    const counts = this.#countsOf(request);
    counts.begun += 1;
    this.#perClient.add(client);
    const open: Open = {
      address,
      client,
      counts,
      stuck: undefined,
      patience: patienceFor(options.plan, interval),
      end: undefined,
      rows: 0,
      silentSince: performance.now(),
      stream: undefined,
    };
    this.#open.set(response, open);
    this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP).unref();
    response.once('close', () => this.#ended(response, open));
    const turns = this.#turns;
    const pieces = this.#pieces;
    const onError = this.#onError;
    open.stream = new RowStream({ ...options, turns, pieces, counts, onError });
  }

  /** Waits until no stream is open, `most` milliseconds at most; a stuck client is not waited for. */
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

  #countsOf({ address, dataset, encoding }: StreamRequest): StreamCounts {
    return this.counted.of({ dataset, encoding, client: addressClassOf(address) });
  }

  /** Breaks off the stream that has been without a row for longest; false where each has had one lately. */
  #displace(client?: string): boolean {
    this.#countRows();
    const now = performance.now();
    let longest: [ServerResponse, Open] | undefined;
    for (const entry of this.#open) {
      const [, open] = entry;
      if (client !== undefined && open.client !== client) continue;
      // One that does not take its rows has a limit of its own.
      if (open.stream === undefined || open.stream.stuckSince !== undefined) continue;
      if (now - open.silentSince < open.patience) continue;
      if (longest === undefined || open.silentSince < longest[1].silentSince) longest = entry;
    }
    if (longest === undefined) return false;
    const [response, open] = longest;
    open.end = 'displaced';
    this.#events.onDisplaced?.(open.address);
    open.stream?.breakOff();
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

  #ended(response: ServerResponse, open: Open): void {
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
      const { stream } = open;
      if (stream?.stuckSince === undefined) {
        open.stuck = undefined;
        continue;
      }
      open.stuck ??= new StuckClient();
      const verdict = open.stuck.verdict(response.req.socket, now - stream.stuckSince, most, kernel);
      if (verdict === 'reading') stream.stuckSince = now;
      if (verdict !== 'stuck') continue;
      open.end = 'cut-off';
      this.#events.onCutOff?.(open.address);
      response.destroy();
    }
  }
}

/** Milliseconds without a row after which a stream may have to give up its place. */
function patienceFor({ time }: Plan, interval: number): number {
  const due = INTERVALS_OF_SILENCE * interval;
  // Where the first row is far away, none that is missing says so.
  const isFar = time.low > Date.now() / 1000 + due;
  return SHORTEST_SILENCE + (isFar ? 0 : due * 1000);
}

function endOf(response: ServerResponse, { stream, end }: Open): StreamEnd {
  if (stream?.failed) return 'failed';
  return end ?? (response.writableFinished ? 'complete' : 'left');
}
