import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../tools.ts';
import { firstLines, numbersIn, SECONDS, shell } from './page.ts';
import { type Roof, serveRoof } from './roof.ts';

vi.setConfig({ testTimeout: 2 * SECONDS * 1000 });

describeWith(['curl', 'getdap', 'ncdump', 'netCDF4', 'xarray'], 'the commands of the help page', () => {
  let roof: Roof;
  let commands: readonly string[];
  const command = (begin: string) => {
    const found = commands.filter(line => line.startsWith(begin));
    expect(found).toHaveLength(1);
    return found[0]!.replace(/^curl/, 'curl -s').replace('python3', '/usr/bin/python3 -W ignore');
  };

  beforeAll(async () => {
    roof = await serveRoof();
    const page = await (await fetch(`${roof.url}/roof.help`)).text();
    const [, block = ''] = /<pre[^>]*>(.*?)<\/pre>/s.exec(page) ?? [];
    const signs: Record<string, string> = {
      '&amp;': '&',
      '&lt;': '<',
      '&gt;': '>',
      '&#34;': '"',
      '&#39;': "'",
    };
    const text = block.replaceAll(/&[^;]+;/g, sign => signs[sign] ?? sign);
    commands = text.split('\n');
  });
  afterAll(() => roof.close());

  it('are seven, each for this server', () => {
    expect(commands).toHaveLength(7);
    for (const line of commands) expect(line).toContain(`${roof.url}/`);
  });

  it('curl -N follows the rows', async () => {
    const lines = await firstLines('/bin/sh', ['-c', `exec ${command('curl -N')}`], 10);
    expect(lines.at(-1)!.line).toMatch(/^\d+\.\d+, \d/);
  });

  it('save the last day as CSV and as netCDF', async () => {
    const csv = await shell(`${command(`curl -OJ '${roof.url}/past/roof.csv`)} 2>&1 >/dev/null; cat ./*.csv`);
    // A row a minute: 1440 or 1441 in a day, and the line of names.
    expect(csv.trimEnd().split('\n').length).toBeGreaterThanOrEqual(1441);
    const header = await shell(
      `${command(`curl -OJ '${roof.url}/past/roof.nc`)} >/dev/null; ncdump -h ./*.nc`,
    );
    expect(Number(/\((\d+) currently\)/.exec(header)?.[1])).toBeGreaterThanOrEqual(1440);
  });

  it('print the newest row', async () => {
    expect(JSON.parse(await shell(command(`curl '${roof.url}`))).values).toHaveProperty('temperature');
  });

  it('read the past with getdap, and today with ncdump and xarray', async () => {
    expect((await shell(command('getdap'))).match(/\{ \d+/g)!.length).toBeGreaterThan(2000);
    const printed = await shell(command('ncdump'));
    const count = numbersIn(/humidity = ([^;]*);/.exec(printed)![1]!.replaceAll(/_|NaN/g, '0')).length;
    expect(await shell(command('python3'))).toMatch(new RegExp(`Dimensions: +\\(time: ${count}\\)`));
  });
});
