// The kind `mqtt`: numbers from the messages of a topic, each as long as it is young enough.

import { z } from 'zod';
import { messageOf } from '../error-message.ts';
import type { Clock } from '../host/clock.ts';
import { BROKER_SHAPE } from '../host/mqtt/broker-options.ts';
import { brokerSecrets } from '../host/mqtt/broker-secrets.ts';
import type { MqttBrokers, MqttMessage, MqttSubscription } from '../host/mqtt/brokers.ts';
import { hasWildcard, isFilter } from '../host/mqtt/topic-filter.ts';
import { type OptionsOf, sensorKind } from '../kind.ts';
import { simulatedBroker } from '../models/mqtt-broker.ts';
import type { Channel, PartialReading, PushingSensor, Reading } from '../sensor.ts';
import { duration } from '../written-options.ts';
import { isAvailable, numberOf, pointerKeys, shown, valueBelow } from './mqtt-values.ts';

const POINTER = z
  .string()
  .refine(pointer => pointerKeys(pointer) !== undefined)
  .meta({
    description: 'A JSON pointer, or an empty text for the whole message.',
    expected:
      'a JSON pointer such as /temperature or /AM2301/Temperature, or an empty text for the whole message',
  });

const OPTIONS = z
  .strictObject({
    ...BROKER_SHAPE,
    url: BROKER_SHAPE.url.unwrap().meta(BROKER_SHAPE.url.meta() ?? {}),
    topic: z.string().max(1024).refine(isFilter).meta({
      description: 'The topic of the messages.',
      expected: 'a topic; wildcards (+, and # at the end) take a whole level',
    }),
    wildcards: z
      .boolean()
      .default(false)
      .describe('The topic has wildcards: the latest message of all topics that match counts.'),
    values: z
      .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/), POINTER)
      .refine(values => Object.keys(values).length > 0 && !Object.hasOwn(values, 'time'))
      .default({ value: '' })
      .meta({
        description:
          'The channels, each with the place of its value in the messages: a JSON pointer such as /temperature, or an empty text for the whole message. Set their units with channels.',
        expected: 'a mapping from names of channels, other than time, to JSON pointers',
      }),
    states: z
      .record(z.string().min(1), z.number())
      .default({ ON: 1, OFF: 0 })
      .describe(
        'The numbers of values that are texts. true is 1 and false is 0, unless they are named here.',
      ),
    maxAge: duration(
      { low: 0.1, high: 366 * 86_400 },
      'The age at which values stop to count. Choose a few times the interval of the messages.',
    ).prefault('1 h'),
    availability: z
      .string()
      .max(1024)
      .refine(topic => isFilter(topic) && !hasWildcard(topic))
      .optional()
      .meta({
        description:
          'The topic at which the device says whether it is there: online, true or {"state": "online"}; anything else means that it is not.',
        expected: 'a topic without wildcards',
      }),
    retained: z
      .boolean()
      .default(false)
      .describe(
        'Take messages that the broker has kept since an unknown time, too. They count as if they were new.',
      ),
  })
  .superRefine(({ topic, wildcards, values }, context) => {
    const tell = (expected: string, found: string) =>
      context.addIssue({ code: 'custom', message: expected, params: { expected, found } });
    if (hasWildcard(topic) && !wildcards) tell('a topic without + and #, or wildcards: true', topic);
    const whole = Object.values(values).filter(pointer => pointer === '').length;
    if (whole > 0 && Object.keys(values).length > 1)
      tell('one value for the whole message, or JSON pointers for all', `${whole} without a pointer`);
  });

type MqttSensorOptions = OptionsOf<typeof OPTIONS>;

function channelsOf({ values }: MqttSensorOptions): readonly Channel[] {
  return Object.keys(values).map(name => ({ name, units: '1', longName: readable(name) }));
}

