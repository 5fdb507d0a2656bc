import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROW_FORMATS } from '../../../server/formats/list.ts';
import type { RowFormat } from '../../../server/formats/row-format.ts';
import { RequestError } from '../../../server/request-error.ts';
import { type Serving, serving } from '../../serving.ts';

const utf8 = new TextEncoder();
const NOTHING = new Uint8Array(0);
const WORDS = {
  mediaType: 'text/plain',
  label: 'sample',
  summary: 'for a test',
  constrainedBy: 'constraint',
} as const;

/** Writes `.` for each row behind its options. */
const dots = (head: string) => ({
  head: utf8.encode(head),
  encode: (_: unknown, from = 0, to = 0) => utf8.encode('.'.repeat(to - from)),
  end: NOTHING,
  rowBytes: 1,
});

/** Rows with an end, in a file, with an option. */
const FINITE: RowFormat = {
  ...WORDS,
  suffix: '.fin',
  name: 'fin',
  needsEnd: true,
  isDownload: true,
  options: [{ name: 'shape', values: ['round', 'square'], summary: 'the shape of the rows' }],
  open: ({ options }) => dots(`${options['shape']} `),
};

/** The bounds of one request, with their length. */
const SINGLE: RowFormat = {
  ...WORDS,
  suffix: '.one',
  name: 'one',
  open: () => {
    throw new Error('expected openFor in place of open');
  },
  openFor({ dataset, plan }) {
    if (plan.thinning !== undefined) throw new RequestError(400, '.one holds no results of functions');
    const head = `${dataset.info.name} ${plan.rows?.stop}`;
    return { ...dots(head), encode: () => NOTHING, headers: { 'Content-Length': head.length } };
  },
};

let server: Serving;
beforeAll(async () => {
  server = await serving({ rowFormats: [...ROW_FORMATS, FINITE, SINGLE] });
});
afterAll(() => server.close());

describe('a format of rows that end', () => {
  const WINDOW = '&time>=2026-11-27&time<2026-11-28T12:30:00Z';

  it.each(['', '?&time>=now-1hour', '?sensor[0:2:*]', '?&shape=square'])(
    'refuses the endless request %j with the way to bound it',
    async query => {
      for (const method of ['GET', 'HEAD']) {
        const answer = await fetch(`${server.url}/host.fin${query}`, { method });
        expect([answer.status, answer.headers.get('content-disposition')]).toEqual([400, null]);
        if (method === 'GET') {
          expect(await answer.text()).toContain(
            'expected an upper bound on time, such as \\"&time<=now\\", or on rows, such as \\"sensor[0:1:9]\\", found neither; /past/host.fin ends now by itself',
          );
        }
      }
    },
  );

  it.each([
    ['?sensor[0:1:2]', 'round ...', 'host.fin'],
    [`?shape=square${WINDOW}`, 'square ', 'host_20261127T000000Z_20261128T123000Z.fin'],
    ['?&time<2000-01-01', 'round ', 'host_until_20000101T000000Z.fin'],
    ['?time[0:1:0]&time>=2000-01-01T00:00:00.5Z', 'round .', 'host_from_20000101T000000Z.fin'],
  ])('%s is in a file of its own', async (query, body, file) => {
    const answer = await fetch(`${server.url}/host.fin${query}`);
    expect(await answer.text()).toBe(body);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${file}"`);
  });

  it('keeps the rows of each option apart', async () => {
    const get = async (shape: string) =>
      (await fetch(`${server.url}/host.fin?time[0:1:0]&shape=${shape}`)).text();
    expect(await Promise.all(['round', 'square', 'round'].map(get))).toEqual([
      'round .',
      'square .',
      'round .',
    ]);
  });

  it('answers an unknown value of an option with its values', async () => {
    const answer = await fetch(`${server.url}/host.fin?time[0:1:0]&shape=oval`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(
      'option \\"shape\\": expected one of round, square, found \\"oval\\"',
    );
  });

  it('shows its options in the help and in the catalogue', async () => {
    expect(await (await fetch(`${server.url}/host.help`)).text()).toContain(
      '<tr><td><code>.fin</code></td><td><code>&amp;shape=round</code> <code>&amp;shape=square</code> </td><td>the shape of the rows</td></tr>',
    );
    const { formats } = (await (await fetch(`${server.url}/catalog.json`)).json()) as { formats: object[] };
    expect(formats).toContainEqual(
      expect.objectContaining({ suffix: '.fin', needsEnd: true, options: FINITE.options }),
    );
  });

  it('has no address in the form for rows without an end', async () => {
    const form = async (query: string) => (await fetch(`${server.url}/host.html?${query}`)).text();
    expect(await form('time[0:1:9]')).toContain('host.fin?time%5B0%3A1%3A9%5D</code>');
    const endless = await form('time');
    expect(endless).toContain('host.asc?time</code>');
    expect(endless).not.toContain('host.fin?time</code>');
  });
});

describe('a format with a writer for each request', () => {
  it('knows the bounds of the request, and sets headers', async () => {
    const answer = await fetch(`${server.url}/host.one?time[0:1:4]`);
    expect(await answer.text()).toBe('host 4');
    expect([answer.headers.get('content-length'), answer.headers.get('transfer-encoding')]).toEqual([
      '6',
      null,
    ]);
  });

  it('refuses what it cannot answer', async () => {
    const answer = await fetch(`${server.url}/host.one?&time>=now-1day&bucket("time/1hour")`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('.one holds no results of functions');
  });
});
