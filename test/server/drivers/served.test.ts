import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDas } from '../../../dap/index.ts';
import { attributeTable } from '../../../dap/model/attributes.ts';
import { DRIVER_TOOLS, KIND_FIELDS } from '../../../device/index.ts';
import { textOf } from '../../sources.ts';
import { giving, PATIENCE, Site, TWO_DATASETS } from './command.ts';
import { columns, get, health, Reader, sensors, server } from './requests.ts';

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.dispose());

describe('the sensor of one’s own that the documentation shows', () => {
  /** The configuration that the page gives, with the file where this test may write it. */
  function configured(): string {
    const [, text = ''] = /```yaml\n(.*?)```/s.exec(textOf('docs/own-sensors.md')) ?? [];
    const here = text.replace('/run/weather.json', site.path('weather.json')).replace('10 s', '50 ms');
    expect(here).not.toBe(text);
    return here;
  }
  const report = (temperature: unknown, humidity: unknown, age = 0) =>
    site.write('weather.json', JSON.stringify({ time: Date.now() / 1000 - age, temperature, humidity }));

  beforeEach(() => {
    site.copy('docs/example-sensor.js', 'weather.js');
    site.write('config.yaml', configured());
  });

  it('is served from a folder outside the project, with names, attributes and corrections', async () => {
    report(21.3, 45.2);
    server.address = await site.serve();
    expect(await get('.dds')).toContain('Float64 garden_temperature;');
    const das = parseDas(await get('.das'));
    expect(Object.fromEntries(attributeTable(das, 'NC_GLOBAL') ?? [])).toMatchObject({
      source: { values: ['Weather station (file of its receiver)'] },
    });
    expect(Object.fromEntries(attributeTable(das, 'sensor', 'garden_temperature') ?? [])).toMatchObject({
      units: { values: ['degree_Celsius'] },
      long_name: { values: ['Temperature in the garden'] },
      standard_name: { values: ['air_temperature'] },
      valid_range: { type: 'Float64', values: [-60.5, 59.5] },
    });
    const [temperature, humidity] = await columns(
      '.dods?sensor.garden_temperature[0:1:9],sensor.garden_humidity[0:1:9]',
    );
    // A row that the file was too slow for has none.
    expect(new Set(temperature?.filter(Number.isFinite))).toEqual(new Set([20.8]));
    expect(new Set(humidity?.filter(Number.isFinite))).toEqual(new Set([45.2]));
  });

  it('has no value where the file says none, is too old or is not there, says so, and comes back', async () => {
    report(21.3, undefined);
    server.address = await site.serve();
    const why = () => sensors().then(([sensor]) => `${sensor?.state}: ${sensor?.lastError?.message}`);
    const path = site.path('weather.json');
    await expect.poll(why, PATIENCE).toBe(`failing: ${path}: humidity: expected a number, found nothing`);
    const [temperature, humidity] = await columns(
      '.dods?sensor.garden_temperature[0:1:9],sensor.garden_humidity[0:1:9]',
    );
    expect(new Set(temperature?.filter(Number.isFinite))).toEqual(new Set([20.8]));
    expect(humidity?.filter(Number.isFinite)).toEqual([]);
    report(21.3, 45.2, 900);
    await expect
      .poll(why, PATIENCE)
      .toContain(`failing: ${path}: expected a time of the last 300 s, found 1`);
    writeFileSync(path, '{"time": 17952');
    await expect
      .poll(why, PATIENCE)
      .toBe(`failing: ${path}: expected a JSON object, found "{\\"time\\": 17952"`);
    report(18, 50);
    await expect.poll(async () => (await sensors())[0]?.state, PATIENCE).toBe('ok');
  });

  it('is simulated without the file', async () => {
    server.address = await site.serve('--simulate');
    const [temperature] = await columns('.dods?sensor.garden_temperature[0:1:4]');
    expect(temperature).toHaveLength(5);
    for (const value of temperature ?? []) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(30);
    }
    expect((await sensors()).map(({ state }) => state)).toEqual(['ok']);
  });

  it('is read once, and listed', async () => {
    report(21.3, 45.2);
    const { out, code } = await site.run(['read', '--config', 'config.yaml', '--format', 'csv']);
    expect([code, out.split('\r\n').slice(1, 3)]).toEqual([
      0,
      [
        'garden,garden,garden_temperature,20.8,degree_Celsius,',
        'garden,garden,garden_humidity,45.2,percent,',
      ],
    ]);
    const listed = await site.run(['list', 'weather-file', '--config', 'config.yaml']);
    expect(listed.out).toContain(`driver    ${site.path('weather.js')}\n`);
    expect(listed.out).toContain('channels  temperature (degree_Celsius), humidity (percent)');
    const unknown = await site.run(['list', 'weather-fil', '--config', 'config.yaml']);
    expect([unknown.code, unknown.err.includes('did you mean weather-file?')]).toEqual([2, true]);
  });
});

