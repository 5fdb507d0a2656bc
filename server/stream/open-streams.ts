// Which streams are open? As many as the limits allow; a stuck one is cut off, and all are told when the server closes.

import type { ServerResponse } from 'node:http';
import { RequestError } from '../errors.ts';
import { addressClassOf } from './address-class.ts';
import type { EncodingName } from './encoding.ts';
import { PiecePool } from './piece-pool.ts';
import { RowStream, type RowStreamOptions } from './row-stream.ts';
import { CountedStreams, type StreamCounts, type StreamEnd } from './stream-counts.ts';
import { Turns } from './turns.ts';
import { UnsentBytes } from './unsent.ts';

export interface StreamLimits {
  /** Streams that may be open at once. */
  readonly maxStreams: number;
  /** Streams that one address may have open at once. */
  readonly maxStreamsPerAddress: number;
  /** Seconds after which a client that takes nothing is cut off. */
  readonly readerTimeout: number;
}

export const DEFAULT_LIMITS: StreamLimits = {
  maxStreams: 2000,
  maxStreamsPerAddress: 200,
  readerTimeout: 60,
};

/** What a client that came to a full server is asked to wait, in seconds. */
const RETRY_AFTER = 10;

/** How often stuck streams are looked for, in milliseconds. */
const SWEEP = 1000;

export interface StreamEvents {
  /** A client was cut off because it took nothing for longer than `readerTimeout`. */
  onCutOff?(address: string): void;
  /** A stream was broken off for an error of ours. */
  onError?(error: unknown): void;
}

type StreamOptions = Omit<RowStreamOptions, 'turns' | 'pieces' | 'counts' | 'onError'>;

/** Who asks for a stream, and of what. */
export interface StreamRequest {
  readonly address: string;
  /** The dataset's name. */
  readonly dataset: string;
  readonly encoding: EncodingName;
}

interface Open {
  readonly address: string;
  readonly counts: StreamCounts;
  isCutOff: boolean;
  /** Of a stream that seems stuck: what the kernel held of it when it was looked at first. */
  unsent: number | undefined;
  /** Undefined while the response waits behind another one in its connection. */
  stream: RowStream | undefined;
}

export class OpenStreams {
  private readonly limitsNow: () => StreamLimits;
  /** What they have done since the start. */
  readonly counted = new CountedStreams();
  private readonly events: StreamEvents;
  private readonly turns = new Turns();
  private readonly pieces = new PiecePool();
  private readonly open = new Map<ServerResponse, Open>();
  private readonly perAddress = new Map<string, number>();
  private sweeping: ReturnType<typeof setInterval> | undefined;
  private emptied: (() => void) | undefined;

  /** `limits` are asked for whenever they are needed: they may be others by then. */
  constructor(limits: () => StreamLimits = () => DEFAULT_LIMITS, events: StreamEvents = {}) {
    this.limitsNow = limits;
    this.events = events;
  }

  get limits(): StreamLimits {
    return this.limitsNow();
  }

  private readonly onError = (error: unknown): void => this.events.onError?.(error);

  get size(): number {
    return this.open.size;
  }

  /** Throws a RequestError, 503 with Retry-After, where one more stream to the address is too many. */
  admit(request: StreamRequest): void {
    const { address } = request;
    const { maxStreams, maxStreamsPerAddress } = this.limits;
    const here = this.perAddress.get(address) ?? 0;
    if (this.open.size < maxStreams && here < maxStreamsPerAddress) return;
    this.countsOf(request).refused += 1;
    const which =
      here < maxStreamsPerAddress
        ? `${maxStreams} streams in all are open`
        : `${maxStreamsPerAddress} streams to your address are open`;
    throw new RequestError(503, `${which}, and that is the limit; try again later`, {
      'Retry-After': String(RETRY_AFTER),
    });
  }

  /**
   * Begins a stream in a response whose head is written; it is counted until the response is finished or broken off. Of requests
   * that came in one connection without waiting for the answers, each stream begins when the one before it has ended.
   */
  begin(request: StreamRequest, options: StreamOptions): void {
    const { address } = request;
    const { response, cursor } = options;
    const { socket } = response.req;
    if (response.destroyed || socket.destroyed) {
      // The client went while its request was looked at: nobody would say so any more.
      cursor.close();
      return;
    }
    const counts = this.countsOf(request);
    counts.begun += 1;
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    const open: Open = { address, counts, isCutOff: false, unsent: undefined, stream: undefined };
    this.open.set(response, open);
    this.sweeping ??= setInterval(() => this.sweep(), SWEEP).unref();
    const start = (): void => {
      open.stream = new RowStream({
        ...options,
        turns: this.turns,
        pieces: this.pieces,
        counts,
        onError: this.onError,
      });
    };
    const ended = (): void => {
      socket.off('close', ended);
      if (open.stream === undefined) cursor.close();
      this.ended(response, open);
    };
    response.once('close', ended);
    if (response.socket !== null) {
      start();
      return;
    }
    response.once('socket', start);
    // Node does not tell a response that waits when its connection closes. A client may have many of them wait.
    socket.setMaxListeners(0).once('close', ended);
  }

  /** Waits until no stream is open, `most` milliseconds at most; a stuck client is not waited for. */
  async allEnded(most: number): Promise<void> {
    if (this.open.size === 0) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, most);
      this.emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private countsOf({ address, dataset, encoding }: StreamRequest): StreamCounts {
    return this.counted.of({ dataset, encoding, client: addressClassOf(address) });
  }

  private ended(response: ServerResponse, open: Open): void {
    if (!this.open.delete(response)) return;
    const { address, counts } = open;
    counts.ended[endOf(response, open)] += 1;
    const left = (this.perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.perAddress.delete(address);
    else this.perAddress.set(address, left);
    if (this.open.size > 0) return;
    clearInterval(this.sweeping);
    this.sweeping = undefined;
    this.emptied?.();
  }

  /**
   * Cuts off who has taken nothing for too long. A client that reads slowly but steadily looks stuck for as long as the kernel's
   * buffer, some megabytes, has not become a third emptier; so what the kernel holds of it is looked at half way and at the end.
   */
  private sweep(): void {
    const now = performance.now();
    const most = this.limits.readerTimeout * 1000;
    let unsent: UnsentBytes | undefined;
    for (const [response, open] of this.open) {
      const { stream } = open;
      const stuck = now - (stream?.stuckSince ?? now);
      if (stream === undefined || stuck < most / 2) {
        open.unsent = undefined;
        continue;
      }
      if (open.unsent !== undefined && stuck < most) continue;
      unsent ??= UnsentBytes.read();
      const left = unsent.of(response.req.socket);
      if (open.unsent === undefined) {
        open.unsent = left ?? 0;
      } else if (left !== undefined && left < open.unsent) {
        stream.stuckSince = now;
        open.unsent = undefined;
      } else {
        open.isCutOff = true;
        this.events.onCutOff?.(open.address);
        response.destroy();
      }
    }
  }
}

function endOf(response: ServerResponse, { stream, isCutOff }: Open): StreamEnd {
  if (stream?.failed) return 'failed';
  if (isCutOff) return 'cut-off';
  return response.writableFinished ? 'complete' : 'left';
}
