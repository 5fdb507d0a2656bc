// Connects to an MQTT broker: by MQTT 5, whose answers say what was wrong, and by MQTT 3.1.1 where the broker knows no other.

import { setMaxListeners } from 'node:events';
import type { IClientOptions, MqttClient } from 'mqtt';
import { messageOf } from '../../error-message.ts';
import type { BrokerOptions } from './broker-options.ts';
import { disconnectError, told } from './broker-reasons.ts';
import { type BrokerSecrets, brokerSecrets } from './broker-secrets.ts';

/** Milliseconds until a broker has to accept a connection. */
const CONNECT_TIMEOUT = 10_000;

/** Seconds after which a silent connection is tested. */
const KEEP_ALIVE = 30;

/** Messages under way in brokers that set no limit. */
const MOST_UNDER_WAY = 65_535;

/** The answers of a broker that knows no MQTT 5 (CONNACK: 132 of MQTT 5, 1 of MQTT 3.1.1). */
const OTHER_VERSION = [132, 1];

/** The broker has refused a message: its reason code (MQTT 5, section 3.4.2.1). */
export class MqttRefusal extends Error {
  override readonly name = 'MqttRefusal';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface PublishOptions {
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

export interface MqttConnection {
  /** Aborts when the connection is lost, with the reason. */
  readonly lost: AbortSignal;
  /** The messages with QoS 1 that the broker takes at once. */
  readonly receiveMaximum: number;
  /** The most bytes of a packet; undefined where the broker does not state it. */
  readonly maximumPacketSize?: number | undefined;
  /** Resolves once the message is handed over, with QoS 1 once the broker has acknowledged it. */
  publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void>;
  /** Asks for the messages of these topics. Rejects where the broker refuses one of them. */
  subscribe(topics: readonly string[]): Promise<void>;
  /** Ends the connection. Does not reject. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** The message that the broker sends when the connection is lost; it is retained. */
  readonly will?: { readonly topic: string; readonly payload: string };
  /** `filters`: the subscriptions for which the broker sends it, of which each has a copy; undefined where the broker does not tell. */
  readonly onMessage?: (
    topic: string,
    payload: Uint8Array,
    isRetained: boolean,
    filters: readonly string[] | undefined,
  ) => void;
  readonly signal: AbortSignal;
  /** Milliseconds until the broker has to accept the connection. */
  readonly connectTimeout?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Rejects with one sentence if the broker cannot be reached, or does not accept the connection. */
export async function connectBroker(broker: BrokerOptions, options: ConnectOptions): Promise<MqttConnection> {
  const { environment = process.env, signal } = options;
  const secrets = await brokerSecrets(broker, environment);
  signal.throwIfAborted();
  try {
    return await attempt(broker, secrets, 5, options);
  } catch (error) {
    if (!(error instanceof VersionRefused) || signal.aborted) throw told(error);
    return await attempt(broker, secrets, 4, options).catch((again: unknown) => {
      throw told(again);
    });
  }
}

/** The broker may know another version. */
class VersionRefused extends Error {}

async function attempt(
  { url, clientId }: BrokerOptions,
  secrets: BrokerSecrets,
  version: 4 | 5,
  { will, onMessage, signal, connectTimeout = CONNECT_TIMEOUT }: ConnectOptions,
): Promise<MqttConnection> {
  // Loaded on demand: a server without a broker starts without the library.
  const { connect } = await import('mqtt');
  const { protocol, hostname, port } = new URL(url);
  const isTls = protocol === 'mqtts:';
  const options: IClientOptions = {
    ...secrets,
    protocol: isTls ? 'mqtts' : 'mqtt',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isTls ? 8883 : 1883) : Number(port),
    protocolVersion: version,
    clientId: clientId ?? `dapberry-${crypto.randomUUID().replaceAll('-', '').slice(0, 14)}`,
    clean: true,
    keepalive: KEEP_ALIVE,
    connectTimeout,
    reconnectPeriod: 0,
    queueQoSZero: false,
    ...(will === undefined
      ? {}
      : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
  };
  const client = connect(options);
  const subscriptions = new Subscriptions();
  // Messages may come with the answer to the connection.
  if (onMessage !== undefined)
    client.on('message', (topic, payload, { retain, properties }) =>
      onMessage(topic, payload, retain, subscriptions.filtersOf(properties?.subscriptionIdentifier)),
    );
  try {
    await accepted(client, version, signal);
  } catch (error) {
    client.on('error', () => undefined);
    client.end(true);
    throw error;
  }
  return connectionOf(client, { version, clientId, subscriptions });
}

/** The identifiers of subscriptions (MQTT 5, section 3.8.2.1.2), which tell the copies of a message apart that several filters match. */
class Subscriptions {
  readonly #filters: string[] = [];

  identifierOf(filter: string): number {
    const known = this.#filters.indexOf(filter);
    return known >= 0 ? known + 1 : this.#filters.push(filter);
  }

  filtersOf(identifiers: number | readonly number[] | undefined): readonly string[] | undefined {
    if (identifiers === undefined) return undefined;
    return [identifiers].flat().flatMap(identifier => this.#filters[identifier - 1] ?? []);
  }
}

/** Resolves when the broker accepts the connection. */
function accepted(client: MqttClient, version: 4 | 5, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = new AbortController();
    const fail = (error: unknown) => {
      ended.abort();
      reject(error);
    };
    const once = (name: 'connect' | 'close' | 'error', call: (error?: unknown) => void) => {
      client.on(name, call);
      ended.signal.addEventListener('abort', () => client.off(name, call));
    };
    once('connect', () => {
      ended.abort();
      resolve();
    });
    once('error', error => {
      const { code } = error as { code?: unknown };
      const isOther = version === 5 && OTHER_VERSION.includes(code as number);
      fail(isOther ? new VersionRefused(messageOf(error)) : error);
    });
    once('close', () => {
      const text = 'the broker closed the connection without an answer';
      fail(version === 5 ? new VersionRefused(text) : new Error(text));
    });
    signal.addEventListener('abort', () => fail(signal.reason), { signal: ended.signal });
  });
}

interface ConnectionParts {
  readonly version: 4 | 5;
  readonly clientId: string | undefined;
  readonly subscriptions: Subscriptions;
}

function connectionOf(
  client: MqttClient,
  { version, clientId, subscriptions }: ConnectionParts,
): MqttConnection {
  const lost = new AbortController();
  // Each message under way listens.
  setMaxListeners(0, lost.signal);
  const lose = (error: Error) => lost.abort(error);
  client.on('error', error => lose(told(error)));
  client.on('disconnect', ({ reasonCode = 0 }) => lose(disconnectError(reasonCode)));
  // Not every broker says why it does so.
  const hints = [
    ...(clientId === undefined
      ? []
      : [`when another client has the clientId ${clientId}: give each server one of its own`]),
    ...(version === 5 ? [] : ['at a message that is too large for it, or that the user may not send']),
  ];
  const hint = hints.length === 0 ? '' : `; it does so ${hints.join(', and ')}`;
  const onClose = () => lose(new Error(`the broker closed the connection${hint}`));
  // The packet that says why may be read later than the end of the stream.
  client.on('close', () => setTimeout(onClose, 20));
  const { receiveMaximum = MOST_UNDER_WAY, maximumPacketSize } = client.serverProperties ?? {};
  const { subscriptionIdentifiersAvailable = true } = client.serverProperties ?? {};
  const identified = (topic: string) =>
    version === 5 && subscriptionIdentifiersAvailable
      ? { properties: { subscriptionIdentifier: subscriptions.identifierOf(topic) } }
      : {};
  return {
    lost: lost.signal,
    receiveMaximum,
    maximumPacketSize,
    publish: (topic, payload, { qos, retain }) =>
      untilLost(lost.signal, done =>
        client.publish(
          topic,
          typeof payload === 'string' ? payload : Buffer.from(payload),
          { qos, retain },
          error => done(error ? refusalOf(error) : undefined),
        ),
      ),
    subscribe: async topics => {
      for (const topic of topics)
        await untilLost(lost.signal, done =>
          client.subscribe(topic, { qos: 1, ...identified(topic) }, error =>
            done(error ? new Error(`the broker refuses the topic ${topic}: ${messageOf(error)}`) : undefined),
          ),
        );
    },
    close: async () => {
      lose(new Error('the connection was closed'));
      client.on('error', () => undefined);
      await new Promise<void>(resolve => {
        // A broker that does not answer holds up no end.
        const timer = setTimeout(() => {
          client.end(true);
          resolve();
        }, 500);
        client.end(false, () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}

/** Rejects with the reason if the connection is lost before `begin` calls back. */
function untilLost(
  lost: AbortSignal,
  begin: (done: (error: Error | undefined) => void) => unknown,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (lost.aborted) return reject(lost.reason);
    const onLost = () => reject(lost.reason);
    lost.addEventListener('abort', onLost, { once: true });
    begin(error => {
      lost.removeEventListener('abort', onLost);
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

function refusalOf(error: Error): Error {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? new MqttRefusal(code, error.message) : error;
}
