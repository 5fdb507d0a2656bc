// Publishes the rows of a dataset to an MQTT broker, with its availability and the messages of Home Assistant's discovery.

import {
  BrokerPacketRefused,
  connectBroker,
  type MqttConnection,
  MqttRefusal,
  messageOf,
  type PublishOptions,
} from '../../device/index.ts';
import { unlessAborted } from '../publish/patience.ts';
import type { OnTaken, Sink, SinkDataset, SinkRows, SinkSession } from '../publish/sink.ts';
import { discoveryFilter, discoveryMessages, isOwnDiscovery } from './discovery.ts';
import { type MqttOptions, OFFLINE, ONLINE, statusTopic } from './options.ts';
import { type Message, type RowMessages, rowMessages } from './row-messages.ts';
import { SentRows } from './sent-rows.ts';
import { Suspects } from './suspects.ts';

/** The most rows of one piece: each is several messages. */
const PIECE_ROWS = 64;

/** The most messages with QoS 1 under way. */
const UNDER_WAY = 200;

/** Milliseconds after its first row with QoS 0 in which the end of a connection may be due to a row. */
const SOON_AFTER = 2000;

/** Bytes of a packet besides its topic and its payload (MQTT 5, section 3.3), more than there can be. */
const PACKET_HEAD = 16;

/** Reason codes by which a broker refuses one message for good: payload format invalid, packet too large. */
const REFUSED_FOR_GOOD = [0x99, 0x95];

export function mqttSink(options: MqttOptions, dataset: SinkDataset): Sink {
  const { url, topic, qos, interval } = options;
  const address = `${url.replace(/\/$/, '')} ${topic}`;
  const suspects = new Suspects();
  return {
    address,
    newestOnly: qos === 0,
    ...(interval === undefined ? {} : { interval }),
    pieceRows: PIECE_ROWS,
    connect: async signal => {
      const stale = new StaleDiscovery(options, dataset);
      const connection = await connectBroker(options, {
        will: { topic: statusTopic(topic), payload: OFFLINE },
        onMessage: (name, payload) => stale.found(name, payload),
        signal,
      });
      try {
        const messages = rowMessages(dataset, topic, options.values);
        const session = new MqttSession(connection, { options, messages, suspects });
        const begun = session.begin(options.discovery === 'off' ? [] : discoveryMessages(options, dataset));
        await unlessAborted(begun, signal);
        if (options.discovery !== 'off') await unlessAborted(stale.look(connection), signal);
        return session;
      } catch (error) {
        await connection.close();
        throw error;
      }
    },
  };
}

interface SessionParts {
  readonly options: MqttOptions;
  readonly messages: RowMessages;
  readonly suspects: Suspects;
}

class MqttSession implements SinkSession {
  readonly lost: AbortSignal;
  problem: string | undefined;
  readonly #connection: MqttConnection;
  readonly #options: MqttOptions;
  readonly #messages: RowMessages;
  readonly #suspects: Suspects;
  /** When the first row with QoS 0 was handed over, by `performance.now()`: no answer tells whether the broker took it. */
  #handedOverAt: number | undefined;

  constructor(connection: MqttConnection, { options, messages, suspects }: SessionParts) {
    this.#connection = connection;
    this.lost = connection.lost;
    this.#options = options;
    this.#messages = messages;
    this.#suspects = suspects;
  }

  /** Describes the dataset, then says that it is there. Rows go on without a description that the broker does not take. */
  async begin(discovery: readonly Message[]): Promise<void> {
    for (const message of discovery) {
      const refusal = this.#refusal(message);
      if (refusal === undefined) await this.#alone(message, { qos: 1, retain: true });
      else this.problem ??= `Home Assistant is not told of every column: ${refusal}`;
    }
    await this.#alone({ topic: statusTopic(this.#options.topic), payload: ONLINE }, { qos: 1, retain: true });
  }

