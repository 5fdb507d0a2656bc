// Reads messages of a stream in their order through a consumer of its own, and ends with an error as soon as one may be missing.

import type { ConsumerConfig, JetStreamManager } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { unlessAborted } from '../publish/patience.ts';

export interface StreamMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Its sequence number in the stream. */
  readonly sequence: number;
  /** When the broker stored it, in seconds since 1970. */
  readonly time: number;
  /** Messages that the stream has behind this one now. */
  readonly pending: number;
}

export interface MessagesOptions {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly stream: string;
  /** The filter and the beginning. */
  readonly consumer: Pick<ConsumerConfig, 'filter_subject' | 'deliver_policy' | 'opt_start_seq'>;
  /** Called when the messages begin, with the number that the stream has now. */
  readonly onBegin?: (pending: number) => void;
  readonly signal: AbortSignal;
}

/** Seconds after which the server sends a sign of life while there is no message. */
const HEARTBEAT = 2;

/** Milliseconds without any sign of life: the server that held the consumer is gone. */
const SILENCE = 5500;

const NANOSECONDS = 1e9;

/**
 * The messages; ends without an error when `signal` aborts, and throws when the connection, the consumer or the stream is lost. A
 * consumer of the library would look for itself, but it was seen to stay silent for a minute after its server was killed.
 */
export async function* streamMessages(
  options: MessagesOptions,
): AsyncGenerator<StreamMessage, void, undefined> {
  const { connection, manager, stream, signal } = options;
  const { createInbox } = await import('@nats-io/transport-node');
  const inbox = createInbox();
  const subscription = connection.subscribe(inbox);
  const stop = () => subscription.unsubscribe();
  signal.addEventListener('abort', stop);
  try {
    // A server that does not answer holds up no end.
    const adding = manager.consumers.add(stream, {
      ...options.consumer,
      deliver_subject: inbox,
      ack_policy: 'none',
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
      flow_control: true,
      idle_heartbeat: HEARTBEAT * NANOSECONDS,
      // It goes by itself when nobody listens.
      inactive_threshold: 30 * NANOSECONDS,
    });
    const { name, num_pending } = await unlessAborted(adding, signal);
    options.onBegin?.(num_pending);
    let expected = 1;
    for await (const message of alive(subscription[Symbol.asyncIterator](), signal)) {
      if (message.headers?.code === 100) {
        checkHeartbeat(connection, message, expected);
        continue;
      }
      if (message.headers?.hasError) throw new Error(message.headers.description || 'the consumer is gone');
      const { consumed, ...place } = placeOf(message);
      if (consumed !== expected) throw new Error(`message ${expected} of the consumer ${name} was lost`);
      expected += 1;
      yield { subject: message.subject, data: message.data, ...place };
    }
    if (!signal.aborted) throw new Error('the connection was lost');
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** The messages and signs of life; throws after a silence. */
async function* alive(
  messages: AsyncIterator<Msg>,
  signal: AbortSignal,
): AsyncGenerator<Msg, void, undefined> {
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<undefined>(resolve => {
      timer = setTimeout(() => resolve(undefined), SILENCE);
    });
    const result = await Promise.race([messages.next(), silence]);
    clearTimeout(timer);
    if (signal.aborted) return;
    if (result === undefined) throw new Error('the server that held the consumer is silent');
    if (result.done === true) return;
    yield result.value;
  }
}

/** A request of flow control is answered when the messages before it have been read: the server sends no more until then. */
function checkHeartbeat(connection: NatsConnection, message: Msg, expected: number): void {
  if (message.reply) {
    message.respond();
    return;
  }
  const last = message.headers?.get('Nats-Last-Consumer');
  const stalled = message.headers?.get('Nats-Consumer-Stalled');
  // The request was lost, or its answer: a sign of life repeats where the server waits for one.
  if (stalled) connection.publish(stalled);
  if (last && Number(last) >= expected) throw new Error(`message ${expected} of the consumer was lost`);
}

/** Reads `$JS.ACK.STREAM.CONSUMER.DELIVERED.SEQUENCE.CONSUMER_SEQUENCE.TIME.PENDING`, which may have a domain and an account before. */
function placeOf({
  reply = '',
}: Msg): Pick<StreamMessage, 'sequence' | 'time' | 'pending'> & { readonly consumed: number } {
  const tokens = reply.split('.');
  const at = tokens.length === 9 ? 5 : 7;
  const [sequence = 0, consumed = 0, time = 0, pending = 0] = tokens.slice(at, at + 4).map(Number);
  return { sequence, consumed, time: time / NANOSECONDS, pending };
}
