import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { AnsweringLink } from '../../../../server/machine/answering-links.ts';
import { serverAt } from '../../../../server/machine/answering-server.ts';
import { onPi, taken } from './examined-pi.ts';

const examined = async (...links: readonly AnsweringLink[]) => {
  const parts = { ...taken, serverAt: async () => ({ name: 'dapberry/0.1.0', datasets: [], links }) };
  const { lines, code } = await onPi({ parts });
  return { code, lines: lines.filter(line => / (publish|source|fleet) /.test(line)) };
};

const TO = 'nats://n1:4222/fleet';
const again = 'the server tries again until that is mended';

it('says where rows go and come from when all is well', async () => {
  const { code, lines } = await examined(
    { kind: 'publish', dataset: 'roof', to: TO, state: 'connected' },
    { kind: 'publish', dataset: 'cellar', to: TO, state: 'connected' },
    { kind: 'source', dataset: 'attic', to: 'http://attic.local:8080/attic', state: 'connected' },
    { kind: 'fleet', to: 'the stream fleet at nats://n1:4222', state: 'connected' },
  );
  expect(lines).toEqual([
    `ok publish rows of roof, cellar to ${TO}`,
    'ok source rows of attic from http://attic.local:8080/attic',
    'ok fleet the stream fleet at nats://n1:4222',
  ]);
  expect(code).toBe(0);
});

it('says once for all datasets why a receiver does not take rows', async () => {
  const problem = `${TO} refuses this machine with the credentials in /etc/dapberry/nats: Authorization Violation`;
  const names = ['roof', 'cellar', 'attic', 'shed'];
  const { code, lines } = await examined(
    ...names.map(dataset => ({ kind: 'publish', dataset, to: TO, state: 'away', problem }) as const),
    { kind: 'publish', dataset: 'roof', to: 'mqtt://broker.local dapberry/pi/roof', state: 'connecting' },
  );
  expect(lines).toEqual([
    `fix publish rows of 4 datasets to ${TO}: ${problem}: ${again}`,
    'note publish rows of roof to mqtt://broker.local dapberry/pi/roof: not connected yet',
  ]);
  expect(code).toBe(1);
});

it('reads them from the health of a server', async () => {
  const error = { time: 1, message: 'the connection was refused: no broker listens there' };
  const stream = {
    servers: ['nats://n1:4222'],
    stream: 'fleet',
    state: 'away',
    problem: 'connection refused',
  };
  const health = {
    datasets: [
      {
        name: 'roof',
        publish: [
          { kind: 'mqtt', to: 'mqtt://broker.local roof', state: 'away', lastError: error },
          // An error that is over.
          { kind: 'nats', to: TO, state: 'connected', lastError: error },
        ],
      },
      {
        name: 'attic',
        source: { kind: 'dap2', address: 'http://attic.local:8080/attic', state: 'away', lastError: error },
      },
      { name: 'far', source: { kind: 'nats', ...stream } },
    ],
    fleet: { ...stream, problem: undefined, state: 'following', refused: { host: 'its name is taken' } },
  };
  const server = createServer((_request, response) => {
    response.setHeader('XOPeNDAP-Server', 'dapberry/0.1.0').end(JSON.stringify(health));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    const { links } = (await serverAt((server.address() as AddressInfo).port, '127.0.0.1'))!;
    expect(links).toEqual([
      {
        ...{ kind: 'publish', dataset: 'roof', to: 'mqtt://broker.local roof', state: 'away' },
        problem: error.message,
      },
      { kind: 'publish', dataset: 'roof', to: TO, state: 'connected' },
      {
        ...{ kind: 'source', dataset: 'attic', to: 'http://attic.local:8080/attic', state: 'away' },
        problem: error.message,
      },
      {
        ...{ kind: 'source', dataset: 'far', to: 'the stream fleet at nats://n1:4222', state: 'away' },
        problem: 'connection refused',
      },
      {
        ...{ kind: 'fleet', to: 'the stream fleet at nats://n1:4222', state: 'connected' },
        problem: 'host is not served: its name is taken',
      },
    ]);
  } finally {
    server.close();
  }
});
