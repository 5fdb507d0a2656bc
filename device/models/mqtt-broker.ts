// Simulates an MQTT broker: a subscriber gets a message whenever the sensor is read, with values that follow the clock.

import type { Clock } from '../host/clock.ts';
import type { MqttBrokers } from '../host/mqtt/brokers.ts';
import { quantityNow, ROOM_TEMPERATURE } from './quantity.ts';

/** A value somewhere in the message: the keys that lead to it; none for a message that is the value alone. */
export type SimulatedValue = readonly string[];

export interface SimulatedBrokerOptions {
  readonly topic: string;
  readonly values: readonly SimulatedValue[];
  readonly seed: number;
  readonly clock: Clock;
}

export function simulatedBroker({ topic, values, seed, clock }: SimulatedBrokerOptions): MqttBrokers {
  const quantities = values.map((_, index) => quantityNow((seed + index) % 2 ** 32, ROOM_TEMPERATURE, clock));
  const payload = () => {
    const numbers = quantities.map(at => Math.round(100 * at()) / 100);
    const whole = values.findIndex(keys => keys.length === 0);
    if (whole >= 0) return String(numbers[whole]);
    const message: Record<string, unknown> = {};
    for (const [index, keys] of values.entries()) put(message, keys, numbers[index]!);
    return JSON.stringify(message);
  };
  return {
    subscribe: (_broker, _filters, onMessage) => ({
      state: { kind: 'connected' },
      refresh: () => onMessage({ topic, payload: Buffer.from(payload()), isRetained: false }),
      close: async () => {},
    }),
  };
}

/** Places of lists are keys of mappings here, which are read the same. */
function put(message: Record<string, unknown>, keys: readonly string[], value: number): void {
  const [key = '', ...rest] = keys;
  if (rest.length === 0) message[key] = value;
  else {
    const inner = message[key];
    const within = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
    message[key] = within;
    put(within, rest, value);
  }
}
