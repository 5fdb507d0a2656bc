import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DAP2_FORMATS, hasRows, type ResponseFormat, suffixesOf } from '../../../dap/index.ts';
import { ROW_FORMATS } from '../../../server/formats/list.ts';
import type { RowFormat } from '../../../server/formats/row-format.ts';
import { DOCUMENTS } from '../../../server/http/responses/documents.ts';
import { formatsFor, listedAddress, parseCatalog } from '../../../web/stream/catalog.ts';
import { type Serving, serving } from '../../serving.ts';
import { TOY } from '../../toy-format.ts';

let server: Serving;
const get = (path: string, init?: RequestInit) => fetch(server.url + path, { redirect: 'manual', ...init });
const pageAt = async (path: string) => (await get(path)).text();

/** The query that ends a response after three rows. */
const queryOf = (format: ResponseFormat) => (hasRows(format) ? '?sensor[0:1:2]' : '');

/** Every place where a user or a program meets a format, for each format of a server that has `rowFormats`. */
function walk(rowFormats: readonly RowFormat[]): void {
  const formats: readonly ResponseFormat[] = [...rowFormats, ...DOCUMENTS];

  beforeAll(async () => {
    server = await serving({ rowFormats });
  });
  afterAll(() => server.close());

  describe.each(formats)('the format $suffix', format => {
    const { suffix, label, summary, mediaType, description, constrainedBy } = format;

    it.each(suffixesOf(format))('answers GET and HEAD at %s, for each dataset', async end => {
      for (const name of ['', 'roberrypi', 'host']) {
        for (const method of ['GET', 'HEAD']) {
          const answer = await get(`/${name}${end}${queryOf(format)}`, { method });
          expect([answer.status, answer.headers.get('content-type')]).toEqual([200, mediaType]);
          expect(answer.headers.get('content-description')).toBe(description ?? null);
          expect((await answer.text()).length > 0).toBe(method === 'GET');
        }
      }
    });

    it.each(['/', '/roberrypi.html', '/roberrypi.info', '/roberrypi.help'])(
      'is linked from %s',
      async path => {
        const navs = [...(await pageAt(path)).matchAll(/<nav .*?<\/nav>/gs)].map(([nav]) => nav).join('');
        const [, href, text] =
          [...navs.matchAll(/<a href="(?:\.\/)?([^"]*)"[^>]*>([^<]*)/g)].find(([, to]) =>
            to!.startsWith(`roberrypi${suffix}`),
          ) ?? [];
        expect(text).toBe(HEAD[suffix] ?? `${label} (${suffix})`);
        expect((await get(`/${href}`)).status).toBe(200);
      },
    );

    it('has a row in the help', async () => {
      const help = await pageAt('/host.help');
      const addresses = suffixesOf(format).map(end => `<code>host${end}</code><br>`);
      expect(help).toContain(`<tr><td>${addresses.join('')}</td><td>${summary}</td></tr>`);
    });

    it('has a button in the form that leads to it, if a constraint changes it', async () => {
      const form = await pageAt('/host.html');
      const found = new RegExp(
        `<button type="submit" name="get" value="(\\w+)">Get ${label} \\(${suffix}\\)<`,
      );
      const [, value] = found.exec(form) ?? [];
      expect(value !== undefined).toBe(constrainedBy !== 'nothing');
      if (value === undefined) return;
      const answer = await get(`/host.html?column=time&first=0&last=2&get=${value}`);
      const target = answer.headers.get('location') ?? '';
      expect([answer.status, target.split('?')[0]]).toEqual([303, `host${suffix}`]);
      expect((await get(`/${target}`)).headers.get('content-type')).toBe(mediaType);
      const shown = await pageAt('/host.html?column=time&first=0&last=2&get=link');
      expect(shown).toContain(`<li><a href="host${suffix}?`);
    });

    it('is in the catalogue, by which the page knows its addresses and its link', async () => {
      const from = `${server.url}/catalog.json`;
      const catalog = parseCatalog(await (await fetch(from)).json(), from);
      const dataset = { base: `${server.url}/host`, constraint: '' };
      expect(formatsFor(catalog, dataset)).toContainEqual(
        expect.objectContaining({ suffix, mediaType, label, summary, constrainedBy }),
      );
      for (const end of suffixesOf(format)) {
        expect(listedAddress(catalog, { base: `${server.url}/host${end}`, constraint: '' })).toEqual(dataset);
      }
    });
  });

  it.each(rowFormats)('rows as $name are counted under its name', async format => {
    const counted = async () => {
      const line = new RegExp(
        `^dapberry_sent_rows_total\\{dataset="host",encoding="${format.name}",client="loopback"\\} (\\d+)$`,
        'm',
      );
      return Number(line.exec(await pageAt('/metrics'))?.[1]);
    };
    const before = await counted();
    expect(before).toBeGreaterThanOrEqual(0);
    await pageAt(`/host${format.suffix}?sensor[0:1:2]`);
    await expect.poll(counted).toBe(before + 3);
  });

  it('are all in the message for an address with another suffix', async () => {
    expect(await pageAt('/host.other')).toContain(
      `expected one of ${formats.flatMap(suffixesOf).join(' ')},`,
    );
  });
}

/** The links in the head of every page. */
const HEAD: Readonly<Record<string, string>> = { '.html': 'Data form', '.info': 'About', '.help': 'Formats' };

