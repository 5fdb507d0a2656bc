import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PATIENCE, Server } from './server-process.ts';

const DATASETS = 'datasets: { garden: { interval: 0.1, sensors: [{ kind: tmp36-simulated }] } }\n';

/** Lets each sync take 2 s while the file `slow` is there, as on a worn card. */
const SLOW_DISK = `
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
const handle = await open(process.execPath, 'r');
const kind = Object.getPrototypeOf(handle);
await handle.close();
const { sync } = kind;
kind.sync = async function () {
  if (existsSync(process.env.SLOW_DISK)) await delay(2000);
  return sync.call(this);
};
`;

let folder: string;
let server: Server;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-late-history-'));
});
afterEach(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

it('rows of a history that a reload has added are stored at the end, however slow the disk is', async () => {
  const [config, slow, disk] = ['config.yaml', 'slow', 'disk.mjs'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(config, DATASETS);
  writeFileSync(disk, SLOW_DISK);
  server = new Server(['--config', config], {
    NODE_OPTIONS: `--import ${pathToFileURL(disk)}`,
    SLOW_DISK: slow,
  });
  await server.address();
  writeFileSync(config, `history: { path: ${join(folder, 'rows')}, flush: 1 h }\n${DATASETS}`);
  const history = async () => (await server.health()).datasets[0]?.history;
  await expect.poll(async () => (await history())?.unstored ?? 0, PATIENCE).toBeGreaterThan(3);
  writeFileSync(slow, '');
  await server.end('SIGTERM');
  const stored = readdirSync(join(folder, 'rows'), { recursive: true }).map(String);
  expect(stored.filter(name => name.endsWith('.parquet'))).toHaveLength(1);
});
