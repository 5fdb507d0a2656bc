import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PullFolder, until } from './command.ts';

const COMMAND = resolve(import.meta.dirname, '../../../dist/server/main.js');

let folder: PullFolder;
let server: ChildProcess;
beforeEach(() => {
  folder = new PullFolder();
});
afterEach(async () => {
  server.kill('SIGKILL');
  if (server.exitCode === null && server.signalCode === null) await once(server, 'close');
  await folder.dispose();
});

/** Serves the dataset `roof` with sensors of these names. */
function configure(...names: readonly string[]): void {
  const sensors = names.map(name => `{ kind: tmp36-simulated, name: ${name} }`).join(', ');
  writeFileSync(folder.file('config.yaml'), `datasets:\n  roof: { interval: 0.05, sensors: [${sensors}] }\n`);
}

async function serve(port = 0): Promise<number> {
  const config = ['--config', folder.file('config.yaml')];
  server = spawn(process.execPath, [
    COMMAND,
    'serve',
    ...config,
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
  ]);
  for await (const line of createInterface(server.stdout!)) {
    const found = /live page +http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (found !== undefined) return Number(found);
  }
  throw new Error('the server ended before it served');
}

const rowsOf = (name: string) => folder.text(name).trimEnd().split('\n').slice(1);
const timesOf = (name: string) => rowsOf(name).map(row => Number(row.split(',')[0]));

describe('pull from a real server', () => {
  it('begins another file when a sensor is put into the configuration', async () => {
    configure('air');
    const port = await serve();
    const process = folder.start(`127.0.0.1:${port}/roof`, '--output', 'roof.csv');
    await until(() => rowsOf('roof.csv').length > 3);
    configure('air', 'water');
    await until(() => rowsOf('roof.2.csv').length > 3);
    const { code, stderr } = await process.stop();
    expect(code).toBe(0);
    expect(stderr).toContain(
      'roof.csv: its columns are sensor.time,sensor.air_voltage,sensor.air_temperature; new rows, with the columns ',
    );
    const [head] = folder.text('roof.2.csv').split('\n');
    expect(head).toBe(
      'sensor.time,sensor.air_voltage,sensor.air_temperature,sensor.water_voltage,sensor.water_temperature',
    );
    const times = [...timesOf('roof.csv'), ...timesOf('roof.2.csv')];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('goes on over a server that is killed and a pull that is killed, and has each row once', async () => {
    configure('air');
    const port = await serve();
    const address = `127.0.0.1:${port}/roof`;
    const process = folder.start(address, '--output', 'roof-{date}.csv');
    const files = () => readdirSync(folder.path).filter(name => /^roof-.*csv$/.test(name));
    const times = () => files().flatMap(timesOf);
    await until(() => times().length > 3);
    server.kill('SIGKILL');
    await once(server, 'close');
    const before = times().length;
    await serve(port);
    await until(() => times().length > before + 3);
    await process.kill();
    const again = folder.start(address, '--output', 'roof-{date}.csv');
    const killed = times().length;
    await until(() => times().length > killed + 3);
    await again.stop();
    const all = times();
    const answer = await fetch(
      `http://${address}.asc?sensor.time&time>=${all[before + 1]}&time<=${all.at(-1)}`,
    );
    const served = (await answer.text())
      .trimEnd()
      .split('\n')
      .filter(line => /^\d+(\.\d+)?$/.test(line));
    expect(all.slice(before + 1)).toEqual(served.map(Number));
    expect(new Set(all).size).toBe(all.length);
  });
});
