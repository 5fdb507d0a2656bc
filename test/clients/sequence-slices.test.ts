import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../tools.ts';
import { SECONDS } from './page.ts';
import { run } from './programs.ts';
import { DAY, MINUTE, type Roof, serveRoof } from './roof.ts';

vi.setConfig({ testTimeout: 2 * SECONDS * 1000 });

describeWith('netCDF4', "netCDF's library and slices of a Sequence", () => {
  let roof: Roof;
  beforeAll(async () => {
    roof = await serveRoof();
  });
  afterAll(() => roof.close());

  /** Which rows a slice of the times has, counted from the oldest one. */
  async function rowsOf(address: string, slice: string): Promise<number[]> {
    const script = `import netCDF4
print(list(netCDF4.Dataset('${address}')['sensor.time'][${slice}]))`;
    const { stdout } = await run('/usr/bin/python3', ['-W', 'ignore', '-c', script], SECONDS);
    return (JSON.parse(stdout) as number[]).map(time => (time - (roof.day - DAY / 2)) / MINUTE);
  }

  it('ignores start and stride, as the documentation warns', async () => {
    const address = `${roof.url}/past/roof`;
    expect(await rowsOf(address, '3:6')).toEqual([0, 1, 2]);
    expect(await rowsOf(`[limit=20]${address}`, '3:19:7')).toEqual([0, 1, 2]);
    expect((await rowsOf(address, ':')).slice(0, 4)).toEqual([0, 1, 2, 3]);
  });
});
