import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { type Device, openDevice } from '../../../device/sampling/device.ts';
import { take } from '../fake-sensors.ts';
import { hostSensors } from '../known-sensors.ts';

const { signal } = new AbortController();

async function oneRow(device: Device, rows = device.rows(signal)): Promise<Map<string, number>> {
  const [row] = await take(rows, 1);
  return new Map(device.channels.map(({ name }, index) => [name, Number(row!.columns[index + 1]![0])]));
}

function bytes(counter: 'rx_bytes' | 'tx_bytes'): number {
  const names = readdirSync('/sys/class/net').filter(name => name !== 'lo' && name !== 'bonding_masters');
  const counted = names.length > 0 ? names : ['lo'];
  return counted.reduce(
    (sum, name) => sum + Number(readFileSync(`/sys/class/net/${name}/statistics/${counter}`, 'utf8')),
    0,
  );
}

describe.skipIf(process.platform !== 'linux')('the host sensors on this machine', () => {
  it('agree with what the kernel says elsewhere', async () => {
    const device = await openDevice({ sensors: await hostSensors(), interval: 0 });
    const before = [bytes('rx_bytes'), bytes('tx_bytes')];
    const row = await oneRow(device);
    const after = [bytes('rx_bytes'), bytes('tx_bytes')];
    for (const [index, name] of ['bytes_received', 'bytes_sent'].entries()) {
      expect(row.get(name)).toBeGreaterThanOrEqual(before[index]!);
      expect(row.get(name)).toBeLessThanOrEqual(after[index]!);
    }
    expect(Math.abs(row.get('load_1min')! - loadavg()[0]!)).toBeLessThan(1);
    expect(row.get('receive_rate')).toBeGreaterThanOrEqual(0);
    expect(row.get('send_rate')).toBeGreaterThanOrEqual(0);
    await device.close();
  });

  it('have a column for each thermal zone, in degrees', async () => {
    const device = await openDevice({ sensors: await hostSensors(), interval: 0 });
    const row = await oneRow(device);
    const zones = [...row].filter(([name]) => name.startsWith('temperature_'));
    for (const [, celsius] of zones) {
      expect(Number.isNaN(celsius) || (celsius > -60 && celsius < 150)).toBe(true);
    }
    await device.close();
  });

  it('see the processors get busy', async () => {
    const device = await openDevice({ sensors: await hostSensors(), interval: 0 });
    const rows = device.rows(signal);
    const quiet = (await oneRow(device, rows)).get('cpu_busy');
    expect(quiet).toBeGreaterThanOrEqual(0);
    expect(quiet).toBeLessThanOrEqual(100);

    const workers = cpus().map(() => new Worker('for (;;);', { eval: true }));
    await Promise.all(workers.map(worker => new Promise(resolve => worker.once('online', resolve))));
    const shares: number[] = [];
    while (shares.length < 5 || (shares.at(-1)! < 90 && shares.length < 10_000)) {
      shares.push((await oneRow(device, rows)).get('cpu_busy')!);
    }
    await Promise.all(workers.map(worker => worker.terminate()));
    expect(shares.at(-1)).toBeGreaterThanOrEqual(90);
    await device.close();
  });
});
