import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { buildApp } from '../../../server/http/app.ts';
import { type ListenAddress, listen, type WaitOptions } from '../../../server/http/listening.ts';

type App = Awaited<ReturnType<typeof buildApp>>;

let app: App | undefined;
const taken = createServer();
afterEach(async () => {
  await app?.close();
  taken.close();
});

it('tries a taken port and a missing address until it listens, and says each reason once', async () => {
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  app = await buildApp({ state: { datasets: [] } });
  const said: string[] = [];
  let attempts = 0;
  const addressNow = (): ListenAddress => {
    attempts += 1;
    // An address for documentation, which no machine has (RFC 5737).
    if (attempts <= 20) return { host: '192.0.2.1', port };
    if (attempts === 40) taken.close();
    return { host: '127.0.0.1', port };
  };
  const options: WaitOptions = {
    onWait: sentence => void said.push(sentence),
    firstPause: 1,
    longestPause: 2,
    signal: new AbortController().signal,
  };
  expect(await listen(app, addressNow, options)).toEqual({ host: '127.0.0.1', port });
  expect(attempts).toBeGreaterThanOrEqual(40);
  expect(said).toEqual([
    'waiting for the address 192.0.2.1, which this machine does not have now',
    expect.stringContaining(`waiting: port ${port} of 127.0.0.1 is in use by another program`),
  ]);
});

it('waits until a signal ends it, and rejects at once for a person', async () => {
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  app = await buildApp({ state: { datasets: [] } });
  const place = () => ({ host: '127.0.0.1', port });
  const ending = new AbortController();
  const options: WaitOptions = { onWait: () => ending.abort(), signal: ending.signal };
  expect(await listen(app, place, options)).toBeUndefined();
  const { signal } = new AbortController();
  await expect(listen(app, place, { ...options, signal, isImpatient: true })).rejects.toThrow(
    `port ${port} of 127.0.0.1 is in use by another program`,
  );
});
