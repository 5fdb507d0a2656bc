// Tests the server command as a Pi that publishes, and another one as the gateway: rows once and in order, and the state in health.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../../tools.ts';
import { PATIENCE } from '../history/server-process.ts';
import { broker, closeAfterEach } from './rig.ts';
import { served } from './served.ts';

closeAfterEach();

/** A server of the command with a configuration, in a folder that `{folder}` stands for, and with the state of its own there. */
async function start(config: string, folder?: string) {
  const { server, place } = await served(config, {
    hasState: true,
    ...(folder === undefined ? {} : { folder }),
  });
  const times = async (path: string) => {
    const text = (await server.get(path)).toString();
    const lines = text
      .trim()
      .split('\n')
      .filter(line => /^\d/.test(line));
    return lines.map(line => line.split(',')[0]!);
  };
  const json = async (path: string) => JSON.parse((await server.get(path)).toString());
  return { server, place, times, json };
}

const pi = (url: string, create = 'create: {}') => `
seed: 1
publish: {nats: {servers: '${url}', ${create}}}
history: {path: '{folder}/history', flush: 1}
datasets:
  roof:
    interval: 0.05
    sensors: [{kind: tmp36-simulated}]
`;

describeWith('nats-server', 'the server command that publishes', () => {
  it('sends each row once to a gateway, also those from while the broker was away', async () => {
    const nats = await broker();
    const first = await start(pi(nats.url));
    const gateway = await start(`fleet: {nats: {servers: '${nats.url}'}}`);
    const known = async () => (await gateway.times('past/roof.csv?time').catch(() => [])).length;
    await expect.poll(known, PATIENCE).toBeGreaterThan(20);
    const published = async () => (await first.json('health')).datasets[0].publish[0];
    expect(await published()).toMatchObject({ kind: 'nats', state: 'connected', dropped: 0 });
    await nats.stop('SIGKILL');
    await expect.poll(async () => (await published()).state, PATIENCE).toBe('away');
    expect((await published()).lastError.message).toContain(nats.url);
    const before = (await first.times('past/roof.csv?time')).length;
    await expect
      .poll(async () => (await first.times('past/roof.csv?time')).length, PATIENCE)
      .toBeGreaterThan(before + 20);
    await nats.start();
    await expect.poll(async () => (await published()).state, PATIENCE).toBe('connected');
    await expect.poll(known, PATIENCE).toBeGreaterThan(before + 20);
    // The Pi ends by a power cut, and goes on with its history.
    await first.server.end('SIGKILL');
    const second = await start(pi(nats.url), first.place);
    const after = (await second.times('past/roof.csv?time')).length;
    await expect.poll(known, PATIENCE).toBeGreaterThan(after + 10);
    const [made, served] = [
      await second.times('past/roof.csv?time'),
      await gateway.times('past/roof.csv?time'),
    ];
    expect(new Set(served).size).toBe(served.length);
    expect([...served].sort()).toEqual(served);
    // Rows that the cut took from the history were in the stream already.
    const kept = new Set(served);
    const end = Math.min(made.length, made.findIndex(time => time > served.at(-1)!) + 1 || made.length);
    expect(made.slice(0, end - 1).filter(time => time >= served[0]! && !kept.has(time))).toEqual([]);
  }, 90_000);

  it('says that the stream is missing, and goes on once it may create it', async () => {
    const nats = await broker();
    const { json, server, place } = await start(pi(nats.url, 'stream: other'));
    const published = async () => (await json('health')).datasets[0].publish[0];
    await expect
      .poll(async () => (await published()).lastError?.message, PATIENCE)
      .toContain('other does not exist');
    expect((await json('health')).status).toBe('degraded');
    expect(server.text).toContain('other does not exist');
    expect((await server.get('metrics')).toString()).toMatch(
      /dapberry_publish_connected\{[^}]*nats[^}]*\} 0/,
    );
    const config = pi(nats.url, 'stream: other, create: {}').replaceAll('{folder}', place);
    await writeFile(join(place, 'config.yaml'), config);
    await expect.poll(async () => (await published()).state, PATIENCE).toBe('connected');
    await expect.poll(async () => (await published()).sent, PATIENCE).toBeGreaterThan(5);
    expect((await json('health')).status).toBe('ok');
  }, 60_000);
});
