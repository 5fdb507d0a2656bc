import { afterEach, describe, expect, it, vi } from 'vitest';
import { attributeTable, attributeText, parseDas, parseError } from '../../dap/index.ts';
import { openDevice } from '../../device/index.ts';
import { channel, opening, sensorOf } from '../device/fake-sensors.ts';
import { type Serving, serving } from '../serving.ts';
import { sampled } from './datasets.ts';
import { listed, rowsOf } from './thinned-rows.ts';

let server: Serving;
afterEach(() => server.close());

const PATIENCE = { timeout: 10_000, interval: 5 };

/** An hour of simulated rows, one a second: the same for each request. */
const HOUR = '&time>=1000000800&time<1000004400';

describe('a request with a function', () => {
  it('is described by its DDS and its DAS', async () => {
    server = await serving({ interval: 0 });
    const ask = async (path: string) => (await fetch(`${server.url}/roberrypi${path}`)).text();
    expect(await ask('.dds?time,temperature&bucket("time/60")')).toBe(
      `Dataset {
    Sequence {
        Float64 time;
        Int32 temperature_count;
        Float64 temperature_min;
        Float64 temperature_mean;
        Float64 temperature_max;
    } sensor;
} roberrypi;
`,
    );
    const whole = parseDas(await ask('.das'));
    const das = parseDas(await ask('.das?&bucket("time/60")'));
    expect(das.get('NC_GLOBAL')).toEqual(whole.get('NC_GLOBAL'));
    const of = (column: string) => attributeTable(das, 'sensor', column);
    const text = (column: string, name: string) => attributeText(of(column), name);
    expect([...attributeTable(das, 'sensor')!.keys()]).toEqual([
      'time',
      'row_count',
      ...['voltage', 'temperature'].flatMap(name =>
        ['count', 'min', 'mean', 'max'].map(measure => `${name}_${measure}`),
      ),
    ]);
    expect(text('temperature_mean', 'units')).toBe('degree_Celsius');
    expect(text('temperature_mean', 'long_name')).toBe('mean of Air temperature');
    expect(text('temperature_mean', 'cell_methods')).toBe('time: mean');
    expect(text('temperature_min', 'cell_methods')).toBe('time: minimum');
    expect(text('temperature_max', 'cell_methods')).toBe('time: maximum');
    expect(of('temperature_mean')?.get('_FillValue')).toEqual({ type: 'Float64', values: [Number.NaN] });
    // The range is one of single readings, in the type of their column; the steps of a mean are others.
    for (const name of ['valid_range', 'resolution']) expect(of('temperature_mean')?.has(name)).toBe(false);
    expect(text('temperature_count', 'units')).toBe('1');
    expect(text('temperature_count', 'long_name')).toBe('number of values of Air temperature');
    expect(text('row_count', 'units')).toBe('1');
    expect(text('time', 'units')).toBe('seconds since 1970-01-01T00:00:00Z');
  });

  it('has the whole DAS where a function gives rows unchanged, and for a constraint without one', async () => {
    server = await serving({ interval: 0 });
    const ask = async (path: string) => (await fetch(`${server.url}/roberrypi${path}`)).text();
    const whole = await ask('.das');
    for (const query of ['temperature', '&orderByMax("time/1day,temperature")', 'no such thing'])
      expect(await ask(`.das?${encodeURI(query)}`), query).toBe(whole);
    expect(await ask('.das?&bucket("time/soon")')).toMatch(/expected a number, with or without a unit/);
  });

  it('has means of each column under its own name, with the words of a mean', async () => {
    server = await serving({ interval: 0 });
    const das = parseDas(
      await (await fetch(`${server.url}/roberrypi.das?temperature&orderByMean("time/60")`)).text(),
    );
    expect([...attributeTable(das, 'sensor')!.keys()]).toEqual(['temperature']);
    expect(attributeText(attributeTable(das, 'sensor', 'temperature'), 'cell_methods')).toBe('time: mean');
    const counts = parseDas(
      await (await fetch(`${server.url}/roberrypi.das?temperature&orderByCount("time/60")`)).text(),
    );
    expect(attributeText(attributeTable(counts, 'sensor', 'temperature'), 'units')).toBe('1');
  });

  it('gives what its rows come to, in binary and as text', async () => {
    server = await serving({ interval: 0 });
    const { batch: raw } = await rowsOf(server, `roberrypi.dods?temperature${HOUR}`);
    const [temperatures] = raw.columns as [Float64Array];
    const { names, batch } = await rowsOf(server, `roberrypi.dods?${HOUR}&bucket("time/10minutes")`);
    expect(names.slice(0, 2)).toEqual(['time', 'row_count']);
    const column = (name: string) => batch.columns[names.indexOf(name)]!;
    expect(column('time')).toEqual(Float64Array.from({ length: 6 }, (_, i) => 1_000_000_800 + i * 600));
    expect(column('row_count')).toEqual(new Int32Array(6).fill(600));
    for (let i = 0; i < 6; i++) {
      const own = temperatures.subarray(i * 600, (i + 1) * 600);
      expect(column('temperature_min')[i]).toBe(Math.min(...own));
      expect(column('temperature_max')[i]).toBe(Math.max(...own));
      expect(column('temperature_mean')[i]).toBeCloseTo(own.reduce((a, b) => a + b) / 600, 9);
    }
    const text = await (
      await fetch(`${server.url}/roberrypi.asc?time,temperature_max${HOUR}&bucket("time/10minutes")`)
    ).text();
    expect(text.trim().split('\n').at(-1)).toBe(`1000003800, ${column('temperature_max')[5]}`);
  });

  it('has its result rows counted by a row range', async () => {
    server = await serving({ interval: 0 });
    const { batch } = await rowsOf(
      server,
      'roberrypi.dods?time[1:2:5]&time>=1000000800&orderByMean("time/60")',
    );
    expect(listed(batch)).toEqual([[1_000_000_860], [1_000_000_980], [1_000_001_100]]);
  });

  it('leaves out the whole numbers that stand for no value', async () => {
    let reading = 0;
    const sensor = sensorOf('pulses', () => [reading++ % 2 === 0 ? reading : Number.NaN], {
      channels: [channel('pulses', { type: 'Int32' })],
    });
    const device = await openDevice({ sensors: [opening(sensor)], interval: 0.01 });
    const info = { name: 'meter', title: 'Meter', summary: 'Pulses.', source: 'a test' };
    server = await serving({ datasets: [sampled(info, device)] });
    await vi.waitUntil(() => server.datasets[0]!.status().rows >= 6, PATIENCE);
    const { batch } = await rowsOf(server, 'meter.dods?row_count,pulses&time<=now&bucket("time/100years")');
    const [[rows, count, min, mean, max]] = listed(batch) as [[number, number, number, number, number]];
    expect(count).toBe(Math.ceil(rows / 2));
    expect([min, mean, max]).toEqual([1, count, 2 * count - 1]);
  });

  it('leaves out what lies outside of the valid range, as do the metrics', async () => {
    let reading = 0;
    const sensor = sensorOf('level', () => [reading++ % 2 === 0 ? 5 : 5000], {
      channels: [channel('level', { validRange: [0, 10] })],
    });
    const device = await openDevice({ sensors: [opening(sensor)], interval: 0.01 });
    const info = { name: 'tank', title: 'Tank', summary: 'Levels.', source: 'a test' };
    server = await serving({ datasets: [sampled(info, device)] });
    await vi.waitUntil(() => server.datasets[0]!.status().rows >= 6, PATIENCE);
    const { batch } = await rowsOf(server, 'tank.dods?level&time<=now&bucket("time/100years")');
    const [[count, ...summary]] = listed(batch) as [[number, number, number, number]];
    expect(count).toBeGreaterThan(2);
    expect(summary).toEqual([5, 5, 5]);
    const { batch: greatest } = await rowsOf(
      server,
      'tank.dods?level&time<=now&orderByMax("time/100years,level")',
    );
    expect(listed(greatest)).toEqual([[5]]);
    await vi.waitUntil(async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      const [value] = /^dapberry_channel_value\{.*\} (\S+)$/m.exec(metrics)?.slice(1) ?? [];
      expect(['5', '5.0', 'NaN']).toContain(value);
      return value === 'NaN';
    }, PATIENCE);
  });

  it.each([
    ['&bucket("time/5parsecs")', 'found "parsecs"'],
    ['&orderByMeann("time/60")', '(did you mean orderByMean?)'],
    ['&orderByMax("temperature")', 'an upper bound on time'],
    ['&orderByMean("temperature")', 'rows come in the order of time'],
    ['&orderByDescending("time")', 'one of the functions bucket, orderBy, '],
  ])('%s that is wrong is refused with what is expected, before a byte leaves', async (query, message) => {
    server = await serving();
    for (const suffix of ['dds', 'dods', 'asc']) {
      const answer = await fetch(`${server.url}/roberrypi.${suffix}?${query}`);
      expect(answer.status).toBe(400);
      expect(parseError(await answer.text())?.message).toContain(message);
    }
  });
});

