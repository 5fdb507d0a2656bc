// Gives tests a sink that keeps what it takes, and fails when the test says so.

import type {
  OnTaken,
  OpenSink,
  SendResult,
  Sink,
  SinkRows,
  SinkSession,
} from '../../../server/publish/sink.ts';

/** A receiver that survives the sinks which send to it. */
export class Receiver {
  /** The times of the rows that were taken. */
  readonly times: number[] = [];
  /** The values of the column `a`. */
  readonly values: number[] = [];
  connections = 0;
  /** Connections that are open now. */
  open = 0;
  /** Why it cannot be reached; undefined while it can. */
  problem: string | undefined;
  /** Called with each piece: its result is that of the piece; if it throws, the piece is not taken. */
  onPiece: (rows: SinkRows, onTaken: OnTaken) => SendResult | undefined | Promise<SendResult | undefined> =
    () => undefined;
  readonly #lost = new Set<AbortController>();

  /** Drops every connection. */
  drop(reason: string): void {
    for (const lost of this.#lost) lost.abort(new Error(reason));
    this.#lost.clear();
  }

  sink(options: Partial<Sink> = {}): Sink {
    return {
      address: 'test://receiver',
      newestOnly: false,
      ...options,
      connect: async signal => {
        signal.throwIfAborted();
        this.connections += 1;
        if (this.problem !== undefined) throw new Error(this.problem);
        return this.#session();
      },
    };
  }

  /** For a list of kinds: the options of the configuration are those of the sink. */
  readonly opener: OpenSink = async options => this.sink(options as Partial<Sink>);

  #session(): SinkSession {
    const lost = new AbortController();
    this.#lost.add(lost);
    this.open += 1;
    return {
      lost: lost.signal,
      send: async (rows, signal, onTaken = () => {}) => {
        const ended = new AbortController();
        const gone = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: ended.signal });
        });
        gone.catch(() => undefined);
        const result = await Promise.race([this.onPiece(rows, onTaken), gone]).finally(() => ended.abort());
        const { columns } = rows.batch;
        this.times.push(...(columns[0] as Float64Array));
        this.values.push(...(columns[1] as Float64Array));
        return result;
      },
      close: async () => {
        this.#lost.delete(lost);
        this.open -= 1;
      },
    };
  }
}
