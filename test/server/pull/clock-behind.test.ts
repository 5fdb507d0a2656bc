import { readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { until } from './command.ts';
import { folder, pullSites, table } from './pull-site.ts';

pullSites();

const past = (column = 'time', most = 27_500) => `${table.url}?&${column}>=0&${column}<=${most}`;

describe('a server whose clock is behind the last row', () => {
  const DAY = 86_400;
  const now = Math.floor(Date.now() / 1000 / DAY) * DAY;
  const dayOf = (time: number) => new Date(1000 * time).toISOString().slice(0, 10);

  it('has its rows written, after a sentence, and the next pull goes on after the last that was written', async () => {
    table.rows = [
      [now + 900_000, 1],
      [now + 900_001, 2],
    ];
    await folder.run(past('time', 2e12), '--output', 'p.csv');
    table.rows = [[now, 3]];
    const process = folder.start(table.url, '--output', 'p.csv');
    await until(() => folder.text('p.csv').endsWith(`${now},3\n`));
    const { stderr } = await process.stop();
    expect(stderr).toContain('earlier clock');
    table.rows.push([now + 1, 4]);
    await folder.run(past('time', 2e12), '--output', 'p.csv');
    const text = `sensor.time,sensor.a\n${now + 900_000},1\n${now + 900_001},2\n${now},3\n${now + 1},4\n`;
    expect(folder.text('p.csv')).toBe(text);
  });

  it('has its rows written into the files of their days, and the next pull goes on there', async () => {
    const late = now + 20 * DAY;
    table.rows = [
      [now, 1],
      [late, 2],
    ];
    await folder.run(past('time', 2e12), '--output', 'p-{date}.csv');
    table.rows = [[now + 5, 3]];
    const process = folder.start(table.url, '--output', 'p-{date}.csv');
    await until(() => folder.text(`p-${dayOf(now)}.csv`).endsWith(`${now + 5},3\n`));
    await process.kill();
    table.rows.push([now + 6, 4]);
    await folder.run(past('time', 2e12), '--output', 'p-{date}.csv');
    expect(folder.text(`p-${dayOf(now)}.csv`)).toBe(
      `sensor.time,sensor.a\n${now},1\n${now + 5},3\n${now + 6},4\n`,
    );
    expect(folder.text(`p-${dayOf(late)}.csv`)).toBe(`sensor.time,sensor.a\n${late},2\n`);
    // When the newest file is the last one again, nothing else is left beside the files.
    table.rows.push([late + 1, 5]);
    await folder.run(past('time', 2e12), '--output', 'p-{date}.csv');
    expect(folder.text(`p-${dayOf(late)}.csv`)).toBe(`sensor.time,sensor.a\n${late},2\n${late + 1},5\n`);
    expect(readdirSync(folder.path)).toEqual([`p-${dayOf(now)}.csv`, `p-${dayOf(late)}.csv`]);
  });

  it('is gone on after at whatever moment the pull was killed', async () => {
    const late = now + 20 * DAY;
    const names = [dayOf(now), dayOf(late)].map(day => `p-${day}.csv`);
    const head = 'sensor.time,sensor.a\n';
    const title =
      'dapberry pull wrote last into the first of these files that has rows behind this many bytes:\n';
    const filled = async (early: string, newest: string, state: string) => {
      writeFileSync(folder.file(names[0]!), head + early);
      writeFileSync(folder.file(names[1]!), head + newest);
      writeFileSync(folder.file('.p-{date}.csv.last'), title + state);
      await folder.run(past('time', 2e12), '--output', 'p-{date}.csv');
      return names.map(name => folder.text(name).slice(head.length));
    };
    const [one, two, three] = [`${now},1\n`, `${now + 5},2\n`, `${now + 6},3\n`];
    const end = head.length + one.length;
    table.rows = [
      [now, 1],
      [now + 5, 2],
      [now + 6, 3],
      [late, 4],
      [late + 1, 5],
    ];
    const all = [one + two + three, `${late},4\n${late + 1},5\n`];
    // The early file is named, and has no row of now: the newest by name was written last.
    expect(await filled(one + two + three, `${late},4\n`, `${end + 100} ${names[0]}\n`)).toEqual(all);
    // It has one, also where one has broken off behind it.
    expect(await filled(one + two, '', `${end} ${names[0]}\n`)).toEqual(all);
    expect(await filled(`${one + two}17`, '', `${end} ${names[0]}\n`)).toEqual(all);
    // The newest was about to be written again, and was not.
    expect(await filled(one + two, '', `${head.length} ${names[1]}\n${end} ${names[0]}\n`)).toEqual(all);
    // It was, and the early one is still named.
    const both = `${head.length} ${names[1]}\n${end} ${names[0]}\n`;
    expect(await filled(one + two + three, `${late},4\n`, both)).toEqual(all);
    expect(readdirSync(folder.path)).toEqual(names);
  });
});
