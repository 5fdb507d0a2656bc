import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDds } from '../../dap/index.ts';
import { readRecording } from '../../device/recordings/recording.ts';
import { type Serving, serving } from '../serving.ts';

/** What browsers send for an address that a person opens. */
const BROWSERS = {
  safari: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  chromium: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
};

/** Bytes after which WebKit shows a text that goes on. */
const SHOWN = 512;

let server: Serving;
beforeEach(async () => {
  server = await serving({ interval: 0.05 });
});
afterEach(() => server.close());

async function text(path: string, accept = '*/*'): Promise<string> {
  const answer = await fetch(`${server.url}${path}`, { headers: { accept } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  return answer.text();
}

/** The head of an answer with rows of text, with the line of names. */
function headOf(answer: string): string {
  return /^.*\n-{45}\n[^\n]*\n/s.exec(answer)?.[0] ?? '';
}

const RANGE = 'sensor%5B0:1:4%5D';

describe('rows of text in a browser', () => {
  it.each(Object.entries(BROWSERS))('are shown by %s from the first one on', async (_, accept) => {
    for (const path of [`/roberrypi.asc?time&time>0&time<now`, `/roberrypi.ascii?${RANGE}`, `/.asc?${RANGE}`])
      expect(headOf(await text(path, accept)).length).toBeGreaterThanOrEqual(2 * SHOWN);
  });

  it('come at once with the head of a stream that has no row yet', async () => {
    const stop = new AbortController();
    const answer = await fetch(`${server.url}/roberrypi.asc?&time>now%2B1hour`, {
      headers: { accept: BROWSERS.safari },
      signal: stop.signal,
    });
    let bytes = 0;
    for await (const piece of answer.body!) {
      bytes += piece.length;
      if (bytes >= SHOWN) break;
    }
    expect(bytes).toBeGreaterThanOrEqual(2 * SHOWN);
    stop.abort();
  });

  it('are the same text but for blanks behind the structure', async () => {
    const path = `/roberrypi.asc?&time>=${await firstTime()}&time<=${await firstTime()}`;
    const [plain, shown] = [await text(path), await text(path, BROWSERS.safari)];
    expect(shown).not.toBe(plain);
    expect(shown.replace(/; +\n-/, ';\n-')).toBe(plain);
    const structure = (answer: string) => parseDds(answer.slice(0, answer.indexOf('\n---')));
    expect(structure(shown)).toEqual(structure(plain));
  });

  it('are read as a recording when the page is saved', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
    const file = join(folder, 'page.asc');
    writeFileSync(file, await text(`/roberrypi.asc?${RANGE}`, BROWSERS.chromium));
    const { rows, times, columns } = await readRecording(file, { columns: ['temperature'], time: 'time' });
    rmSync(folder, { recursive: true });
    expect(rows).toBe(5);
    expect(times).toHaveLength(5);
    expect(columns[0]!.every(value => value > -40 && value < 125)).toBe(true);
  });

  it.each(['*/*', 'text/plain', 'application/octet-stream, */*', 'text/htmlx', ''])(
    'have no more than the head for a program that accepts %j',
    async accept => {
      const head = headOf(await text(`/roberrypi.asc?${RANGE}`, accept));
      expect(head).toMatch(/^Dataset \{\n {4}Sequence \{\n/);
      expect(head).toContain('} roberrypi;\n---');
    },
  );
});

async function firstTime(): Promise<number> {
  const answer = await text('/roberrypi.asc?time&time>0&time<now');
  const [first] = answer.slice(headOf(answer).length).split('\n');
  return Number(first);
}
