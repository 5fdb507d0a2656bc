import { afterEach, expect, it } from 'vitest';
import { machineWith, type TestMachine } from './machines.ts';

let machine: TestMachine | undefined;
afterEach(async () => {
  await machine?.tree.dispose();
});

/** What `check` prints, a line for each subject. */
async function checked(config: string): Promise<readonly string[]> {
  machine = await machineWith({ '/etc/dapberry/config.yaml': config });
  const { code, out, err } = await machine.dapberry('check');
  expect([code, err]).toEqual([0, '']);
  return out
    .replaceAll(/\n {12,}/g, ' ')
    .replaceAll(/ +/g, ' ')
    .split('\n');
}

it('tells which datasets of a fleet are served', async () => {
  const nats = '{servers: ["nats://n1:4222", "nats://n2:4222"], credentials: /etc/dapberry/nats}';
  const lines = await checked(`fleet: {nats: ${nats}, datasets: roof-*}\n`);
  expect(lines).toContain(
    'fleet datasets with names like roof-* of the stream fleet at nats://n1:4222, nats://n2:4222',
  );
  expect(lines).toContain('credentials of /etc/dapberry/nats');
  expect(await checked(`fleet: {nats: ${nats}, datasets: "*"}\n`)).toContain(
    'fleet every dataset of the stream fleet at nats://n1:4222, nats://n2:4222',
  );
});

it('tells where the rows of each dataset are sent', async () => {
  const lines = await checked(`publish:
  mqtt: {url: mqtt://broker.local, topic: "house/{dataset}", credentials: /etc/dapberry/mqtt}
  nats: {servers: ["nats://n1:4222"], name: "pi-{dataset}"}
datasets:
  roof: {sensors: [{kind: tmp36-simulated}]}
  cellar: {publish: off, sensors: [{kind: tmp36-simulated}]}
`);
  const sent = (dataset: string) =>
    lines
      .slice(lines.indexOf(`dataset ${dataset}`))
      .slice(0, 14)
      .filter(line => /^ (publish|credentials) /.test(line));
  expect(sent('roof')).toEqual([
    ' publish by mqtt to mqtt://broker.local, topic house/roof',
    ' credentials of /etc/dapberry/mqtt',
    ' publish by nats to nats://n1:4222, stream fleet, name pi-roof',
  ]);
  expect(sent('cellar')).toEqual([]);
});

const SENSOR = '{kind: mqtt, url: mqtt://b, topic: t, credentials: /nowhere/sensor}';

it('tells which credentials of brokers and of a fleet cannot be read, once for all datasets', async () => {
  const lines = await checked(`history: off
publish: {mqtt: {url: mqtt://b, credentials: /nowhere/mqtt}}
fleet: {nats: {servers: nats://n, credentials: /nowhere/fleet}}
datasets:
  a: {sensors: [${SENSOR}]}
  b: {sensors: [{kind: tmp36-simulated}]}
  c: {publish: {mqtt: off, nats: {servers: nats://n, ca: /nowhere/ca}}, sensors: [{kind: tmp36-simulated}]}
  d: {publish: off, source: {nats: {servers: nats://n, credentials: /nowhere/source}}}
`);
  const rest = 'expected the path of a file that the server can read, found none';
  expect(lines.filter(line => line.includes(': expected '))).toEqual([
    `dataset a: sensor mqtt: credentials: /nowhere/sensor: ${rest}`,
    `dataset d: credentials /nowhere/source: ${rest}`,
    `datasets a, b: publish: credentials: /nowhere/mqtt: ${rest}`,
    `dataset c: publish: ca /nowhere/ca: ${rest}`,
    `fleet: credentials /nowhere/fleet: ${rest}`,
  ]);
});

it('says nothing of the credentials of a sensor that is simulated', async () => {
  const lines = await checked(`history: off\nsimulate: true\ndatasets: {a: {sensors: [${SENSOR}]}}\n`);
  expect(lines).toContain('dataset a');
  expect(lines.join('\n')).not.toContain('/nowhere');
});
