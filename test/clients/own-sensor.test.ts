import { afterAll, beforeAll, expect, it } from 'vitest';
import { Site } from '../server/drivers/command.ts';
import { describeWith, tools } from '../tools.ts';
import { printedRows, run } from './programs.ts';

describeWith('getdap', 'getdap (libdap) and a sensor of one’s own', () => {
  let site: Site;
  let url: string;

  beforeAll(async () => {
    site = new Site();
    site.copy('docs/example-sensor.js', 'weather.js');
    site.write(
      'weather.json',
      JSON.stringify({ time: Date.now() / 1000, temperature: 21.3, humidity: 45.2 }),
    );
    const sensor = `{driver: ./weather.js, path: ${site.path('weather.json')}, maxAge: 86400}`;
    site.write('config.yaml', `datasets: {garden: {interval: 0.2, sensors: [${sensor}]}}\n`);
    url = `${await site.serve()}garden`;
  });
  afterAll(() => site.dispose());

  it('reads its names, its units and its values', async () => {
    expect((await run(tools.getdap!, ['-d', url])).stdout).toMatch(/Float64 temperature;/);
    expect((await run(tools.getdap!, ['-a', url])).stdout).toContain('String units "degree_Celsius"');
    const { stdout, stderr } = await run(tools.getdap!, ['-D', '-c', 'sensor[0:1:9]', url]);
    expect(stderr).toBe('');
    const rows = printedRows(stdout);
    expect(rows).toHaveLength(10);
    // A row that the file was too slow for has no values.
    const values = rows.map(([, ...row]) => row).filter(row => row.every(Number.isFinite));
    expect(values.length).toBeGreaterThan(0);
    for (const row of values) expect(row).toEqual([21.3, 45.2]);
  });
});
