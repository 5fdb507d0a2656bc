// Serves a dataset in trouble for tests of the page: failing sensors, a clock that is set, a broken configuration.

import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Clock, openDevice, systemClock } from '../../device/index.ts';
import { readConfig } from '../../server/config/read.ts';
import { buildApp } from '../../server/http/app.ts';
import type { Synchronized } from '../../server/machine/synchronized.ts';
import { Reloader } from '../../server/run/reload.ts';
import { RunningDatasets } from '../../server/run/running.ts';
import { channel, sensorOf } from '../device/fake-sensors.ts';
import { sampled } from '../server/datasets.ts';

export interface AilingServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Lets these sensors fail, each for its reason, and the others answer; resolves when they do. */
  fail(reasons: Readonly<Record<string, string>>): Promise<void>;
  /** Sets the system clock forward by `seconds`, or back; resolves when rows are stamped by it. */
  stepClock(seconds: number): Promise<void>;
  /** Has the clock synchronised, or not, as far as the server knows. */
  synchronize(synchronized: Synchronized): void;
  /** Gives the configuration file another content, and has it read. */
  configure(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Each sensor of the dataset `station` and its columns. */
const SENSORS: Readonly<Record<string, readonly string[]>> = {
  air: ['air_temperature', 'air_humidity'],
  soil: ['soil_temperature'],
  ...Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`probe${index}`, [`probe${index}`]])),
};

export const RIGHT = 'datasets: { other: { interval: 0.1, sensors: [{ kind: tmp36-simulated }] } }\n';

export async function ailingServer(webRoot: string): Promise<AilingServer> {
  const folder = await mkdtemp(join(tmpdir(), 'dapberry-'));
  const file = join(folder, 'config.yaml');
  await writeFile(file, RIGHT);
  const read = await readConfig(file);
  if ('problems' in read) throw new Error('expected a right configuration');
  const running = await RunningDatasets.start(read.config);
  const logger = pino({ level: 'silent' });
  const reloader = new Reloader({ read: () => readConfig(file), running, files: read.files, logger });

  let reasons: Readonly<Record<string, string>> = {};
  let step = 0;
  const clock: Clock = { ...systemClock, wall: () => systemClock.wall() + step };
  const sensors = Object.entries(SENSORS).map(([name, columns]) => {
    const channels = columns.map(column =>
      channel(column, {
        units: column.endsWith('humidity') ? 'percent' : 'degree_Celsius',
        longName: column.replaceAll('_', ' ').replace(/^./, first => first.toUpperCase()),
      }),
    );
    const readNow = () => {
      const reason = reasons[name];
      if (reason !== undefined) throw new Error(reason);
      return columns.map((_, index) => 20 + 10 * index + Math.sin(systemClock.monotonic()));
    };
    return async () => sensorOf(name, readNow, { channels });
  });
  let synchronized: Synchronized = 'unknown';
  const events = new EventEmitter();
  const device = await openDevice({
    sensors,
    interval: 0.1,
    clock,
    onEvent: event => events.emit(event.kind),
  });
  const info = { name: 'station', title: 'Station', summary: 'A station.', source: 'a test' };
  const station = sampled(info, device);
  const app = await buildApp({
    webRoot,
    state: {
      get datasets() {
        return [station, ...running.datasets];
      },
      get configuration() {
        return reloader.state;
      },
      get clock() {
        return { synchronized, since: 0 };
      },
    },
  });
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    async fail(now) {
      reasons = now;
      for (const { name } of device.sensors) {
        const wanted = now[name] === undefined ? 'ok' : 'failing';
        const isSo = () => device.sensors.some(sensor => sensor.name === name && sensor.state === wanted);
        while (!isSo()) await Promise.race(['sensor-failing', 'sensor-back'].map(kind => once(events, kind)));
      }
    },
    async stepClock(seconds) {
      step += seconds;
      await once(events, 'clock-stepped');
    },
    synchronize(now) {
      synchronized = now;
    },
    async configure(text) {
      await writeFile(file, text);
      await reloader.reload();
    },
    async close() {
      await app.close();
      await rm(folder, { recursive: true });
    },
  };
}