describe('the formats of the server:', () => walk(ROW_FORMATS));

describe('the formats of a server with one more in its list:', () => {
  walk([...ROW_FORMATS, TOY]);

  it.each([
    ['/host.toy?sensor.time[0:1:2]', '1;1;1;', 'host.toy'],
    ['/.toys?time,voltage,temperature[0:1:0]', '3;', 'roberrypi.toy'],
  ])('%s is its head, its rows and its end, saved as a file', async (path, rows, file) => {
    const answer = await get(path);
    expect(await answer.text()).toBe(`sensor described:${rows}.`);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${file}"`);
  });

  it('the new one names the file in the answer to HEAD too', async () => {
    const answer = await get('/host.toy', { method: 'HEAD' });
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="host.toy"');
  });

  it('the new one has rows of the past, thinned out or not', async () => {
    const past = '&time>=now-1hour&time<now%2B1second';
    expect(await pageAt(`/host.toy?time${past}`)).toMatch(/^sensor described:(1;)+\.$/);
    expect(await pageAt(`/host.toy?time,row_count${past}&bucket("time/1day")`)).toMatch(
      /^sensor described:(2;)+\.$/,
    );
  });

  it('the new one goes on without an end', async () => {
    const answer = await get('/host.toy?time');
    let text = '';
    for await (const bytes of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += bytes;
      if (text.endsWith('1;1;1;')) break;
    }
    expect(text).toMatch(/^sensor described:(1;)+$/);
  });
});

describe('an error in a format that browsers save', () => {
  it('is shown instead of saved', async () => {
    const broken = { ...TOY, open: () => Promise.reject(new Error('no encoder')) };
    const own = await serving({ rowFormats: [...ROW_FORMATS, broken] });
    try {
      const answer = await fetch(`${own.url}/host.toy`);
      expect([answer.status, answer.headers.get('content-disposition')]).toEqual([500, null]);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(await answer.text()).toMatch(/^Error \{/);
    } finally {
      await own.close();
    }
  });
});

describe('a format', () => {
  const served = async (format: RowFormat, path: string) => {
    const own = await serving({ rowFormats: [...ROW_FORMATS, format] });
    try {
      const answer = await fetch(own.url + path);
      return [answer.status, await answer.text()];
    } finally {
      await own.close();
    }
  };

  it('may have no bytes before its first row and after its last', async () => {
    const bare: RowFormat = {
      ...TOY,
      open: async content => ({
        ...(await TOY.open(content)),
        head: new Uint8Array(0),
        end: new Uint8Array(0),
      }),
    };
    expect(await served(bare, '/host.toy?time[0:1:2]')).toEqual([200, '1;1;1;']);
  });

  it('may write no bytes for some of its rows', async () => {
    const silent: RowFormat = {
      ...TOY,
      open: async content => ({ ...(await TOY.open(content)), encode: () => new Uint8Array(0) }),
    };
    expect(await served(silent, '/host.toy?time[0:1:2]')).toEqual([200, 'sensor described:.']);
  });
});

describe('every format', () => {
  it.each(ROW_FORMATS.map(({ name }) => `${name}.test.ts`))(
    'has a test of its bytes, test/server/formats/%s',
    file => {
      expect(existsSync(resolve(import.meta.dirname, file)), `write test/server/formats/${file}`).toBe(true);
    },
  );
});

describe('docs/addresses.md', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/addresses.md'), 'utf8');

  it.each([...ROW_FORMATS, ...DOCUMENTS])('has $suffix in its table of addresses', format => {
    const addresses = suffixesOf(format).map(suffix => `\`/NAME${suffix}\``);
    const row = `| ${addresses.join(', ')} |`;
    expect(page.includes(row), `add a line that begins with "${row}" to docs/addresses.md`).toBe(true);
  });
});

describe('the list of a server', () => {
  let failed: Serving | undefined;
  afterEach(() => failed?.close());

  it.each([
    ['a suffix of a document', { suffix: '.dds' }, '".dds" of the format "structure"'],
    ['a suffix of other rows', { suffix: '.asc' }, '".asc" of the format "ascii"'],
    ['an alias of other rows', { aliases: ['.ascii'] }, '".ascii" of the format "ascii"'],
    ['an alias that is its suffix', { aliases: ['.toy'] }, '".toy" of the format "toy"'],
    ['the suffix that the form reserves', { suffix: '.link' }, 'found ".link"'],
    ['a suffix without a dot', { suffix: 'toy' }, 'found "toy"'],
    ['two suffixes in one', { suffix: '.tar.gz' }, 'found ".tar.gz"'],
    ['the name of another format', { name: 'ascii' }, 'another format with this name'],
    ['a name that no label can be', { name: 'Toy "1"' }, 'found "Toy \\"1\\""'],
  ])('is refused at the start for %s', async (_, wrong, message) => {
    const format = { ...TOY, ...wrong };
    const start = async () => {
      failed = await serving({ rowFormats: [...ROW_FORMATS, format] });
    };
    await expect(start()).rejects.toThrow(message);
    await expect(start()).rejects.toThrow(`row format ${JSON.stringify(format.name)}: expected`);
  });

  it('has every response of DAP2', () => {
    const suffixes = [...ROW_FORMATS, ...DOCUMENTS].flatMap(suffixesOf);
    expect(suffixes).toEqual(expect.arrayContaining(DAP2_FORMATS.flatMap(suffixesOf)));
  });
});
