import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LastGood } from '../../../server/config/last-good.ts';
import { readConfig } from '../../../server/config/read.ts';
import { startInstead } from '../../../server/run/starting.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-starting-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function serverOf(text: string) {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, text);
  const read = await readConfig(file);
  if (!('problems' in read)) throw new Error('expected a wrong configuration');
  const { valid, wrong } = await startInstead(read, new LastGood(file, [folder], () => {}), {}, {});
  expect(wrong!.inUse).toBe('host-only');
  expect(valid.config.datasets.map(({ info, history }) => [info.name, history])).toEqual([
    ['host', undefined],
  ]);
  return valid.config.server;
}

it('keeps the keys of the server that are valid where only the load of the machine is served', async () => {
  const wrong = 'datasets: { a: { sensors: [] } }\n';
  const server = await serverOf(
    `server: { host: 192.0.2.1, port: 8081, maxStreams: many, allow: [192.0.2.0/24] }\n${wrong}`,
  );
  expect(server).toMatchObject({ host: '192.0.2.1', port: 8081, maxStreams: 2000, allow: ['192.0.2.0/24'] });
  expect(await serverOf(`server: { port: 99999 }\n${wrong}`)).toMatchObject({ port: 8080 });
  expect((await serverOf('server: [\n')).port).toBe(8080);
  // What stands before or behind a mistake of the syntax can be read.
  expect((await serverOf('server: { port: 8081 }\ndatasets: [\n')).port).toBe(8081);
  expect((await serverOf('server:\n  port: 8081\ndatasets:\n  a: "b\n')).port).toBe(8081);
  expect((await serverOf(`server: { port: 8081 }\nx: ${'['.repeat(5000)}\n`)).port).toBeGreaterThan(0);
});

it('serves this machine alone where the addresses that may read are wrong', async () => {
  const server = await serverOf('server: { port: 8081, allow: [everybody] }\n');
  expect(server).toMatchObject({ allow: ['loopback'], port: 8081 });
});
