import { describe, expect, it } from 'vitest';
import type { Sensor } from '../../../device/sensor.ts';
import { hostCpu } from '../../../device/sensors/host-cpu.ts';
import { FakeClock } from '../fake-clock.ts';
import { valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { treeOf } from './host-files.ts';
import { stat } from './kernel-tree.ts';

const read = (sensor: Sensor) => valuesOf(sensor);

describe('the share of CPU time in use', () => {
  async function cpu(first: string) {
    const tree = await treeOf({ '/proc/stat': first });
    const clock = new FakeClock();
    const sensor = await hostCpu.open({}, hostOf({ files: tree.files, clock }));
    const readAfter = async (seconds: number, text: string) => {
      clock.pass(seconds);
      await tree.write('/proc/stat', text);
      return (await read(sensor))[0];
    };
    return { readAfter, clock, sensor, tree };
  }

  it('is what was neither idle nor waiting for input and output since the read before', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 500, 8000, 500, 0, 0, 0, 0, 0));
    expect(await readAfter(1, stat(1040, 5, 510, 8040, 500, 2, 3, 0, 0, 0))).toBe(60);
    expect(await readAfter(1, stat(1040, 5, 510, 8090, 550, 2, 3, 0, 0, 0))).toBe(0);
    expect(await readAfter(1, stat(1090, 5, 560, 8090, 550, 2, 3, 0, 0, 0))).toBe(100);
  });

  it('does not count the time of guests twice', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 0, 1000, 0, 0, 0, 0, 1000, 0));
    expect(await readAfter(1, stat(1050, 0, 0, 1050, 0, 0, 0, 0, 1050, 0))).toBe(50);
  });

  it('is measured at the first read, against a sample taken at opening', async () => {
    const { clock, sensor, tree } = await cpu(stat(1000, 0, 0, 1000));
    const started = clock.monotonic();
    await tree.write('/proc/stat', stat(1002, 0, 0, 1006));
    expect(await read(sensor)).toEqual([25]);
    expect(clock.monotonic() - started).toBeCloseTo(0.1, 3);
  });

  it('is taken over a tenth of a second at least, however often it is read', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 0, 1000));
    await readAfter(0.1, stat(1005, 0, 0, 1005));
    const shares: unknown[] = [];
    for (let read = 1; read <= 200; read++) {
      const ticks = Math.floor(read / 10);
      shares.push(await readAfter(0.001, stat(1005 + ticks, 0, 0, 1005 + 3 * ticks)));
    }
    expect(shares.slice(120).every(share => share === 25)).toBe(true);
  });

  it('is NaN where no tick has passed, and does not leave 0 to 100 when a counter runs back', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 0, 1000, 100));
    expect(await readAfter(1, stat(1000, 0, 0, 1000, 100))).toBeNaN();
    expect(await readAfter(1, stat(1010, 0, 0, 1010, 90))).toBe(50);
    expect(await readAfter(1, stat(5, 0, 0, 5, 0))).toBeNaN();
    expect(await readAfter(1, stat(55, 0, 0, 55, 0))).toBe(50);
  });

  it('is an error, never 0, where the file is empty or garbled', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 0, 1000));
    for (const text of ['', 'cpu\n', 'cpu  1 2 3\n', 'cpu0 1 2 3 4 5\n', 'cpu  a b c d e\n']) {
      await expect(readAfter(1, text)).rejects.toThrow(/^\/proc\/stat: expected a line 'cpu'/);
    }
  });

  it('comes to nothing, in milliseconds, when the wait of the first read is aborted', async () => {
    const { sensor } = await cpu(stat(1000, 0, 0, 1000));
    const stop = new AbortController();
    const reading = sensor.read(stop);
    stop.abort();
    await expect(reading).rejects.toThrow(/abort/i);
  });
});
