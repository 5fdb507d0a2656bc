import { afterEach, describe, expect, it } from 'vitest';
import { parseError } from '../../dap/index.ts';
import { openDevice, type Sensor, type SensorOpener } from '../../device/index.ts';
import type { DatasetInfo } from '../../server/dataset/dataset.ts';
import type { OnDemandDataset } from '../../server/dataset/on-demand.ts';
import type { StoredDataset } from '../../server/dataset/stored.ts';
import { buildApp } from '../../server/http/app.ts';
import { onDemand, sampled } from './datasets.ts';

const INFO: DatasetInfo = { name: 'broken', title: 'Broken', summary: 'It breaks.', source: 'a test' };

function sensor(own: Partial<Sensor> = {}): Sensor {
  return {
    name: 'fragile',
    channels: [{ name: 'x', units: '1', longName: 'X' }],
    read: async () => [1],
    close: async () => {},
    ...own,
  };
}

let close = async () => {};
afterEach(() => close());

async function serve(dataset: StoredDataset | OnDemandDataset): Promise<string> {
  const app = await buildApp({ state: { datasets: [dataset] } });
  close = () => app.close();
  return app.listen({ host: '127.0.0.1', port: 0 });
}

describe('a dataset whose rows break off', () => {
  it('at interval 0 cuts the response, which must not look complete, and says so in health and log', async () => {
    let opened = 0;
    const open: SensorOpener = async () => {
      opened += 1;
      if (opened > 1) throw new Error('EBUSY: the bus is held by another program');
      return sensor();
    };
    const failures: unknown[] = [];
    const device = await openDevice({ sensors: [open], interval: 0 });
    const url = await serve(onDemand(INFO, device, { onFailure: error => failures.push(error) }));
    await expect(fetch(`${url}/broken.dods`).then(answer => answer.arrayBuffer())).rejects.toThrow();
    expect(String(failures)).toContain('EBUSY');
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({
      status: 'degraded',
      datasets: [{ failure: expect.stringContaining('EBUSY') }],
    });
  });

  it('with an interval answers 503 and says why', async () => {
    const device = await openDevice({
      sensors: [async () => sensor({ read: async () => Promise.reject(new Error('no wire')) })],
      interval: 0.01,
      onEvent: () => {
        throw new Error('the one who keeps the log has failed');
      },
    });
    const dataset = sampled(INFO, device);
    const url = await serve(dataset);
    await expect.poll(() => dataset.status().failure).toContain('keeps the log');
    const answer = await fetch(`${url}/broken.asc`);
    expect(answer.status).toBe(503);
    expect(parseError(await answer.text())?.message).toContain('the one who keeps the log has failed');
  });
});

describe('a sensor that does not close', () => {
  it('keeps no stream from its end marker, and the server from its end for a moment only', async () => {
    const hanging = sensor({ close: () => new Promise(() => {}) });
    const device = await openDevice({ sensors: [async () => hanging], interval: 0.01 });
    const url = await serve(sampled(INFO, device));
    const stream = await fetch(`${url}/broken.dods`);
    const closing = performance.now();
    const [body] = await Promise.all([stream.arrayBuffer(), close()]);
    close = async () => {};
    expect(performance.now() - closing).toBeLessThan(900);
    expect([...new Uint8Array(body).slice(-4)]).toEqual([0xa5, 0, 0, 0]);
  });
});
