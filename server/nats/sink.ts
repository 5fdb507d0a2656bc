// Publishes the rows of a dataset into a stream of NATS: each row once, in order, by one publisher.

import type { NatsConnection } from '@nats-io/transport-node';
import { unlessAborted } from '../publish/patience.ts';
import type { Sink, SinkDataset, SinkMachine, SinkSession } from '../publish/sink.ts';
import { isResumed, statedInterval } from '../source/row-source.ts';
import { Attempts } from './attempts.ts';
import { NameClaim } from './claim.ts';
import { FleetFault, faultOf, noJetStream } from './fleet-fault.ts';
import { thisPublisher } from './identity.ts';
import type { Publisher } from './layout-message.ts';
import { type LinkLease, leaseLink } from './links.ts';
import type { NatsOptions, StreamLimits } from './nats-options.ts';
import { type MachineClock, RowClock } from './row-clock.ts';
import { HEADER_BYTES, lastRowTime, MessageError, RowCodec } from './row-message.ts';
import { NatsSession } from './session.ts';
import { lastMessage } from './stored-messages.ts';
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
  /** Seconds. */
  readonly silence?: number;
  /** The clock of this machine, in seconds since 1970. */
  readonly now?: () => number;
}

/** Bytes of a message at the most: large ones delay the rows of others. */
const MESSAGE_BYTES = 64 * 1024;

/** Milliseconds until the next attempt at servers that cannot be reached or have no leader: that may end at any moment. */
const LONGEST_PAUSE = 2000;

/** Bytes of the headers that the library adds. */
const HEADERS = 512;

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
  readonly #machine: MachineClock;
  readonly #attempts = new Attempts();

  constructor(
    options: NatsSinkOptions,
    dataset: SinkDataset,
    machine: MachineClock,
    { publisher, silence }: Pick<Required<NatsSinkTuning>, 'publisher'> & Pick<NatsSinkTuning, 'silence'>,
  ) {
    this.#machine = machine;
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
      const session = await unlessAborted(this.#begin(connection, lease), signal);
      this.#attempts.succeeded();
      return session;
    } catch (error) {
      // The reason why a connection was lost says more than the request that failed with it.
      const lost = connection?.isClosed() ? lease.link.state.fault : undefined;
      await lease.close();
      const fault = lost ?? faultOf(error, this.#names.rows);
      this.#attempts.failed(fault);
      throw fault;
    }
  }

  longestPause(error: unknown): number | undefined {
    const { kind } = faultOf(error, this.#names.rows);
    // Servers without a leader answer as if the stream did not exist.
    return kind === 'unreachable' || kind === 'no-stream' ? LONGEST_PAUSE : undefined;
  }

  async #begin(connection: NatsConnection, lease: LinkLease): Promise<SinkSession> {
    const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
    const names = this.#names;
    const { layout, model, attributes, delivery } = this.#dataset;
    const { name } = this.#options;
    const { timeout } = this.#attempts;
    const manager = await jetstreamManager(connection, { timeout }).catch((error: unknown) => {
      throw /503|no responders|not enabled/i.test(String(error))
        ? new FleetFault('no-jetstream', noJetStream(), error)
        : error;
    });
    const stream = jetstream(connection, { timeout });
    const largest = await findStreams(manager, names, this.#options.create);
    const subject = names.rowsOf(name);
    const description = { model, attributes, interval: statedInterval(delivery) || undefined };
    const rows = { manager, stream: names.rows, subject };
    const last = await lastMessage(rows);
    const claimed = await this.#claim.claim(manager, stream, description, last?.seq ?? 0);
    const clock = new RowClock(this.#machine, claimed.clock);
    clock.now();
    // A former owner may have sent rows while the name was claimed: it can not any more.
    const end = await lastMessage(rows);
    const codec = new RowCodec(claimed.layout, layout);
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
      isResumed: isResumed(this.#dataset),
      rows: codec.rowsIn(Math.min(most, MESSAGE_BYTES)),
      backlog: this.#options.backlog,
      sequence: end?.seq ?? 0,
      lastTime: end === undefined ? Number.NaN : lastTimeOf(end.data),
    });
  }
}

/** The time of the last row in the stream. */
function lastTimeOf(message: Uint8Array): number {
  try {
    return lastRowTime(message);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    const text =
      'the last message of this dataset in the stream is of another program or version, or damaged';
    throw new FleetFault(
      'version',
      `${text}: ${error.message}; update this machine, or delete that message`,
      error,
    );
  }
}

/** Makes the sink of a dataset. */
export async function openNatsSink(
  options: NatsSinkOptions,
  dataset: SinkDataset,
  { synchronized }: SinkMachine = {},
  { publisher, silence, now = () => Date.now() / 1000 }: NatsSinkTuning = {},
): Promise<NatsSink> {
  const tuning = {
    publisher: publisher ?? (await thisPublisher()),
    ...(silence === undefined ? {} : { silence }),
  };
  return new NatsSink(options, dataset, { now, synchronized }, tuning);
}
