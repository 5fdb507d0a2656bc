import { get } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attributeTable,
  attributeText,
  type Batch,
  decodeAll,
  parseDas,
  parseDds,
  parseError,
} from '../../dap/index.ts';
import { type Serving, serving } from '../serving.ts';

let server: Serving;
beforeAll(async () => {
  server = await serving({ interval: 0.02 });
});
afterAll(() => server.close());

const ask = (path: string, init?: RequestInit) => fetch(server.url + path, { redirect: 'manual', ...init });

/** Sends a path as it is written, without what fetch would mend in it. */
function askRaw(
  path: string,
): Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: server.port, path, agent: false }, answer => {
      let body = '';
      answer.setEncoding('utf8').on('data', chunk => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers }));
    }).on('error', reject);
  });
}

const DDS = `Dataset {
    Sequence {
        Float64 time;
        Float64 voltage;
        Float64 temperature;
    } sensor;
} roberrypi;
`;

describe('a dataset’s addresses', () => {
  it.each([
    ['dds', '', 'text/plain; charset=utf-8', 'dods-dds'],
    ['das', '', 'text/plain; charset=utf-8', 'dods-das'],
    ['dods', '?sensor[0:1:1]', 'application/octet-stream', 'dods-data'],
    ['asc', '?sensor[0:1:1]', 'text/plain; charset=utf-8', 'dods-ascii'],
    ['ascii', '?sensor[0:1:1]', 'text/plain; charset=utf-8', 'dods-ascii'],
    ['ver', '', 'text/plain; charset=utf-8', 'dods-version'],
    ['info', '', 'text/html; charset=utf-8', null],
    ['html', '', 'text/html; charset=utf-8', null],
    ['help', '', 'text/html; charset=utf-8', null],
  ])(
    '.%s answers with the DAP2 headers, for anyone, and is the same at /.',
    async (suffix, query, type, description) => {
      for (const path of [`/roberrypi.${suffix}${query}`, `/.${suffix}${query}`]) {
        const answer = await ask(path);
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-type')).toBe(type);
        expect(answer.headers.get('content-description')).toBe(description);
        expect(answer.headers.get('xdap')).toBe('3.2');
        expect(answer.headers.get('xdods-server')).toBe('dods/3.2');
        expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
        expect(answer.headers.get('x-accel-buffering')).toBe('no');
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
        expect(answer.headers.get('access-control-allow-origin')).toBe('*');
        expect(answer.headers.get('access-control-expose-headers')).toContain('XDAP');
        expect(answer.headers.get('access-control-expose-headers')).toContain('Dapberry-Relay-Path');
        expect(answer.headers.has('dapberry-relay-path')).toBe(false);
        expect(answer.headers.get('date')).toBeTruthy();
        expect((await answer.text()).length).toBeGreaterThan(20);
      }
    },
  );

  it('.dds is the structure, whole or constrained', async () => {
    expect(await (await ask('/roberrypi.dds')).text()).toBe(DDS);
    expect(await (await ask('/roberrypi.dds?')).text()).toBe(DDS);
    const { variables } = parseDds(await (await ask('/.dds?temperature,time')).text());
    expect(variables).toMatchObject([{ fields: [{ name: 'temperature' }, { name: 'time' }] }]);
  });

  it('.das has units and names for every column, and ignores the query', async () => {
    const attributes = parseDas(await (await ask('/roberrypi.das?nonsense')).text());
    const column = (name: string) => attributeTable(attributes, 'sensor', name);
    expect(attributeText(column('time'), 'units')).toBe('seconds since 1970-01-01T00:00:00Z');
    expect(attributeText(column('voltage'), 'units')).toBe('mV');
    expect(attributeText(column('temperature'), 'units')).toBe('degree_Celsius');
    expect(attributeText(column('temperature'), 'standard_name')).toBe('air_temperature');
    expect(column('voltage')?.get('_FillValue')).toEqual({ type: 'Float64', values: [Number.NaN] });
    expect(attributeText(attributeTable(attributes, 'NC_GLOBAL'), 'Conventions')).toBe('CF-1.11, ACDD-1.3');
  });

  it('.dods and .asc give the same rows', async () => {
    const high = server.datasets[0]!.status().lastTime!;
    const window = `?&time<=${high}`;
    const [bytes, text] = await Promise.all([
      ask(`/.dods${window}`).then(answer => answer.arrayBuffer()),
      ask(`/.asc${window}`).then(answer => answer.text()),
    ]);
    const { length, columns } = decodeAll(new Uint8Array(bytes)).values[0] as Batch;
    const [header, table] = text.split(`${'-'.repeat(45)}\n`) as [string, string];
    expect(header).toBe(DDS);
    const [names, ...rows] = table.trim().split('\n');
    expect(names).toBe('sensor.time, sensor.voltage, sensor.temperature');
    expect(rows).toHaveLength(length);
    expect(rows.map(row => row.split(', ').map(Number))).toEqual(
      rows.map((_, row) => columns.map(column => column[row])),
    );
  });

  it('.ver names the protocol and the server', async () => {
    expect(await (await ask('/roberrypi.ver')).text()).toMatch(
      /^Core version: dap\/2\.0\nServer version: dapberry\/\d+\.\d+\.\d+\n$/,
    );
  });

  it('a dataset’s name alone leads to its form', async () => {
    const answer = await ask('/host');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'host.html']);
  });
});

