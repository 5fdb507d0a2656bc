// Tests that a server takes over a configuration that is saved while it starts.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { PATIENCE, Site } from '../drivers/command.ts';

it('takes over a save that comes while it opens its datasets', { timeout: 60_000 }, async () => {
  const site = new Site();
  onTestFinished(() => site.dispose());
  // It accepts a connection and answers nothing, so that the start waits for it.
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const before = `datasets:\n  far: { source: { dap2: "http://127.0.0.1:${port}/far" } }\n`;
  site.write('config.yaml', before);
  const started = site.serve();
  await once(silent, 'connection');
  site.write('config.yaml', `${before}  near: { sensors: [{ kind: tmp36-simulated }] }\n`);
  const address = await started;
  const names = async () => {
    const health = (await (await fetch(`${address}health`)).json()) as {
      readonly datasets: readonly { readonly name: string }[];
    };
    return health.datasets.map(({ name }) => name);
  };
  await expect.poll(names, PATIENCE).toEqual(['near']);
});
