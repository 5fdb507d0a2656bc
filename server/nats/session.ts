// Sends rows through one connection to a stream of NATS, and leaves out those that the stream has or must not get.

import type { JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import { messageOf } from '../../device/index.ts';
import { unlessAborted } from '../publish/patience.ts';
import type { OnTaken, SendResult, SinkRows, SinkSession } from '../publish/sink.ts';
import { API_ERRORS, apiCode, FleetFault, faultOf } from './fleet-fault.ts';
import type { LinkLease } from './links.ts';
import { AHEAD, type RowClock, textOf } from './row-clock.ts';
import type { RowCodec } from './row-message.ts';
import type { FleetNames } from './subjects.ts';

/**
 * Milliseconds to wait until the servers have stored a message: four times as long as for the slowest one of the session, within these
 * bounds. No server answers a message that was on its way to a leader that died.
 */
const ANSWER = { least: 2000, most: 5000, slowest: 4 };

/** Seconds: rows that are not further behind the last row of the stream are repeated ones, which it has. */
const REPEATED = 60;

export interface SessionOptions {
  readonly address: string;
  readonly connection: NatsConnection;
  readonly lease: LinkLease;
  readonly stream: JetStreamClient;
  readonly subject: string;
  readonly names: FleetNames;
  readonly dataset: string;
  readonly codec: RowCodec;
  readonly clock: RowClock;
  /** The rows are those of another machine, which gives past ones again. */
  readonly isResumed: boolean;
  /** Rows of a message at the most. */
  readonly rows: number;
  readonly backlog: number;
  readonly sequence: number;
  readonly lastTime: number;
}

export class NatsSession implements SinkSession {
  readonly #lost = new AbortController();
  readonly #options: SessionOptions;
  #sequence: number;
  #lastTime: number;
  /** Milliseconds until the servers had stored the slowest message. */
  #slowest = Number.POSITIVE_INFINITY;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#sequence = options.sequence;
    this.#lastTime = options.lastTime;
    void options.connection.closed().then(error => this.#lost.abort(this.#lossWith(error)));
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async send(
    { batch }: SinkRows,
    signal: AbortSignal,
    onTaken: OnTaken = () => {},
  ): Promise<SendResult | undefined> {
    const { rows: most, names, connection, lease } = this.#options;
    const times = batch.columns[0] as Float64Array;
    const { from, to, early, late } = this.#sendable(times, batch.length);
    // Told before the rows behind them, which may have to be sent again.
    if (from > 0) onTaken(from, early);
    try {
      for (let row = from; row < to; row += most) {
        const end = Math.min(to, row + most);
        // No end waits for a server that does not answer.
        await unlessAborted(this.#publish(batch, row, end), signal);
        onTaken(end);
      }
    } catch (error) {
      // Whether the message is stored is seen at the next connection.
      if (apiCode(error) === API_ERRORS.wrongLastSequence)
        throw new Error(`another publisher has sent rows of ${this.#options.dataset}`, { cause: error });
      if (connection.isClosed()) throw lease.link.state.fault ?? this.#lossWith(error);
      throw faultOf(error, names.rows);
    }
    return late && { refused: late };
  }

  async close(): Promise<void> {
    await this.#options.lease.close();
  }

  async #publish(batch: Batch, from: number, to: number): Promise<void> {
    const { codec } = this.#options;
    const columns = (batch.columns as NumberColumn[]).map(column => column.subarray(from, to));
    const times = columns[0]!;
    const message = codec.encode({ length: to - from, columns }, this.#lastTime);
    const [first, last] = [times[0]!, times[times.length - 1]!];
    const sentAt = performance.now();
    const publish = () => this.#store(message, first, last);
    // The stream has deleted the last message, by its age or its size: no other publisher has sent one.
    const seq = await publish().catch((error: unknown) => {
      if (this.#sequence === 0 || !isNoneLeft(error)) throw error;
      this.#sequence = 0;
      return publish();
    });
    const waited = performance.now() - sentAt;
    this.#slowest = Number.isFinite(this.#slowest) ? Math.max(this.#slowest, waited) : waited;
    this.#sequence = seq;
    this.#lastTime = last;
  }

  /** Gives the sequence number of the message in the stream. */
  async #store(message: Uint8Array, first: number, last: number): Promise<number> {
    const { stream, subject, dataset } = this.#options;
    // Times increase strictly, so that they name rows for ever; positions in memory begin anew with each start.
    const { seq } = await stream.publish(subject, message, {
      msgID: `${dataset}:${micros(first)}-${micros(last)}`,
      expect: { lastSubjectSequence: this.#sequence },
      timeout: Math.min(Math.max(ANSWER.least, ANSWER.slowest * this.#slowest), ANSWER.most),
    });
    return seq;
  }

  #lossWith(error: unknown): FleetFault {
    const { address } = this.#options;
    const reason = error instanceof Error ? `: ${error.message}` : '';
    return new FleetFault('unreachable', `${address}: the connection was lost${reason}`, error);
  }

  /** Leaves out the rows that the stream has already, and those with times that can not be right. */
  #sendable(times: Float64Array, length: number) {
    const { clock, backlog, isResumed } = this.#options;
    const now = clock.now();
    // Whatever another machine gives again was sent, if its last row is not of a clock that was ahead.
    const repeated = isResumed && this.#lastTime <= now + AHEAD ? Number.POSITIVE_INFINITY : REPEATED;
    let from = 0;
    const early = new Refusal();
    for (; from < length; from += 1) {
      const time = times[from]!;
      if (time <= this.#lastTime) {
        if (time > this.#lastTime - repeated) continue;
        early.add(
          `their times are before ${textOf(this.#lastTime)}, the last row of the stream: a clock was wrong`,
        );
      } else if (time < now - backlog) {
        early.add(
          `their times, such as ${textOf(time)}, are further back than the backlog of ${backlog} s: the clock was wrong, or the broker was away too long`,
        );
      } else break;
    }
    let to = length;
    const late = new Refusal();
    for (; to > from && times[to - 1]! > now + AHEAD; to -= 1)
      late.add(
        `their times, such as ${textOf(times[to - 1]!)}, are ahead of the clock (${textOf(now)}): the clock of this machine was wrong`,
      );
    return { from, to, early: early.refused, late: late.refused };
  }
}

/** Whether a message was refused because the stream has none of this subject. */
function isNoneLeft(error: unknown): boolean {
  return apiCode(error) === API_ERRORS.wrongLastSequence && / 0$/.test(messageOf(error));
}

function micros(time: number): string {
  return Math.round(time * 1e6).toString(36);
}

/** Rows of one end of a batch that are refused, with the reason of the last of them. */
class Refusal {
  #rows = 0;
  #reason = '';

  add(reason: string): void {
    this.#rows += 1;
    this.#reason = reason;
  }

  get refused(): SendResult['refused'] {
    return this.#rows === 0 ? undefined : { rows: this.#rows, reason: this.#reason };
  }
}