/** `soilMoisture` and `soil_moisture` as `Soil moisture`. */
function readable(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[_\s]+/)
    .filter(word => word !== '');
  const text = words.map(word => (/^[A-Z0-9]+$/.test(word) ? word : word.toLowerCase())).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const mqtt = sensorKind({
  name: 'mqtt',
  title: 'Messages of an MQTT broker',
  description:
    'Numbers from the messages of a topic: of zigbee2mqtt, Tasmota, ESPHome, Shelly or a script. A value counts until the next one, and no longer than maxAge.',
  needs: ['network'],
  options: OPTIONS,
  example: {
    url: 'mqtt://broker.local',
    topic: 'zigbee2mqtt/garden',
    values: { temperature: '/temperature' },
  },
  channels: channelsOf,
  conversionTime: () => 0,
  isPushing: true,
  problemOf: options =>
    brokerSecrets(options, process.env).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    ),
  simulate: ({ topic, values }, { clock, seed }) => ({
    mqtt: simulatedBroker({
      topic: topic.replaceAll(/[+#]/g, 'simulated'),
      values: Object.values(values).map(pointer => pointerKeys(pointer) ?? []),
      seed,
      clock,
    }),
  }),
  open: async (options, { mqtt: brokers, clock }) => new MqttSensor(options, brokers, clock),
});

/** The latest value of a channel. */
interface KnownValue {
  readonly value: number;
  /** Seconds on the monotonic clock. */
  readonly at: number;
}

class MqttSensor implements PushingSensor {
  readonly name = 'mqtt';
  readonly channels: readonly Channel[];
  readonly maxAge: number;
  readonly #options: MqttSensorOptions;
  readonly #clock: Clock;
  readonly #keys: readonly (readonly string[])[];
  readonly #known: (KnownValue | undefined)[];
  readonly #subscription: MqttSubscription;
  readonly #since: number;
  /** What is wrong with the latest message. */
  #fault: string | undefined;
  #isAway = false;
  /** Whether a message came that the broker has kept, and that does not count. */
  #hasKept = false;
  readonly #listeners = new Set<(event: object) => void>();

  constructor(options: MqttSensorOptions, brokers: MqttBrokers, clock: Clock) {
    const { topic, values, availability, maxAge } = options;
    this.maxAge = maxAge;
    this.channels = channelsOf(options);
    this.#options = options;
    this.#clock = clock;
    this.#keys = Object.values(values).map(pointer => pointerKeys(pointer) ?? []);
    this.#known = this.#keys.map(() => undefined);
    this.#since = clock.monotonic();
    const { url, credentials, ca, certificate, key, clientId } = options;
    this.#subscription = brokers.subscribe(
      { url, credentials, ca, certificate, key, clientId },
      availability === undefined ? [topic] : [topic, availability],
      message => this.#take(message),
    );
  }

  async read(): Promise<Reading> {
    this.refresh();
    const { values, problem } = this.latest();
    return problem === undefined ? values : { values, problem };
  }

  latest(): PartialReading {
    const { maxAge, topic, availability } = this.#options;
    const now = this.#clock.monotonic();
    if (this.#isAway)
      return {
        values: this.#known.map(() => Number.NaN),
        problem: `${availability} says that the device is away`,
      };
    const values = this.#known.map(known =>
      known !== undefined && now - known.at <= maxAge ? known.value : Number.NaN,
    );
    const { state } = this.#subscription;
    if (state.kind === 'away') return { values, problem: state.reason };
    if (this.#fault !== undefined) return { values, problem: this.#fault };
    // A device may well say nothing for some time after the start.
    const isLate = now - this.#since > maxAge;
    if (isLate && this.#known.some(known => known === undefined || now - known.at > maxAge))
      return { values, problem: `no value came at ${topic} for ${maxAge} s (maxAge)` };
    return { values };
  }

  awaited(): string | undefined {
    const { state } = this.#subscription;
    if (this.#known.some(known => known !== undefined) || this.latest().problem !== undefined)
      return undefined;
    if (state.kind === 'connecting') return 'the broker has not answered yet';
    const kept = this.#hasKept
      ? ', but one that the broker has kept, which counts only with retained: true'
      : '';
    return `no message has come at ${this.#options.topic} yet${kept}`;
  }

  refresh(): void {
    this.#subscription.refresh();
  }

  listen(onPush: (event: object) => void): () => void {
    this.#listeners.add(onPush);
    return () => this.#listeners.delete(onPush);
  }

  async close(): Promise<void> {
    await this.#subscription.close();
  }

  #take(message: MqttMessage): void {
    const { topic, payload, isRetained } = message;
    const text = new TextDecoder().decode(payload);
    // The broker keeps the state of a device until it changes.
    if (topic === this.#options.availability) {
      const hadValues = this.latest().values;
      this.#isAway = !isAvailable(text);
      // Values that count no longer end with a row of missing values.
      if (!this.#isAway || !Array.from(hadValues).some(value => !Number.isNaN(value))) return;
    } else if (!isRetained || this.#options.retained) this.#fault = this.#takeValues(topic, text);
    else {
      this.#hasKept = true;
      return;
    }
    for (const listener of this.#listeners) listener(message);
  }

  /** The first fault of the message. */
  #takeValues(topic: string, text: string): string | undefined {
    const isWhole = this.#keys[0]?.length === 0;
    const json = isWhole ? text : jsonOf(text);
    const at = this.#clock.monotonic();
    if (json === undefined) {
      // Nobody knows what the device has measured since.
      this.#known.fill({ value: Number.NaN, at });
      return `${topic}: expected JSON, found ${shown(text)}`;
    }
    let fault: string | undefined;
    for (const [index, keys] of this.#keys.entries()) {
      const pointer = Object.values(this.#options.values)[index]!;
      const { isFound, value } = valueBelow(json, keys);
      if (!isFound) {
        // A message need not have every value; one that never comes is a mistake.
        if (this.#known[index] === undefined)
          fault ??= `${topic}: expected a value at ${pointer}, found ${shown(json)}`;
        continue;
      }
      const number = numberOf(value, this.#options.states);
      if (number === undefined)
        fault ??= `${topic}: expected a number${pointer === '' ? '' : ` at ${pointer}`}, found ${shown(value)} (name texts in states)`;
      this.#known[index] = { value: number ?? Number.NaN, at };
    }
    return fault;
  }
}

/** Undefined for a text that is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
