import { afterEach, expect, it } from 'vitest';
import type { Config } from '../../../server/config/config.ts';
import { loadConfig } from '../../../server/config/load.ts';
import { RunningDatasets } from '../../../server/run/running.ts';

let running: RunningDatasets | undefined;
afterEach(async () => {
  await Promise.all(running?.datasets.map(dataset => dataset.close()) ?? []);
});

function configOf(interval: number): Config {
  const content = `datasets: { one: { interval: ${interval}, sensors: [{ kind: tmp36-simulated }] } }\n`;
  const loaded = loadConfig([{ name: 'config.yaml', content }]);
  if ('problems' in loaded) throw new Error('expected a valid configuration');
  return loaded.config;
}

it('a reload that is under way when the server stops opens no dataset, which nobody would close', async () => {
  running = await RunningDatasets.start(configOf(1));
  const [one] = running.datasets;
  const taken = running.take(configOf(2));
  await running.stop();
  await one!.close();
  await taken;
  await running.stop();
  expect(running.datasets).toEqual([]);
});
