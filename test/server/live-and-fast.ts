// Serves two simulated datasets, live rows and rows on demand, and compares what the server holds after a test with before.

import { type Batch, decodeAll } from '../../dap/index.ts';
import { openDevice } from '../../device/index.ts';
import type { DatasetInfo } from '../../server/dataset/dataset.ts';
import { simulatedTmp36 } from '../device/known-sensors.ts';
import { type Serving, type ServingOptions, serving } from '../serving.ts';
import { onDemand, sampled } from './datasets.ts';
import { backTo, type Holdings, holdings } from './holdings.ts';
import { RawClient } from './raw-client.ts';

export const info = (name: string): DatasetInfo => ({
  name,
  title: name,
  summary: name,
  source: 'simulation',
});

export const END = Buffer.from([0xa5, 0, 0, 0]);

/** Bytes of a row of `time`, `voltage` and `temperature`. */
export const ROW_BYTES = 28;

export function rowsOf(body: Buffer): Batch {
  return decodeAll(body).values[0] as Batch;
}

/** A server of `live`, at 20 rows a second, and `fast`, as fast as it is read, and its clients. */
export class LiveAndFast {
  readonly server: Serving;
  readonly #clients: RawClient[] = [];
  #before: Holdings | undefined;

  private constructor(server: Serving) {
    this.server = server;
  }

  static async start(options: ServingOptions = {}): Promise<LiveAndFast> {
    const sensors = [simulatedTmp36({ seed: 1 })];
    const datasets = [
      sampled(info('live'), await openDevice({ sensors, interval: 0.05 })),
      onDemand(info('fast'), await openDevice({ sensors, interval: 0 })),
    ];
    const started = new LiveAndFast(await serving({ ...options, datasets }));
    // Memory that a server allocates once and keeps is no leak.
    const first = started.client().ask('/live.dods?sensor[0:1:1]');
    await first.answer();
    await first.leave();
    started.#before = await holdings(started.server);
    return started;
  }

  client(options?: { reading: boolean }): RawClient {
    const made = new RawClient(this.server.port, options);
    this.#clients.push(made);
    return made;
  }

  /** A client that reads an endless stream. */
  async reader(path: string): Promise<RawClient> {
    const made = this.client().ask(path);
    await made.until(() => made.answers[0]!.body.length > 0);
    return made;
  }

  /** Resolves when the server holds no more than at the start. */
  async isAsBefore(): Promise<void> {
    await backTo(this.#before!, this.server);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map(one => one.leave()));
    await this.server.close();
  }
}
