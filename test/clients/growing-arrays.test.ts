import { expect, it, vi } from 'vitest';
import { serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';
import { run } from './programs.ts';

const SECONDS = 60;
vi.setConfig({ testTimeout: SECONDS * 1000 });

describeWith(['netCDF4'], 'netCDF4 at 300 rows a second', () => {
  it('reads the part of today that is over without a wrong value, while rows come', async () => {
    const server = await serving({ interval: 1 / 300 });
    const { url } = server;
    const stretches = async () => {
      const { datasets } = (await (await fetch(`${url}/catalog.json`)).json()) as {
        datasets: { stretches: Record<string, string> }[];
      };
      return new Map(Object.entries(datasets[0]!.stretches)).get('today');
    };
    const rowsMade = () => server.datasets[0]!.status().rows;
    await expect.poll(rowsMade, { timeout: 20_000 }).toBeGreaterThan(600);
    const script = `
import json, sys, netCDF4
d = netCDF4.Dataset(sys.argv[1])
print(json.dumps([[float(v) for v in d[name][:]] for name in ('time', 'voltage')]))
`;
    for (let round = 0; round < 3; round += 1) {
      const stretch = (await stretches())!;
      const { stdout, code } = await run(tools.netCDF4!, ['-c', script, `${url}/${stretch}`], SECONDS);
      expect(code).toBe(0);
      const [from, to] = stretch.split('/')[1]!.split('..');
      const text = await (
        await fetch(`${url}/roberrypi.asc?${encodeURIComponent(`time,voltage&time>=${from}&time<${to}`)}`)
      ).text();
      const rows = text.split('-\n')[1]!.trimEnd().split('\n').slice(1);
      expect(rows.length).toBeGreaterThan(100);
      expect(JSON.parse(stdout)).toEqual([0, 1].map(at => rows.map(row => Number(row.split(', ')[at]))));
      await expect.poll(stretches, { timeout: 10_000 }).not.toBe(stretch);
    }
    await server.close();
  });
});
