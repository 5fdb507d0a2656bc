import { afterEach, expect, it } from 'vitest';
import { oneWire } from '../../../device/host/one-wire.ts';
import { builtinConfig } from '../../../server/config/builtin.ts';
import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { hostOf } from '../../device/known-sensors.ts';
import { type KernelTree, kernelTree } from '../../device/sensors/kernel-tree.ts';
import { openDatasets } from '../../opened-datasets.ts';
import { type Serving, serving } from '../../serving.ts';

const BUS = '/sys/bus/w1/devices/w1_bus_master1';
const ADDRESS = '28-00000a4d4d49';
/** 21.5625 deg C. */
const W1_SLAVE = '59 01 4b 46 7f ff 07 10 a2 : crc=a2 YES\n59 01 4b 46 7f ff 07 10 a2 t=21562\n';

let tree: KernelTree | undefined;
let servers: Serving[] = [];
afterEach(async () => {
  await Promise.all(servers.map(server => server.close()));
  servers = [];
  await tree?.dispose();
});

async function served(...args: Parameters<typeof serving>): Promise<Serving> {
  const server = await serving(...args);
  servers.push(server);
  return server;
}

it('the catalogue leads to lines for what is attached, which the server serves when they are pasted', async () => {
  tree = await kernelTree({
    '/proc/loadavg': '0.10 0.20 0.30 1/100 200\n',
    [`${BUS}/w1_master_slaves`]: `${ADDRESS}\n`,
    [`${BUS}/${ADDRESS}/w1_slave`]: W1_SLAVE,
    [`/sys/bus/w1/devices/${ADDRESS}/w1_slave`]: W1_SLAVE,
  });
  const { files } = tree;
  const { clock, buses } = hostOf();
  const host = hostOf({ files, oneWire: oneWire({ files, clock, serial: buses.serial }) });
  const { lines, known } = await builtinConfig(host, false);
  const fresh = await served();
  fresh.change({ builtin: { lines, known } });
  const catalog = (await (await fetch(`${fresh.url}/catalog.json`)).json()) as { lines: string };
  const answer = await fetch(new URL(catalog.lines, `${fresh.url}/`));
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/yaml; charset=utf-8']);
  const text = await answer.text();
  const loaded = loadConfig([{ name: 'pasted.yaml', content: text }]);
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  const named = await served({ datasets: await openDatasets(loaded.config.datasets, host, false) });
  const latest = await fetch(`${named.url}/station.csv?time,w1_4d4d49_temperature[0:0]`);
  expect(await latest.text()).toMatch(/,21\.562\d*\s*$/);
  const das = await (await fetch(`${named.url}/station.das`)).text();
  expect(das).toContain('String sensor_name "DS18B20 ...4d49"');
});

it('there are no lines once datasets are configured, and none for clients that may not read everything', async () => {
  const server = await served();
  const linesOf = async () => (await (await fetch(`${server.url}/catalog.json`)).json()) as object;
  expect(await linesOf()).not.toHaveProperty('lines');
  const refused = await fetch(`${server.url}/attached-sensors.yaml`);
  expect(refused.status).toBe(404);
  expect(await refused.text()).toContain('dapberry list prints lines');
  server.change({ builtin: { lines: undefined, known: [] } });
  expect(await (await fetch(`${server.url}/attached-sensors.yaml`)).text()).toContain(
    'dapberry list --probe',
  );
  server.change({
    builtin: { lines: 'datasets: {}\n', known: [] },
    access: { users: new Map(), public: [] },
  });
  expect((await fetch(`${server.url}/attached-sensors.yaml`)).status).toBe(401);
});
