// Publishes the rows of a dataset into a stream of NATS: each row once, in order, by one publisher.

import type { JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import type { SendResult, Sink, SinkDataset, SinkRows, SinkSession } from '../publish/sink.ts';
import { publishedInterval } from '../source/row-source.ts';
import { type BrokerClock, lastMessage, NameClaim } from './claim.ts';
import { API_ERRORS, apiCode, FleetFault, faultOf, noJetStream } from './fleet-fault.ts';
import { thisPublisher } from './identity.ts';
import { encodeLayout, layoutId, type Publisher } from './layout-message.ts';
import { type LinkLease, leaseLink } from './links.ts';
import type { NatsOptions, StreamLimits } from './nats-options.ts';
import { HEADER_BYTES, RowCodec } from './row-message.ts';
import { findStreams } from './streams.ts';
import { type FleetNames, fleetNames } from './subjects.ts';

export interface NatsSinkOptions extends NatsOptions {
  /** The name of the dataset in the stream. */
  readonly name: string;
  /** Undefined: a stream that does not exist is not created. */
  readonly create?: StreamLimits;
  /** Seconds: rows that are older than this when they are sent are not published. */
  readonly backlog: number;
}

/** Settings that only tests change. */
export interface NatsSinkTuning {
  readonly publisher?: Publisher;
  readonly silence?: number;
}

/** Milliseconds to wait for the answer of a server, which may have to elect a leader first. */
const ANSWER = 5000;

/** Bytes of a message at the most: large ones delay the rows of others. */
const MESSAGE_BYTES = 64 * 1024;

/** Bytes of the headers that the library adds. */
const HEADERS = 512;

/** Seconds by which a row may be ahead of the broker's clock. */
const AHEAD = 300;

/** Seconds: rows that are not further behind the last row of the stream are repeated ones, which it has. */
const REPEATED = 60;

export class NatsSink implements Sink {
  readonly address: string;
  /** A cluster whose servers are named otherwise is still the same stream. */
  readonly identity: string;
  readonly newestOnly = false;
  readonly pieceRows = 1024;
  readonly #options: NatsSinkOptions;
  readonly #dataset: SinkDataset;
  readonly #claim: NameClaim;
  readonly #names: FleetNames;

  constructor(options: NatsSinkOptions, dataset: SinkDataset, publisher: Publisher, silence?: number) {
    const { servers, stream } = options;
    this.address = `${servers.join(',')}/${stream}`;
    this.identity = `${stream} ${options.name}`;
    this.#options = options;
    this.#dataset = dataset;
    this.#names = fleetNames(stream);
    this.#claim = new NameClaim({ dataset: options.name, names: this.#names, publisher, silence });
  }

  async connect(signal: AbortSignal): Promise<SinkSession> {
    const lease = leaseLink(this.#options);
    let connection: NatsConnection | undefined;
    try {
      connection = await lease.link.attempt(signal);
      return await this.#begin(connection, lease);
    } catch (error) {
      // The reason why a connection was lost says more than the request that failed with it.
      const fault = connection?.isClosed() ? lease.link.state.fault : undefined;
      await lease.close();
      throw fault ?? faultOf(error, this.#names.rows);
    }
  }

  async #begin(connection: NatsConnection, lease: LinkLease): Promise<SinkSession> {
    const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
    const names = this.#names;
    const { layout, model, attributes, delivery } = this.#dataset;
    const { name } = this.#options;
    const manager = await jetstreamManager(connection, { timeout: ANSWER }).catch((error: unknown) => {
      throw /503|no responders|not enabled/i.test(String(error))
        ? new FleetFault('no-jetstream', noJetStream(), error)
        : error;
    });
    const stream = jetstream(connection, { timeout: ANSWER });
    const largest = await findStreams(manager, names, this.#options.create);
    const subject = names.rowsOf(name);
    const description = { model, attributes, interval: publishedInterval(delivery) || undefined };
    const last = await lastMessage(manager, names.rows, subject);
    const clock = await this.#claim.claim(manager, stream, description, last?.seq ?? 0);
    // A former owner may have sent rows while the name was claimed: it can not any more.
    const end = await lastMessage(manager, names.rows, subject);
    const { dds } = JSON.parse(encodeLayout(description, { owner: '', session: '', host: '' })) as {
      readonly dds: string;
    };
    const codec = new RowCodec(layoutId(dds), layout);
    const most = Math.min(connection.info?.max_payload ?? MESSAGE_BYTES, largest ?? Infinity) - HEADERS;
    if (HEADER_BYTES + codec.stride > most) {
      const needed = HEADER_BYTES + codec.stride + HEADERS;
      const text = `a row of ${name} needs a message of ${needed} bytes, and the servers accept ${most + HEADERS}`;
      throw new FleetFault(
        'too-large',
        `${text}: raise max_payload of the servers or max_msg_size of the stream`,
      );
    }
    return new NatsSession({
      address: this.address,
      connection,
      lease,
      stream,
      subject,
      names,
      dataset: name,
      codec,
      clock,
      rows: codec.rowsIn(Math.min(most, MESSAGE_BYTES)),
      backlog: this.#options.backlog,
      sequence: end?.seq ?? 0,
      lastTime: end === undefined ? Number.NaN : lastTimeOf(end.data),
    });
  }
}

/** The time of the last row of a message of any layout: the last one of an equally long row begins `stride` bytes before the end. */
function lastTimeOf(message: Uint8Array): number {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const isOurs = message.length >= HEADER_BYTES && view.getUint32(0) === 0x44415042;
  const rows = isOurs ? view.getUint32(24) : 0;
  const stride = isOurs ? (message.length - view.getUint16(6)) / rows : 0;
  if (rows === 0 || !Number.isInteger(stride))
    throw new FleetFault(
      'version',
      `expected rows of this version in the last message of this dataset in the stream, found ${message.length} bytes of another program or version; delete that message`,
    );
  return view.getFloat64(message.length - stride + 4);
}

interface SessionOptions {
  readonly address: string;
  readonly connection: NatsConnection;
  readonly lease: LinkLease;
  readonly stream: JetStreamClient;
  readonly subject: string;
  readonly names: FleetNames;
  readonly dataset: string;
  readonly codec: RowCodec;
  readonly clock: BrokerClock;
  /** Rows of a message at the most. */
  readonly rows: number;
  readonly backlog: number;
  readonly sequence: number;
  readonly lastTime: number;
}

class NatsSession implements SinkSession {
  readonly #lost = new AbortController();
  readonly #options: SessionOptions;
  #sequence: number;
  #lastTime: number;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#sequence = options.sequence;
    this.#lastTime = options.lastTime;
    void options.connection
      .closed()
      .then(error => this.#lost.abort(error ?? new Error(`${options.address}: the connection was lost`)));
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async send(
    { batch }: SinkRows,
    _signal: AbortSignal,
    onTaken: (rows: number) => void,
  ): Promise<SendResult | undefined> {
    const { rows: most, names, connection, lease, address } = this.#options;
    const times = batch.columns[0] as Float64Array;
    const { from, to, refused } = this.#sendable(times, batch.length);
    try {
      for (let row = from; row < to; row += most) {
        const end = Math.min(to, row + most);
        await this.#publish(batch, row, end);
        onTaken(end);
      }
    } catch (error) {
      // Whether the message is stored is seen at the next connection.
      if (apiCode(error) === API_ERRORS.wrongLastSequence)
        throw new Error(`another publisher has sent rows of ${this.#options.dataset}`, { cause: error });
      if (connection.isClosed())
        throw (
          lease.link.state.fault ??
          new FleetFault('unreachable', `${address}: the connection was lost`, error)
        );
      throw faultOf(error, names.rows);
    }
    return refused;
  }

  async close(): Promise<void> {
    await this.#options.lease.close();
  }

  async #publish(batch: Batch, from: number, to: number): Promise<void> {
    const { codec, stream, subject, dataset } = this.#options;
    const columns = (batch.columns as NumberColumn[]).map(column => column.subarray(from, to));
    const times = columns[0]!;
    const message = codec.encode({ length: to - from, columns }, this.#lastTime);
    const [first, last] = [times[0]!, times[times.length - 1]!];
    // Times increase strictly, so that they name rows for ever; positions in memory begin anew with each start.
    const { seq } = await stream.publish(subject, message, {
      msgID: `${dataset}:${micros(first)}-${micros(last)}`,
      expect: { lastSubjectSequence: this.#sequence },
      timeout: ANSWER,
    });
    this.#sequence = seq;
    this.#lastTime = last;
  }

  /** Leaves out the rows that the stream has already, and those with times that can not be right. */
  #sendable(
    times: Float64Array,
    length: number,
  ): { readonly from: number; readonly to: number; readonly refused: SendResult | undefined } {
    const { clock, backlog } = this.#options;
    const now = clock.now();
    let from = 0;
    let refused = 0;
    let reason = '';
    for (; from < length; from += 1) {
      const time = times[from]!;
      if (time <= this.#lastTime) {
        if (time > this.#lastTime - REPEATED) continue;
        reason = `their times are before ${textOf(this.#lastTime)}, the last row of the stream: a clock was wrong`;
      } else if (time < now - backlog) {
        reason = `their times, such as ${textOf(time)}, are further back than the backlog of ${backlog} s: the clock is wrong, or the broker was away too long`;
      } else break;
      refused += 1;
    }
    let to = length;
    for (; to > from && times[to - 1]! > now + AHEAD; to -= 1) {
      refused += 1;
      reason = `their times, such as ${textOf(times[to - 1]!)}, are ahead of the broker's clock (${textOf(now)}): set the clock of this machine`;
    }
    return { from, to, refused: refused === 0 ? undefined : { refused: { rows: refused, reason } } };
  }
}

function micros(time: number): string {
  return Math.round(time * 1e6).toString(36);
}

function textOf(time: number): string {
  return new Date(time * 1000).toISOString().replace('.000', '');
}

/** Makes the sink of a dataset. */
export async function openNatsSink(
  options: NatsSinkOptions,
  dataset: SinkDataset,
  { publisher, silence }: NatsSinkTuning = {},
): Promise<NatsSink> {
  return new NatsSink(options, dataset, publisher ?? (await thisPublisher()), silence);
}
