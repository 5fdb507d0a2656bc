// Publishes a scripted dataset to a broker, for tests.

import { expect } from 'vitest';
import type { StoredDataset } from '../../../server/dataset/stored.ts';
import { mqttSink } from '../../../server/mqtt/mqtt-sink.ts';
import type { MqttOptions } from '../../../server/mqtt/options.ts';
import { Publisher } from '../../../server/publish/publisher.ts';
import type { FeedStatus } from '../../../server/publish/sink.ts';
import type { Mosquitto } from '../../mosquitto.ts';
import { inMemory } from '../datasets.ts';
import { temporaryFolder } from '../publish/temporary.ts';
import { type Row, SCRIPTED, ScriptedSource } from '../scripted-source.ts';

export class MqttRig {
  readonly source = new ScriptedSource();
  readonly dataset: StoredDataset = inMemory(SCRIPTED, this.source);
  readonly publisher: Publisher;
  readonly #broker: Mosquitto;

  private constructor(broker: Mosquitto, folder: string) {
    this.#broker = broker;
    this.publisher = new Publisher({
      kinds: { mqtt: async (options, dataset) => mqttSink(options as MqttOptions, dataset) },
      folders: [folder],
      owner: 'test',
      pauses: { first: 20, longest: 100 },
      saveEvery: 0,
    });
  }

  static async start(broker: Mosquitto): Promise<MqttRig> {
    return new MqttRig(broker, await temporaryFolder());
  }

  get status(): FeedStatus | undefined {
    return this.publisher.of(this.dataset)[0];
  }

  publish(options: Partial<MqttOptions> = {}): void {
    const mqtt: MqttOptions = {
      url: this.#broker.url,
      topic: 'house/pi',
      qos: 0,
      retain: false,
      values: true,
      discovery: 'off',
      discoveryPrefix: 'homeassistant',
      ...options,
    };
    this.publisher.update([{ dataset: this.dataset, publish: { mqtt } }]);
  }

  async connected(): Promise<void> {
    await expect.poll(() => this.status?.state, { timeout: 5000 }).toBe('connected');
  }

  append(...rows: readonly Row[]): Promise<void> {
    return this.source.append(rows);
  }

  async close(): Promise<void> {
    await this.publisher.close();
    await this.dataset.close();
  }
}
