import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, it, vi } from 'vitest';
import { buildApp } from '../../../server/http/app.ts';
import { listen } from '../../../server/http/listening.ts';

vi.mock('node:dns/promises');

const ADDRESSES = ['127.0.0.1', '::1', '192.0.2.1'];
const own = Object.values(networkInterfaces()).flatMap(each => each?.map(({ address }) => address));

it('answers at each address of localhost that the machine has, and counts the connections of all', async () => {
  vi.mocked(lookup).mockResolvedValue(ADDRESSES.map(address => ({ address, family: 4 })) as never);
  const app = await buildApp({ state: { datasets: [] } });
  const waiting = { onWait: () => {}, signal: new AbortController().signal };
  await listen(app, () => ({ host: 'localhost', port: 0 }), waiting);
  const { port } = app.server.address() as AddressInfo;
  const addresses = ADDRESSES.filter(address => own.includes(address));
  const clients = addresses.map(host => connect({ host, port }));
  for (const client of clients) {
    client.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  }
  expect(app.connections.size).toBe(addresses.length);
  const ended = Promise.all(clients.map(client => once(client, 'close')));
  await app.close();
  await ended;
  const late = connect({ host: addresses.at(-1)!, port });
  await expect(once(late, 'connect')).rejects.toThrow('ECONNREFUSED');
});