describe('a constraint', () => {
  it.each([
    'sensor.time%2Csensor.temperature%5B0%3A1%3A2%5D',
    'sensor.time,sensor.temperature[0:1:2]',
    'sensor%5B0:1:2%5D.time&sensor.time%3E0&sensor.voltage!={1,2}',
    'sensor%5b0%3a1%3a2%5d%26sensor.time%3e0',
    'time[0:2]&time>now-10minutes',
    'time[0:2]&time>=now-1hour&time<=now%2B1hour',
    'sensor[0:10:20]&time>0',
  ])('%s gives three rows, percent-encoded or not', async constraint => {
    const { body, status } = await askRaw(`/roberrypi.asc?${constraint}`);
    expect(status).toBe(200);
    expect(
      body
        .trim()
        .split('\n')
        .slice(body.trim().split('\n').indexOf('-'.repeat(45)) + 2),
    ).toHaveLength(3);
  });

  it.each([
    ['sensor.speed', 'speed'],
    ['sensor[3:0]', '3'],
    ['&time>', 'found the end'],
    ['&time>>3', 'time'],
    ['&mean(time)', 'mean'],
    ['sensor[0:2],time[0:3]', ''],
    ['time%zz', '%zz'],
  ])('%s is refused with a DAP2 Error before any row', async (constraint, part) => {
    for (const suffix of ['dds', 'dods', 'asc']) {
      const { status, body, headers } = await askRaw(`/roberrypi.${suffix}?${constraint}`);
      expect(status).toBe(400);
      expect(headers['content-description']).toBe('dods_error');
      expect(headers['access-control-allow-origin']).toBe('*');
      const error = parseError(body);
      expect(error?.code).toBe(400);
      expect(error?.message).toMatch(/expected|no function|must agree/i);
      expect(error?.message).toContain(part);
    }
  });

  it('of any text is either answered or refused, never a failure of the server', async () => {
    const pieces = fc.constantFrom(
      ...'sensor time voltage . , & < > = ! ~ [ ] { } ( ) * : " \\ % %26 %2 now -10minutes 0 1e9 9 é \u{1f353} + #'.split(
        ' ',
      ),
    );
    const expression = fc.oneof(
      fc.array(pieces, { maxLength: 12 }).map(list => list.join('')),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(expression, async text => {
        const query = text.replace(/[^\x21-\x7e]/gu, character => encodeURIComponent(character));
        const { status, body } = await askRaw(`/roberrypi.dds?${query}`);
        expect([200, 400]).toContain(status);
        if (status === 400) expect(parseError(body)?.code).toBe(400);
        else expect(() => parseDds(body)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is not there', () => {
  it.each([
    ['/nothing.dods', 404, 'expected a dataset (roberrypi, host), found "nothing"'],
    ['/roberrypi.other', 404, 'found ".other"'],
    ['/deep/er/path.dods', 404, 'nothing is served at /deep/er/path.dods'],
    ['/%', 400, ''],
    [`/roberrypi.dds?${'x'.repeat(60_000)}`, 400, 'characters'],
    [`/roberrypi.dds?${'x'.repeat(70_000)}`, 431, 'expected a shorter request'],
  ])('%.40s is a DAP2 Error with %d', async (path, status, message) => {
    const { status: found, body, headers } = await askRaw(path);
    expect(found).toBe(status);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(parseError(body)?.message).toContain(message);
    expect(body).not.toMatch(/node_modules|\.ts:|\.js:/);
  });

  it('other methods are refused by name', async () => {
    const answer = await ask('/roberrypi.dods', { method: 'POST', body: 'x' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect(parseError(await answer.text())?.message).toBe('expected GET, HEAD or OPTIONS, found POST');
  });
});

describe('the form', () => {
  it('shows every column and works by plain submission', async () => {
    const page = await (await ask('/roberrypi.html')).text();
    for (const name of ['time', 'voltage', 'temperature']) expect(page).toContain(`value="${name}"`);
    expect(page).not.toMatch(/<script(?! src="\.\/pages\.js"><\/script>)/);
    const fields = new URLSearchParams([
      ['column', 'time'],
      ['column', 'temperature'],
      ['variable', 'temperature'],
      ['operator', '>'],
      ['value', '-100'],
      ['first', '0'],
      ['stride', '1'],
      ['last', '4'],
      ['get', 'asc'],
    ]);
    const answer = await ask(`/roberrypi.html?${fields}`);
    expect(answer.status).toBe(303);
    const target = answer.headers.get('location')!;
    const text = await (await ask(`/${target}`)).text();
    expect(text.trim().split('\n').slice(-6)[0]).toBe('sensor.time, sensor.temperature');
  });

  it('gives a link that leads to the same rows', async () => {
    const page = await (await ask('/host.html?column=time&first=0&stride=1&last=2&get=link')).text();
    const href = /<li><a href="(host\.asc\?[^"]*)"/.exec(page)![1]!.replaceAll('&#38;', '&');
    const text = await (await ask(`/${href}`)).text();
    expect(text.trim().split('\n').slice(-4)[0]).toBe('sensor.time');
  });

  it('says what is wrong with a choice, keeps what was typed, and escapes it', async () => {
    const answer = await ask(
      `/roberrypi.html?${new URLSearchParams({ variable: 'time', operator: '>', value: '<b>"yesterday"', get: 'asc' })}`,
    );
    expect(answer.status).toBe(400);
    const page = await answer.text();
    expect(page).toContain('role="alert"');
    expect(page).toContain('expected');
    expect(page).toContain('value="&#60;b&#62;&#34;yesterday&#34;"');
    expect(page).not.toContain('<b>');
  });

  it('takes a constraint expression too, shows its links and is filled in with it', async () => {
    const page = await (await ask('/roberrypi.html?time[2:3:11]&voltage%3E=700&time>now-10minutes')).text();
    expect(page).toMatch(/href="roberrypi\.dods\?[^"]+"/);
    expect(page).toContain('value="time" checked');
    expect(page).not.toContain('value="voltage" checked');
    for (const value of ['2', '3', '11', '700', 'now-10minutes']) expect(page).toContain(`value="${value}"`);
  });
});

describe('the catalogue and the health', () => {
  it('/catalog.json lists the datasets, for anyone', async () => {
    const answer = await ask('/catalog.json');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toMatchObject({
      server: expect.stringMatching(/^dapberry\//),
      datasets: [
        { name: 'roberrypi', url: 'roberrypi', sequence: 'sensor', interval: 0.02 },
        { name: 'host', url: 'host', sequence: 'sensor', interval: 0.02 },
      ],
    });
  });

  it('/health says how each dataset and sensor is', async () => {
    expect(await (await ask('/health')).json()).toMatchObject({
      status: 'ok',
      streams: 0,
      datasets: [
        { name: 'roberrypi', rows: expect.any(Number), sensors: [{ state: 'ok' }] },
        { name: 'host', lastTime: expect.any(Number) },
      ],
    });
  });

  it('answer HEAD as well', async () => {
    for (const path of ['/health', '/catalog.json', '/', '/roberrypi.dds']) {
      expect((await ask(path, { method: 'HEAD' })).status, path).toBe(200);
    }
  });
});