describe('the pages for people', () => {
  it('offer a function in the form, and fill the form with one', async () => {
    server = await serving({ interval: 0 });
    const fields = new URLSearchParams([
      ['column', 'time'],
      ['column', 'temperature'],
      ['thinning', 'orderByMean("time/1hour")'],
      ['first', '0'],
      ['stride', '1'],
      ['last', '1'],
      ['get', 'asc'],
    ]);
    const answer = await fetch(`${server.url}/roberrypi.html?${fields}`);
    expect(answer.url).toContain('orderByMean%28');
    expect((await answer.text()).trim().split('\n').at(-3)).toBe('sensor.time, sensor.temperature');
    const query = encodeURI('temperature_max,time&temperature>2&bucket("time/60")&orderBy("time")');
    const page = await (await fetch(`${server.url}/roberrypi.html?${query}`)).text();
    expect(page).toContain('value="bucket(&#34;time/60&#34;)&#38;orderBy(&#34;time&#34;)"');
    expect(page).toContain('value="time" checked');
    expect(page).toContain('value="temperature" checked');
    expect(page).not.toContain('value="voltage" checked');
  });

  it('show examples that work', async () => {
    server = await serving({ interval: 0 });
    const page = await (await fetch(`${server.url}/roberrypi.help`)).text();
    const examples = [...page.matchAll(/href="roberrypi\.html\?([^"]*)"/g)].map(([, query]) => query!);
    expect(examples.length).toBeGreaterThan(15);
    for (const query of examples) {
      const answer = await fetch(`${server.url}/roberrypi.dds?${query.replaceAll('&#38;', '&')}`);
      expect(answer.status, query).toBe(200);
    }
  });
});
