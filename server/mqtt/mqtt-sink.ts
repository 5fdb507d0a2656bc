// Publishes the rows of a dataset to an MQTT broker, with its availability and the messages of Home Assistant's discovery.

import { connectBroker, type MqttConnection, MqttRefusal } from '../../device/index.ts';
import { unlessAborted } from '../publish/patience.ts';
import type { SendResult, Sink, SinkDataset, SinkRows, SinkSession } from '../publish/sink.ts';
import { discoveryFilter, discoveryMessages, isOwnDiscovery } from './discovery.ts';
import { type MqttOptions, OFFLINE, ONLINE, statusTopic } from './options.ts';
import { type Message, type RowMessages, rowMessages } from './row-messages.ts';

/** The most rows of one piece: each is several messages. */
const PIECE_ROWS = 64;

/** The most messages with QoS 1 under way. */
const UNDER_WAY = 200;

/** Bytes of a packet besides its topic and its payload (MQTT 5, section 3.3), more than there can be. */
const PACKET_HEAD = 16;

/** Reason codes by which a broker refuses one message for good: payload format invalid, packet too large. */
const REFUSED_FOR_GOOD = [0x99, 0x95];

export function mqttSink(options: MqttOptions, dataset: SinkDataset): Sink {
  const { url, topic, qos, interval } = options;
  const address = `${url.replace(/\/$/, '')} ${topic}`;
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
        const session = new MqttSession(connection, options, messages);
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

class MqttSession implements SinkSession {
  readonly lost: AbortSignal;
  readonly #connection: MqttConnection;
  readonly #options: MqttOptions;
  readonly #messages: RowMessages;

  constructor(connection: MqttConnection, options: MqttOptions, messages: RowMessages) {
    this.#connection = connection;
    this.lost = connection.lost;
    this.#options = options;
    this.#messages = messages;
  }

  /** Describes the dataset, then says that it is there. */
  async begin(discovery: readonly Message[]): Promise<void> {
    for (const message of discovery) await this.#retained(message);
    await this.#retained({ topic: statusTopic(this.#options.topic), payload: ONLINE });
  }

  async send(
    { batch }: SinkRows,
    signal: AbortSignal,
    onTaken: (rows: number) => void = () => {},
  ): Promise<SendResult | undefined> {
    const waiting = new Float64Array(batch.length).fill(Number.POSITIVE_INFINITY);
    let taken = 0;
    const most = Math.min(UNDER_WAY, this.#connection.receiveMaximum);
    const underWay = new Set<Promise<void>>();
    const refusals = new Map<number, string>();
    let failure: unknown;
    for (let row = 0; row < batch.length; row += 1) {
      const messages = this.#messages(batch, row);
      waiting[row] = messages.length;
      for (const message of messages) {
        const tooLarge = this.#tooLarge(message);
        if (tooLarge !== undefined) {
          refusals.set(row, tooLarge);
          continue;
        }
        const sent: Promise<void> = this.#publish(message)
          .then(() => {
            waiting[row]! -= 1;
            const before = taken;
            while (waiting[taken] === 0) taken += 1;
            if (taken > before) onTaken(taken);
          })
          .catch((error: unknown) => {
            if (error instanceof MqttRefusal && REFUSED_FOR_GOOD.includes(error.code))
              refusals.set(row, `the broker refuses ${message.topic}: ${error.message}`);
            else failure ??= error;
          })
          .finally(() => underWay.delete(sent));
        underWay.add(sent);
        if (underWay.size >= most) await unlessAborted(Promise.race(underWay), signal);
        if (failure !== undefined) break;
        signal.throwIfAborted();
      }
      if (failure !== undefined) break;
    }
    await unlessAborted(Promise.all(underWay), signal);
    if (failure !== undefined) throw refusalText(failure);
    const [reason] = refusals.values();
    return reason === undefined ? undefined : { refused: { rows: refusals.size, reason } };
  }

  async close(): Promise<void> {
    // The broker sends the will only if the connection is lost.
    if (!this.lost.aborted) {
      const told = this.#retained({ topic: statusTopic(this.#options.topic), payload: OFFLINE });
      const late = new Promise<void>(resolve => setTimeout(resolve, 200).unref());
      await Promise.race([told.catch(() => undefined), late]);
    }
    await this.#connection.close();
  }

  #publish({ topic, payload }: Message): Promise<void> {
    const { qos, retain } = this.#options;
    return this.#connection.publish(topic, payload, { qos, retain });
  }

  async #retained({ topic, payload }: Message): Promise<void> {
    await this.#connection.publish(topic, payload, { qos: 1, retain: true }).catch((error: unknown) => {
      throw refusalText(error);
    });
  }

  #tooLarge({ topic, payload }: Message): string | undefined {
    const { maximumPacketSize } = this.#connection;
    if (maximumPacketSize === undefined) return undefined;
    const bytes = Buffer.byteLength(topic) + Buffer.byteLength(payload) + PACKET_HEAD;
    if (bytes <= maximumPacketSize) return undefined;
    return `a message to ${topic} takes ${bytes} bytes, and the broker takes ${maximumPacketSize} (max_packet_size)`;
  }
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
