// Subscribes to topics of MQTT brokers: one connection to each broker for all who name it, which comes back after a failure.

import { messageOf } from '../../error-message.ts';
import type { BrokerOptions } from './broker-options.ts';
import { connectBroker, type MqttConnection } from './connection.ts';
import { matches } from './topic-filter.ts';

/** The first and the longest pause in milliseconds after a failure. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The broker has kept it since an unknown time. */
  readonly isRetained: boolean;
}

export type BrokerState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  /** One sentence. */
  | { readonly kind: 'away'; readonly reason: string };

export interface MqttSubscription {
  readonly state: BrokerState;
  /** Hands over the messages that are there by now: a simulation makes them when it is asked. */
  refresh(): void;
  /** Ends the connection if no other subscription needs it. */
  close(): Promise<void>;
}

export interface MqttBrokers {
  /** Begins at once, and calls `onMessage` for each message of these topics. */
  subscribe(
    broker: BrokerOptions,
    filters: readonly string[],
    onMessage: (message: MqttMessage) => void,
  ): MqttSubscription;
}

/** @param firstPause in milliseconds */
export function mqttBrokers(firstPause = FIRST_PAUSE): MqttBrokers {
  const brokers = new Map<string, SharedBroker>();
  return {
    subscribe: (options, filters, onMessage) => {
      const key = JSON.stringify(options);
      const broker = brokers.get(key) ?? new SharedBroker(options, firstPause);
      brokers.set(key, broker);
      const subscription: Subscriber = { filters, onMessage, refusal: undefined };
      broker.add(subscription);
      return {
        get state(): BrokerState {
          const { refusal } = subscription;
          return broker.state.kind === 'connected' && refusal !== undefined
            ? { kind: 'away', reason: refusal }
            : broker.state;
        },
        refresh: () => undefined,
        close: async () => {
          broker.remove(subscription);
          if (broker.isUsed) return;
          if (brokers.get(key) === broker) brokers.delete(key);
          await broker.close();
        },
      };
    },
  };
}

interface Subscriber {
  readonly filters: readonly string[];
  readonly onMessage: (message: MqttMessage) => void;
  /** Why the broker sends none of these messages: one sentence. */
  refusal: string | undefined;
}

class SharedBroker {
  state: BrokerState = { kind: 'connecting' };
  readonly #options: BrokerOptions;
  readonly #firstPause: number;
  readonly #subscribers = new Set<Subscriber>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #connection: MqttConnection | undefined;

  constructor(options: BrokerOptions, firstPause: number) {
    this.#options = options;
    this.#firstPause = firstPause;
    this.#running = this.#run();
  }

  get isUsed(): boolean {
    return this.#subscribers.size > 0;
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    const connection = this.#connection;
    // The connection that begins asks for all of them.
    if (connection !== undefined) void this.#ask(connection, subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Does not reject. */
  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let pause = this.#firstPause;
    while (!signal.aborted) {
      try {
        const connection = await connectBroker(this.#options, {
          onMessage: (topic, payload, isRetained, filters) =>
            this.#tell({ topic, payload, isRetained }, filters),
          signal,
        });
        try {
          // Those who come from now on ask by themselves.
          this.#connection = connection;
          await Promise.all(Array.from(this.#subscribers, subscriber => this.#ask(connection, subscriber)));
          this.state = { kind: 'connected' };
          pause = this.#firstPause;
          await ended(connection.lost, signal);
          if (!signal.aborted) throw connection.lost.reason;
        } finally {
          this.#connection = undefined;
          await connection.close();
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(error);
      }
      await rest(pause, signal);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  /** Does not reject: a topic that the broker refuses is no fault of the others. */
  async #ask(connection: MqttConnection, subscriber: Subscriber): Promise<void> {
    subscriber.refusal = await connection.subscribe(subscriber.filters).then(
      () => undefined,
      (error: unknown) => (connection.lost.aborted ? undefined : `${this.#options.url}: ${messageOf(error)}`),
    );
  }

  #failed(error: unknown): void {
    this.state = { kind: 'away', reason: `${this.#options.url}: ${messageOf(error)}` };
  }

  /** @param sentFor the filters for which this copy of the message has come; undefined where the broker does not tell */
  #tell(message: MqttMessage, sentFor: readonly string[] | undefined): void {
    const isFor = (filter: string) => sentFor?.includes(filter) ?? matches(filter, message.topic);
    for (const { filters, onMessage } of this.#subscribers) if (filters.some(isFor)) onMessage(message);
  }
}

/** Resolves when one of the signals aborts. */
function ended(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise(resolve => {
    const any = AbortSignal.any([...signals]);
    if (any.aborted) resolve();
    else any.addEventListener('abort', () => resolve(), { once: true });
  });
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    timer.unref();
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
