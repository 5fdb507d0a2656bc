import { describe, expect, it } from 'vitest';
import { serving } from '../serving.ts';
import { servedStation } from './served-station.ts';
import { typedRows, typedStation } from './typed-station.ts';

const iso = (seconds: number) => new Date(Math.round(seconds * 1000)).toISOString();

describe('the pages of a stretch', () => {
  const roof = servedStation();
  const { get } = roof;

  it('leads an address without a suffix to its form', async () => {
    const answer = await get('roof/2026-11-28T00:00:00.5Z..2026-11-28T00:10:00Z');
    expect(answer.status).toBe(302);
    const form = new URL(answer.headers.get('location')!, answer.url);
    expect(await (await fetch(form)).text()).toContain('Each variable has 47 values');
  });

  it('has pages whose links work, and a form that leads to the data', async () => {
    for (const page of ['html', 'info', 'help']) {
      const at = `${roof.server.url}/roof/2026-11-28.${page}`;
      const text = await (await fetch(at)).text();
      const links = [...text.matchAll(/(?:href|action)="([^"]+)"/g)].map(([, to]) =>
        to!.replaceAll('&#38;', '&'),
      );
      expect(links.length).toBeGreaterThan(9);
      for (const link of links.filter(to => !to.startsWith('data:')))
        expect([link, (await fetch(new URL(link, at), { method: 'HEAD' })).status]).toEqual([link, 200]);
    }
    const query = 'column=time&column=int32&first=3&stride=2&last=7&get=asc';
    const answer = await get(`roof/2026-11-28.html?${query}`);
    expect(answer.status).toBe(303);
    const target = new URL(answer.headers.get('location')!, answer.url);
    expect(decodeURIComponent(target.search)).toBe('?time[3:2:7],int32[3:2:7]');
    expect(await (await fetch(target)).text()).toContain('time[3]\n');
    const wrong = await get('roof/2026-11-28.html?column=time&first=9&last=3&get=dods');
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('expected a stop of 9 or more');
  });
});

describe('links to stretches', () => {
  it('lead from the catalogue and the pages to today, yesterday and this month, where there are rows', async () => {
    const now = Math.floor(Date.now() / 1000);
    const midnight = now - (now % 86_400);
    const times = Array.from({ length: 300 }, (_, row) => midnight - 86_400 + row * 288).filter(
      time => time < now,
    );
    const station = await typedStation('memory', typedRows([...times, now]));
    const server = await serving({ datasets: [station.dataset] });
    const catalog = (await (await fetch(`${server.url}/catalog.json`)).json()) as {
      datasets: { stretches: Record<string, string> }[];
    };
    const { stretches } = catalog.datasets[0]!;
    const yesterday = iso(midnight - 86_400).slice(0, 10);
    expect(new Map(Object.entries(stretches)).get('yesterday')).toBe(`roof/${yesterday}`);
    for (const url of Object.values(stretches)) {
      const structure = await fetch(new URL(`${url}.dds`, `${server.url}/catalog.json`));
      expect([url, structure.status]).toEqual([url, 200]);
      for (const page of ['html', 'info', 'help'])
        expect(await (await fetch(`${server.url}/roof.${page}`)).text()).toContain(`href="${url}.html"`);
    }
    await server.close();
  });

  it('are not there without rows', async () => {
    const server = await serving({ interval: 0 });
    const text = await (await fetch(`${server.url}/roberrypi.html`)).text();
    expect(text).not.toContain('as Arrays:');
    await server.close();
  });
});