describe('the driver that the documentation writes', () => {
  it('asks a device in the network, and says what it answered in place of a level', async () => {
    const page = textOf('docs/own-sensors.md');
    const [, text = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
    let status = 200;
    const device = createServer((_request, response) =>
      response.writeHead(status).end(JSON.stringify({ level: 1.7 })),
    ).listen(0, '127.0.0.1');
    try {
      await once(device, 'listening');
      const url = `http://127.0.0.1:${(device.address() as AddressInfo).port}/`;
      site.write('tank.mjs', text);
      site.write('config.yaml', `datasets: {tank: {sensors: [{driver: ./tank.mjs, url: "${url}"}]}}\n`);
      const read = ['read', '--config', 'config.yaml', '--format', 'csv'];
      expect((await site.run(read)).out).toContain('tank,tank,level,1.7,m,\r\n');
      status = 503;
      expect((await site.run(read)).out).toContain(`tank,tank,level,,m,"${url}: expected 200, found 503"`);
      site.write('config.yaml', 'datasets: {tank: {sensors: [{driver: ./tank.mjs, url: level}]}}\n');
      const { err } = await site.run(read);
      expect(err).toContain('datasets.tank.sensors[0].url: expected ');
    } finally {
      device.close();
    }
  });

  it('has all its fields and all its tools in the tables', () => {
    const [, fields = '', tools = ''] = textOf('docs/own-sensors.md').split('\n| --- | --- |\n');
    for (const field of KIND_FIELDS) expect(fields).toMatch(new RegExp(`^\\| .*\`${field}[\`(].*\\| `, 'm'));
    // Kept for earlier drivers, and not for new ones.
    const current = Object.keys(DRIVER_TOOLS).filter(tool => tool !== 'IncompleteReading');
    for (const tool of current) expect(tools).toMatch(new RegExp(`^\\| .*\`${tool}\`.*\\| `, 'm'));
    for (const helper of Object.keys(DRIVER_TOOLS.i2c)) expect(tools).toContain(`\`${helper}\``);
  });
});

describe('a driver that changes while it is served', () => {
  it('is taken as it is now; its dataset begins anew, and no other one notices', async () => {
    site.write('mine.js', giving(1));
    site.write('config.yaml', TWO_DATASETS);
    server.address = await site.serve();
    const other = new Reader('other.dods?time');
    const before = new Reader('mine.dods?depth');
    await expect.poll(() => before.values.length, PATIENCE).toBeGreaterThan(0);

    site.write('mine.js', giving(2));
    await before.ended;
    expect(new Set(before.values)).toEqual(new Set([1]));
    await expect.poll(async () => (await columns('mine.dods?depth[0:1:0]'))[0], PATIENCE).toEqual([2]);

    // A wrong driver changes nothing, and the log names its position in the configuration.
    const second = new Reader('mine.dods?depth');
    site.write('mine.js', 'export default {,};\n');
    await expect
      .poll(async () => (await health()).configuration.problems, PATIENCE)
      .toEqual([
        `config.yaml:2:45: datasets.mine.sensors[0].driver: expected a driver that can be loaded, found a mistake in line 1: Unexpected token ','`,
      ]);
    const { length } = second.values;
    await expect.poll(() => second.values.length, PATIENCE).toBeGreaterThan(length);

    // As it was before: nothing was changed after all.
    site.write('mine.js', giving(2));
    await expect.poll(async () => (await health()).configuration.problems, PATIENCE).toEqual([]);
    const still = second.values.length;
    await expect.poll(() => second.values.length, PATIENCE).toBeGreaterThan(still);

    // Another file, in a folder that comes with it.
    site.write('config.yaml', TWO_DATASETS.replace('./mine.js', './later/mine.js'));
    await expect
      .poll(async () => (await health()).configuration.problems.join(), PATIENCE)
      .toContain('expected a file that can be read, found none');
    site.folderWith('later', 'mine.js', giving(3));
    await second.ended;
    await expect.poll(async () => (await columns('mine.dods?depth[0:1:0]'))[0], PATIENCE).toEqual([3]);
    site.write('later/mine.js', giving(4));
    await expect.poll(async () => (await columns('mine.dods?depth[0:1:0]'))[0], PATIENCE).toEqual([4]);

    const times = [...other.values];
    expect(times.length).toBeGreaterThan(20);
    const [all] = await columns(`other.dods?time&time>=${times[0]}&time<=${times.at(-1)}`);
    expect(times).toEqual(all);
    site.signal('SIGTERM');
    await other.ended;
  });
});
