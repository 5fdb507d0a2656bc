// Stands for an MQTT broker whose messages and state a test gives.

import type { BrokerState, MqttBrokers, MqttMessage } from '../../device/host/mqtt/brokers.ts';
import { matches } from '../../device/host/mqtt/topic-filter.ts';

export class SaidBroker implements MqttBrokers {
  state: BrokerState = { kind: 'connected' };
  readonly #subscribers: { filters: readonly string[]; onMessage: (message: MqttMessage) => void }[] = [];

  subscribe(_broker: unknown, filters: readonly string[], onMessage: (message: MqttMessage) => void) {
    this.#subscribers.push({ filters, onMessage });
    const broker = this;
    return {
      get state() {
        return broker.state;
      },
      refresh: () => undefined,
      close: async () => {},
    };
  }

  say(topic: string, payload: string, isRetained = false): void {
    const message = { topic, payload: Buffer.from(payload), isRetained };
    for (const { filters, onMessage } of this.#subscribers)
      if (filters.some(filter => matches(filter, topic))) onMessage(message);
  }
}
