// Tests what is said of machines that take a connection to a broker's port and do not answer.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { connectBroker } from '../../device/host/mqtt/connection.ts';

it('a machine that takes the connection and says nothing is told with what to do', async () => {
  const sockets: Socket[] = [];
  const server = createServer(socket => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  await expect(
    connectBroker({ url: `mqtt://127.0.0.1:${port}` }, { signal, connectTimeout: 100 }),
  ).rejects.toThrow(
    'no broker answers within 10 s: check the host and the port of "url", and write mqtts:// if it speaks TLS, mqtt:// if it does not',
  );
  for (const socket of sockets) socket.destroy();
  server.close();
});
