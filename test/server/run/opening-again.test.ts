import { afterEach, expect, it, vi } from 'vitest';
import { loadConfig } from '../../../server/config/load.ts';
import { EventLog } from '../../../server/run/logging/events.ts';
import type { Logger } from '../../../server/run/logging/logger.ts';
import * as opening from '../../../server/run/opening.ts';
import { Reloader } from '../../../server/run/reload.ts';
import { RunningDatasets } from '../../../server/run/running.ts';

vi.mock('../../../server/run/opening.ts', async original => {
  const real = await original<typeof opening>();
  return { ...real, openDataset: vi.fn(real.openDataset) };
});

const sensors = 'sensors: [{ kind: tmp36-simulated }]';
const TEXT = `datasets: { broken: { ${sensors} }, other: { ${sensors} } }\n`;

let running: RunningDatasets | undefined;
let reloader: Reloader | undefined;
afterEach(async () => {
  await reloader?.close();
  await Promise.all(running?.datasets.map(dataset => dataset.close()) ?? []);
});

it('serves the other datasets of a configuration where one cannot be opened, and tries that one again', async () => {
  const loaded = loadConfig([{ name: 'config.yaml', content: TEXT }]);
  if ('problems' in loaded) throw new Error('expected a valid configuration');
  vi.mocked(opening.openDataset).mockRejectedValueOnce(new Error('no device'));
  const logged: unknown[] = [];
  const line = (...parts: unknown[]) => void logged.push(parts.at(-1));
  const logger = { info: line, warn: line, error: line } as unknown as Logger;
  const log = new EventLog(logger);
  running = await RunningDatasets.start(loaded.config, {
    onOpening: (dataset, event) => log.opening(dataset, event),
  });
  reloader = new Reloader({
    read: () => Promise.reject(new Error('nothing has changed')),
    running,
    files: ['config.yaml'],
    logger,
  });
  const names = () => running!.datasets.map(({ info }) => info.name);
  expect(names()).toEqual(['other']);
  expect(reloader.state).toMatchObject({ inUse: 'current', failed: ['dataset broken: no device'] });
  const [other] = running.datasets;
  await reloader.watch('/nowhere/config.yaml', []);
  await expect.poll(names, { timeout: 10_000 }).toEqual(['broken', 'other']);
  // The other one goes on.
  expect(running.datasets[1]).toBe(other);
  expect(reloader.state.failed).toEqual([]);
  expect(logged).toEqual(['dataset broken: no device; it is tried again', 'dataset broken could be opened']);
});