  async send({ batch }: SinkRows, signal: AbortSignal, onTaken: OnTaken = () => {}): Promise<undefined> {
    const suspects = this.#suspects;
    const { isCareful } = suspects;
    const isAnswered = isCareful || this.#options.qos === 1;
    const rows = new SentRows(batch.length, (count, refused) => {
      if (isAnswered) suspects.passed();
      onTaken(count, refused);
    });
    try {
      if (isCareful) await this.#sendOneByOne(batch, rows, signal);
      else await this.#sendTogether(batch, rows, signal);
      if (!isAnswered) this.#handedOverAt ??= performance.now();
    } catch (error) {
      // With the reason of a lost connection, or of the end of the feed.
      if (this.lost.aborted && !isCareful && this.#options.qos === 1) suspects.lost();
      throw refusalText(error);
    }
    return undefined;
  }

  async close(): Promise<void> {
    // A broker may end the connection at each row; where rows go without an answer, it does so a little later.
    const after = performance.now() - (this.#handedOverAt ?? Number.NEGATIVE_INFINITY);
    if (this.lost.aborted && after < SOON_AFTER) this.#suspects.lost();
    // The broker sends the will only if the connection is lost.
    if (!this.lost.aborted) {
      const status = { topic: statusTopic(this.#options.topic), payload: OFFLINE };
      // The end of the connection waits for the answer.
      this.#publish(status, { qos: 1, retain: true }).catch(() => undefined);
    }
    await this.#connection.close();
  }

  async #sendTogether(batch: SinkRows['batch'], rows: SentRows, signal: AbortSignal): Promise<void> {
    const most = Math.min(UNDER_WAY, this.#connection.receiveMaximum);
    const underWay = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | undefined;
    for (let row = 0; row < batch.length && failure === undefined; row += 1) {
      for (const message of this.#sendable(batch, row, rows)) {
        const sent: Promise<void> = this.#publish(message, this.#options)
          .then(
            () => rows.taken(row),
            (error: unknown) => {
              if (isForGood(error)) rows.refused(row, refusedText(message, error));
              else failure ??= { error };
            },
          )
          .finally(() => underWay.delete(sent));
        underWay.add(sent);
        if (underWay.size >= most) await unlessAborted(Promise.race(underWay), signal);
        signal.throwIfAborted();
        if (failure !== undefined) break;
      }
    }
    await unlessAborted(Promise.all(underWay), signal);
    if (failure !== undefined) throw failure.error;
  }

  async #sendOneByOne(batch: SinkRows['batch'], rows: SentRows, signal: AbortSignal): Promise<void> {
    for (let row = 0; row < batch.length; row += 1)
      for (const message of this.#sendable(batch, row, rows)) {
        signal.throwIfAborted();
        await this.#alone(message, { qos: 1, retain: this.#options.retain }).then(
          () => rows.taken(row),
          (error: unknown) => {
            if (!isForGood(error)) throw error;
            rows.refused(row, refusedText(message, error));
          },
        );
      }
  }

  /** The messages of a row, without those that the broker does not take. */
  #sendable(batch: SinkRows['batch'], row: number, rows: SentRows): readonly Message[] {
    const messages = this.#messages(batch, row);
    rows.begun(row, messages.length);
    return messages.filter(message => {
      const refusal = this.#refusal(message);
      if (refusal !== undefined) rows.refused(row, refusal);
      return refusal === undefined;
    });
  }

  /** Sends a message while no other one is under way, so that a lost connection tells of it. */
  async #alone(message: Message, options: PublishOptions): Promise<void> {
    const sent = { topic: message.topic, bytes: packetBytes(message) };
    try {
      await this.#publish(message, options);
      this.#suspects.taken(sent);
    } catch (error) {
      if (this.lost.aborted) this.#suspects.lostAt(sent, this.lost.reason instanceof BrokerPacketRefused);
      throw isForGood(error) ? error : refusalText(error);
    }
  }

  #publish({ topic, payload }: Message, { qos, retain }: PublishOptions): Promise<void> {
    return this.#connection.publish(topic, payload, { qos, retain });
  }

  /** Why the broker does not take a message; undefined where it may. */
  #refusal(message: Message): string | undefined {
    const { maximumPacketSize = Number.POSITIVE_INFINITY } = this.#connection;
    const { topic } = message;
    const bytes = packetBytes(message);
    return bytes > maximumPacketSize
      ? `a message to ${topic} takes ${bytes} bytes, and the broker takes ${maximumPacketSize} (max_packet_size)`
      : this.#suspects.refusal({ topic, bytes });
  }
}

function packetBytes({ topic, payload }: Message): number {
  return Buffer.byteLength(topic) + Buffer.byteLength(payload) + PACKET_HEAD;
}

function isForGood(error: unknown): boolean {
  return error instanceof MqttRefusal && REFUSED_FOR_GOOD.includes(error.code);
}

function refusedText({ topic }: Message, error: unknown): string {
  return `the broker refuses ${topic}: ${messageOf(error)}`;
}

/** Finds retained messages of discovery for columns that the dataset no longer has, and deletes them. */
class StaleDiscovery {
  readonly #options: MqttOptions;
  readonly #topics: ReadonlySet<string>;
  #connection: MqttConnection | undefined;

  constructor(options: MqttOptions, dataset: SinkDataset) {
    this.#options = options;
    this.#topics = new Set(discoveryMessages(options, dataset).map(({ topic }) => topic));
  }

  /** A broker that allows no reading is left as it is. */
  async look(connection: MqttConnection): Promise<void> {
    this.#connection = connection;
    await connection.subscribe([discoveryFilter(this.#options)]).catch((error: unknown) => {
      if (connection.lost.aborted) throw error;
    });
  }

  found(topic: string, payload: Uint8Array): void {
    if (payload.length === 0 || this.#topics.has(topic) || !isOwnDiscovery(payload.toString())) return;
    this.#connection?.publish(topic, '', { qos: 1, retain: true }).catch(() => undefined);
  }
}

/** Refusals that may end: of a user without the right to write, or of a broker that is full. */
function refusalText(error: unknown): unknown {
  if (!(error instanceof MqttRefusal)) return error;
  if (error.code === 0x87)
    return new Error('the broker does not allow this user to write to the topic', { cause: error });
  return new Error(`the broker takes no messages: ${error.message}`, { cause: error });
}
