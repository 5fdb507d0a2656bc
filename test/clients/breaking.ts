// Passes connections on to a server, and breaks the first ones off in the middle of a row.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface BreakingProxy {
  readonly url: string;
  /** Connections so far. */
  readonly times: number;
  close(): Promise<void>;
}

/** Breaks the first two connections off once that many rows of JSON lines have passed, within the next one. */
export async function breakingAfter(target: string, rows: number): Promise<BreakingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let times = 0;
  const server = createServer(client => {
    const isBroken = ++times <= 2;
    const upstream = connect(Number(port), hostname);
    const end = () => [client, upstream].map(socket => socket.destroy());
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.pipe(upstream);
    let passed = 0;
    upstream.on('data', data => {
      passed += data.toString('latin1').split('{"time"').length - 1;
      if (!isBroken || passed <= rows) client.write(data);
      else client.write(data.subarray(0, data.indexOf('{"time"') + 20), end);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get times() {
      return times;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
