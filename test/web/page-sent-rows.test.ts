import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { drawnColumns, numbersShown, stateIs, withPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { type RowServer, rowServer } from './row-server.ts';

/** The seconds of `seconds` with a line, then without one, then with one again; empty for another picture. */
function secondsDrawn(drawn: readonly boolean[], seconds: number): number[] {
  const text = drawn.map(there => (there ? '#' : '.')).join('');
  const parts = /^\.*(#+)(\.+)(#+)\.*$/.exec(text)?.slice(1) ?? [];
  return parts.map(part => Math.round((part.length / drawn.length) * seconds));
}

/** How long a condition may take to come true. */
const PATIENT = { timeout: 60_000 };

describeWith('chromium', 'the page of rows that a test sends', () => {
  const web = pageTools();
  let server: Serving;

  beforeAll(async () => {
    server = await serving({ interval: 0.1, webRoot: web.folder });
  });
  afterAll(async () => {
    await server?.close();
  });

  const now = (): number => Date.now() / 1000;
  let rows: RowServer;

  afterAll(() => rows?.close());

  const DDS = `Dataset { Sequence {
    Float64 time; Float64 a; Float64 b; Float64 c; String note;
  } s; } d;`;
  const DAS = `Attributes {
    NC_GLOBAL { String title "Bench"; }
    s {
      time { String units "seconds since 1970-01-01"; }
      a { String units "degC"; String long_name "Inside"; }
      b { String units "m s-1"; }
      c { String units "degree_Celsius"; Float64 _FillValue -99; }
    }
  }`;

  it('has a chart a unit, and text as text', async () => {
    rows = await rowServer(DDS, DAS);
    await withPage(web.browser, `${server.url}/?url=${rows.url}`, async ({ page }) => {
      await expect.poll(() => rows.streams, PATIENT).toBe(1);
      rows.send([now(), 21.5, 3, -99, '<b>calm</b>']);
      await stateIs(page, 'Live');
      rows.send([now(), 21.75, 4, 20, '<b>windy</b>']);
      await numbersShown(page);
      const panels = page.locator('.panel');
      expect(await panels.count()).toBe(3);
      expect(await page.title()).toBe('Bench – dapberry');
      await expect
        .poll(() => panels.nth(0).textContent(), PATIENT)
        .toMatch(/A\s*Inside\s*21\.750*\s*°C[\s\d:]*B\s*c\s*20\.0*\s*°C/);
      await expect.poll(() => panels.nth(1).textContent(), PATIENT).toMatch(/b\s*4\.0*\s*m\/s/);
      expect(await panels.nth(2).textContent()).toMatch(/note\s*<b>windy<\/b>/);
      rows.send([now(), 22, 4, -99, '']);
      await expect
        .poll(() => panels.nth(0).textContent(), PATIENT)
        .toMatch(/–\s*°C\s*no value; last 20\.0* at/);
    });
    await rows.close();
  });

  it('leaves a gap where there is no value', async () => {
    rows = await rowServer('Dataset { Sequence { Float64 time; Float64 a; } s; } d;');
    await withPage(web.browser, `${server.url}/?url=${rows.url}#window=30`, async ({ page }) => {
      await expect.poll(() => rows.streams, PATIENT).toBe(1);
      const end = now();
      const past = Array.from({ length: 201 }, (_, index) => {
        const value = index >= 80 && index <= 140 ? Number.NaN : Math.sin(index);
        return [end - 20 + index / 10, value];
      });
      rows.send(...past);
      // Of 30 s: 20 s with rows, of which 6 s in the middle have no value.
      await expect.poll(async () => secondsDrawn(await drawnColumns(page), 30), PATIENT).toEqual([8, 6, 6]);
    });
    await rows.close();
  });

  it('goes on without the past where the server refuses to give it', async () => {
    rows = await rowServer(DDS, DAS, { takesSelections: false });
    await withPage(
      web.browser,
      `${server.url}/?url=${rows.url}`,
      async ({ page }) => {
        await expect.poll(() => rows.streams, PATIENT).toBe(1);
        expect(rows.queries).toEqual([expect.stringMatching(/^&s\.time>=\d+/), '']);
        rows.send([now(), 1, 2, 3, ''], [now() + 0.1, 1, 2, 3, '']);
        await numbersShown(page);
        await page.getByLabel('Window').selectOption('30 s');
        rows.send([now(), 5, 2, 3, '']);
        await expect
          .poll(() => page.locator('.legend data').first().getAttribute('value'), PATIENT)
          .toBe('5');
        expect(rows.queries).toHaveLength(2);
      },
      { expected: /400/ },
    );
    await rows.close();
  });

  it('asks for what the constraint in its address says', async () => {
    rows = await rowServer(DDS, DAS);
    await withPage(web.browser, `${server.url}/?url=${rows.url}?s.time,s.a&s.a>1&s.time>5`, async () => {
      await expect.poll(() => rows.queries, PATIENT).toEqual(['s.time,s.a&s.a>1&s.time>5']);
    });
    await rows.close();
  });

  it('shows the new columns of a server that was set up anew', async () => {
    rows = await rowServer(DDS, DAS);
    await withPage(
      web.browser,
      `${server.url}/?url=${rows.url}`,
      async ({ page }) => {
        await expect.poll(() => rows.streams, PATIENT).toBe(1);
        rows.send([now(), 1, 2, 3, '']);
        await stateIs(page, 'Live');
        rows.become('Dataset { Sequence { Float64 time; Int32 pulses; } s; } d;');
        await expect.poll(() => page.locator('.legend').textContent(), PATIENT).toMatch(/pulses/);
        await expect.poll(() => rows.streams, PATIENT).toBe(1);
        rows.send([now(), 123_456]);
        await expect.poll(() => page.locator('.value').textContent(), PATIENT).toBe('123\u202f456');
      },
      { expected: /ERR_(INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/ },
    );
  });
});
