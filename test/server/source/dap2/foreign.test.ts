import { afterEach, describe, expect, it } from 'vitest';
import { type ForeignColumn, ForeignServer, type Habits } from './foreign-server.ts';
import { Relay, type RelayOptions } from './relays.ts';

const SECONDS: ForeignColumn = {
  type: 'Float64',
  name: 'time',
  attributes: ['String units "seconds since 1970-01-01T00:00:00Z";'],
};
const LEVEL: ForeignColumn = { type: 'Float64', name: 'level', attributes: ['String units "m";'] };

/** A while ago, in whole seconds. */
const T = Math.floor(Date.now() / 1000) - 1000;

const POLL = { timeout: 10_000, interval: 10 };

let server: ForeignServer;
let relay: Relay | undefined;
afterEach(async () => {
  await relay?.close();
  relay = undefined;
  await server.close();
});

async function upstream(columns: readonly ForeignColumn[], habits?: Habits): Promise<ForeignServer> {
  server = await new ForeignServer(columns, habits).start();
  return server;
}

async function copy(options?: RelayOptions): Promise<Relay> {
  relay = await Relay.of(server.url, options);
  return relay;
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

describe('the rows of a server that sends only whole responses', () => {
  const WHOLE: Habits = { kind: 'whole' };

  it.each([
    ['because it is ERDDAP', { ...WHOLE, headers: { 'erddap-server': '2.24' } }],
    ['because it never answers a request without an end', WHOLE],
  ])('are asked for in windows, %s', async (_why, habits) => {
    await upstream([SECONDS, LEVEL], habits);
    server.add([T, 1], [T + 1, 2]);
    const { dataset } = await copy();
    await expect.poll(() => dataset.status().rows, POLL).toBe(2);
    server.add([T + 2, 3]);
    await expect.poll(() => dataset.status().rows, POLL).toBe(3);
    const asked = server.queries.filter(query => query.includes('<'));
    expect(asked.length).toBeGreaterThan(1);
    expect(await relay!.rows()).toEqual([
      [String(T), '1'],
      [String(T + 1), '2'],
      [String(T + 2), '3'],
    ]);
    expect(relay!.status.state).toBe('following');
  });

  it('are awaited where it has none yet, which it says with the status 404', async () => {
    await upstream([SECONDS, LEVEL], { ...WHOLE, headers: { 'erddap-server': '2.24' } });
    const { dataset } = await copy();
    await expect.poll(() => server.queries.length, POLL).toBeGreaterThan(2);
    server.add([T, 1]);
    await expect.poll(() => dataset.status().rows, POLL).toBe(1);
    expect(relay!.status).not.toHaveProperty('lastError');
  });
});

describe('the rows of a server without a past, which ignores selections', () => {
  it('are taken over as they come, also after a break', async () => {
    await upstream([SECONDS, LEVEL], { kind: 'stream', isDeaf: true });
    server.add([T, 0]);
    const { dataset } = await copy();
    await expect.poll(() => server.streams, POLL).toBe(1);
    server.add([T + 1, 1]);
    await expect.poll(() => dataset.status().rows, POLL).toBe(1);
    await server.close();
    await server.start();
    await expect.poll(() => server.streams, POLL).toBeGreaterThan(0);
    server.add([T + 2, 2]);
    await expect.poll(() => dataset.status().rows, POLL).toBe(2);
    expect(await relay!.rows()).toEqual([
      [String(T + 1), '1'],
      [String(T + 2), '2'],
    ]);
  });
});

describe('the times of a relay', () => {
  it('are seconds since 1970 whatever the units of the other server are', async () => {
    const days: ForeignColumn = {
      type: 'Float64',
      name: 'date',
      attributes: [
        'String units "days since 1900-01-01";',
        'String long_name "When";',
        'Float64 _FillValue -1;',
      ],
    };
    await upstream([LEVEL, days]);
    const dayOf = (seconds: number) => seconds / 86_400 + 25_567;
    server.add([1, dayOf(T)]);
    const { dataset } = await copy();
    await expect.poll(() => server.streams, POLL).toBe(1);
    server.add([2, -1], [3, dayOf(T + 0.5)], [4, dayOf(T + 1)]);
    await expect.poll(() => dataset.status().rows, POLL).toBe(3);
    expect(await relay!.get('copy.dds')).toContain('Float64 time;\n        Float64 level;\n    } buoy;');
    const das = await relay!.get('copy.das');
    expect(das).toContain(
      'String units "seconds since 1970-01-01T00:00:00Z";\n            String long_name "When";',
    );
    expect(das).not.toContain('_FillValue');
    const rows = await relay!.rows();
    expect(rows.map(([, level]) => level)).toEqual(['1', '3', '4']);
    expect(rows.map(([time]) => Number(time))).toEqual(
      // A day in Float64 is known to half a microsecond.
      [T, T + 0.5, T + 1].map(time => expect.closeTo(time, 5)),
    );
    // All of them are whole microseconds, which a history can store.
    for (const [time] of rows) expect(Math.round(Number(time) * 1e6) / 1e6).toBe(Number(time));
    expect(relay!.status.untaken).toEqual({ earlier: 0, timeless: 1 });
  });

  it('are a microsecond apart for rows of one time, of which none is lost after a break', async () => {
    await upstream([SECONDS, LEVEL]);
    server.add([T, 1], [T, 2], [T, 3]);
    const { dataset } = await copy();
    await expect.poll(() => dataset.status().rows, POLL).toBe(3);
    await server.close();
    server.rows.push([T, 4], [T + 1, 5]);
    await server.start();
    await expect.poll(() => dataset.status().rows, POLL).toBe(5);
    expect(await relay!.rows()).toEqual([
      [String(T), '1'],
      [String(T + 0.000001), '2'],
      [String(T + 0.000002), '3'],
      [String(T + 0.000003), '4'],
      [String(T + 1), '5'],
    ]);
  });

  it('say where the rows of the past begin', async () => {
    await upstream([SECONDS, LEVEL]);
    server.add([T - 86_400, 1], [T, 2]);
    const { dataset } = await copy({ past: 86_400 });
    await expect.poll(() => dataset.status().rows, POLL).toBe(1);
    expect(await relay!.rows()).toEqual([[String(T), '2']]);
  });

  it('are not those of the past where none is wanted', async () => {
    await upstream([SECONDS, LEVEL], { kind: 'stream' });
    await copy({ past: 0 });
    await expect.poll(() => server.queries, POLL).toEqual(['']);
  });
});

describe('a server that makes rows ahead of its clock', () => {
  it('is refused with what to do, before rows of the far future are stored', async () => {
    await upstream([SECONDS, LEVEL]);
    const now = Math.floor(Date.now() / 1000);
    server.add([now - 1, 1], [now + 3600, 2], [now + 9000, 3], [now + 9001, 4]);
    const { dataset } = await copy();
    await expect.poll(() => relay!.status.state, POLL).toBe('away');
    expect(relay!.status.lastError?.message).toMatch(
      /hours ahead of its clock.*give that dataset an interval$/,
    );
    expect(dataset.status()).toMatchObject({ rows: 2, lastTime: now + 3600 });
  });
});

describe('the columns of a relay', () => {
  it('are those that hold numbers, in types that every client reads, with their attributes', async () => {
    await upstream([
      { type: 'String', name: 'station' },
      { type: 'Byte', name: 'flag', attributes: ['Byte _FillValue 255;', 'String units "1";'] },
      SECONDS,
      {
        type: 'Int16',
        name: 'packed',
        attributes: ['Float64 scale_factor 0.01;', 'Float64 add_offset 20;', 'Int16 _FillValue -32767;'],
      },
      { type: 'UInt16', name: 'count' },
      { type: 'Float32', name: 'wind', attributes: ['Float64 actual_range 0, 12;', 'String units "m s-1";'] },
    ]);
    server.global = [
      'String title "The buoy";',
      'String institution "Harbour";',
      'String time_coverage_end "x";',
    ];
    server.add(['A', 255, T, -32_767, 65_535, 1.5], ['B', 7, T + 1, 250, 1, 2.5]);
    const { dataset } = await copy();
    await expect.poll(() => dataset.status().rows, POLL).toBe(2);
    expect(await relay!.get('copy.dds')).toBe(
      'Dataset {\n    Sequence {\n        Float64 time;\n        Int32 flag;\n        Int32 packed;\n        Int32 count;\n        Float32 wind;\n    } buoy;\n} copy;\n',
    );
    expect(await relay!.rows()).toEqual([
      [String(T), '255', '-32767', '65535', '1.5'],
      [String(T + 1), '7', '250', '1', '2.5'],
    ]);
    const das = await relay!.get('copy.das');
    expect(das).toContain('Int32 _FillValue 255;');
    expect(das).toContain(
      'Float64 scale_factor 0.01;\n            Float64 add_offset 20;\n            Int32 _FillValue -32767;',
    );
    expect(das).not.toMatch(/actual_range|time_coverage_end/);
    expect(das).toContain('String title "The buoy";');
    expect(das).toContain('String institution "Harbour";');
    expect(relay!.status.leftOut).toEqual(['String station']);
    // The unpacked value, and nothing for the missing ones.
    const csv = (await relay!.get('past/copy.csv')).split('\n');
    expect(csv[1]).toMatch(new RegExp(`^${iso(T).slice(0, 19)}`));
    expect(server.queries.every(query => !query.includes('station'))).toBe(true);
  });

  it('have the sign that their attributes give them', async () => {
    await upstream([
      SECONDS,
      {
        type: 'Int16',
        name: 'count',
        attributes: ['String _Unsigned "true";', 'Int16 _FillValue -1;', 'Int16 valid_range 0, -2;'],
      },
      { type: 'Byte', name: 'offset', attributes: ['Byte valid_min -100;', 'Byte _FillValue -128;'] },
      { type: 'UInt16', name: 'turn', attributes: ['String _Unsigned "false";'] },
      { type: 'Byte', name: 'flag', attributes: ['Float64 missing_value -1;', 'Byte flag_values 1, -2;'] },
    ]);
    server.add([T, -16, -5, 65_531, 254], [T + 1, -1, -128, 3, 255]);
    const { dataset } = await copy();
    await expect.poll(() => dataset.status().rows, POLL).toBe(2);
    expect(await relay!.rows()).toEqual([
      [String(T), '65520', '-5', '-5', '254'],
      [String(T + 1), '65535', '-128', '3', '255'],
    ]);
    expect((await relay!.get('past/copy.ndjson?count,offset,turn,flag')).trim().split('\n')).toEqual([
      '{"count":65520,"offset":-5,"turn":-5,"flag":254}',
      '{"count":null,"offset":null,"turn":3,"flag":null}',
    ]);
    const das = await relay!.get('copy.das');
    expect(das).toContain('Int32 _FillValue 65535;\n            Int32 valid_range 0, 65534;');
    expect(das).toContain('Int32 valid_min -100;\n            Int32 _FillValue -128;');
    expect(das).toContain('Float64 missing_value 255;\n            Int32 flag_values 1, 254;');
    expect(das).not.toContain('_Unsigned');
  });

  it('are the same after a break, though the server has others too', async () => {
    await upstream([{ type: 'String', name: 'station' }, LEVEL, SECONDS]);
    server.add(['A', 1, T]);
    const { dataset } = await copy();
    await expect.poll(() => dataset.status().rows, POLL).toBe(1);
    await server.close();
    server.rows.push(['B', 2, T], ['C', 3, T + 1]);
    await server.start();
    await expect.poll(() => dataset.status().rows, POLL).toBe(3);
    expect((await relay!.rows()).map(([, level]) => level)).toEqual(['1', '2', '3']);
  });

  it('keep the words that the configuration has', async () => {
    await upstream([SECONDS, LEVEL]);
    server.global = ['String title "The buoy";', 'String license "CC0";', 'String institution "Harbour";'];
    const license = { type: 'String', values: ['CC-BY-4.0'] } as const;
    await copy({
      info: {
        ...{ name: 'copy', title: 'My copy', summary: 's', source: 's', unwritten: ['summary'] },
        attributes: new Map([['license', license]]),
      },
    });
    const das = await relay!.get('copy.das');
    expect(das).toContain('String title "My copy";');
    expect(das).toContain('String license "CC-BY-4.0";');
    expect(das).toContain('String institution "Harbour";');
  });
});

describe('a server whose attributes cannot be read for a while', () => {
  it('is waited for, since its times and numbers could mean anything', async () => {
    let isBusy = true;
    await upstream([{ ...SECONDS, attributes: ['String units "days since 1970-01-01";'] }, LEVEL], {
      kind: 'stream',
      instead: ({ url = '' }, response) => {
        if (!isBusy || !url.includes('.das')) return false;
        response.writeHead(503).end();
        return true;
      },
    });
    server.add([T / 86_400, 1]);
    await expect(copy()).rejects.toThrow(/\.das.*503/s);
    isBusy = false;
    const { dataset } = await copy();
    await expect.poll(() => dataset.status().lastTime, POLL).toBeCloseTo(T, 3);
  });
});
