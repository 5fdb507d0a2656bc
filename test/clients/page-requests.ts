// Makes the requests of those programs of docs/clients.md that cannot be installed for tests, and reads what they would read.

import { expect } from 'vitest';
import { parse } from 'yaml';
import { type Batch, decodeAll, parseDas, parseDds } from '../../dap/index.ts';
import { type Check, mean, SECONDS, succeeded, temperatures } from './page.ts';
import { run } from './programs.ts';
import { temperatureAt } from './roof.ts';

async function get(address: string): Promise<Response> {
  const answer = await fetch(address);
  expect([address, answer.status]).toEqual([address, 200]);
  return answer;
}

const textOf = async (address: string) => (await get(address)).text();
const dataOf = async (address: string) => decodeAll(new Uint8Array(await (await get(address)).arrayBuffer()));
const tableOf = async (address: string) =>
  (await textOf(address))
    .trim()
    .split('\n')
    .map(line => line.split(','));

/** Gives `input` to a script of Python, which prints JSON. */
async function python(script: string, input: unknown): Promise<unknown> {
  const args = ['-c', `import json, sys\ninput = json.loads(sys.argv[1])\n${script}`, JSON.stringify(input)];
  return JSON.parse(succeeded(await run('/usr/bin/python3', args, SECONDS)));
}

const present = () => expect.closeTo(temperatureAt(Date.now() / 1000), 0);

/** By the title of their section. */
export const REQUESTED: Readonly<Record<string, Check>> = {
  pydap: {
    needs: [],
    // pydap 3.5 (handlers/dap.py): `.dds` and `.das` of each address, then `.dods` with a hyperslab or a selection.
    check: async (example, { day }) => {
      const [array, live] = [...example.matchAll(/open_url\('([^']*)'/g)].map(([, address]) => address!);
      for (const address of [array!, live!]) {
        parseDds(await textOf(`${address}.dds`));
        parseDas(await textOf(`${address}.das`));
      }
      const [, first, end] = /\['temperature'\]\[(\d+):(\d+)\]/.exec(example)!;
      const slice = await dataOf(`${array}.dods?temperature%5B${first}:1:${Number(end) - 1}%5D`);
      expect([...(slice.values[0] as Float64Array)]).toEqual(
        temperatures(day).slice(Number(first), Number(end)),
      );
      const [, bound] = /live\['time'\] > '([^']*)'/.exec(example)!;
      const stream = await get(`${live}.dods?sensor&sensor.time%3E%22${bound}%22`);
      const reader = stream.body!.getReader();
      let bytes = Buffer.alloc(0);
      // The last hour, a row a minute, each with its mark and three numbers.
      while (bytes.length < 50 * 28) bytes = Buffer.concat([bytes, (await reader.read()).value!]);
      await reader.cancel();
      const data = bytes.subarray(bytes.indexOf('Data:\n') + 6);
      expect(data.readUInt32BE(0)).toBe(0x5a000000);
      const time = data.readDoubleBE(4);
      expect(Date.now() / 1000 - time).toBeLessThan(3660);
      expect(data.readDoubleBE(12)).toBe(temperatureAt(time));
    },
  },
  'Java and ERDDAP': {
    needs: ['python3'],
    // EDDTableFromDapSequence: `.das`, `.dds`, then `.dods` with short names and, if at all, a lower bound.
    check: async (example, { day }) => {
      const { source, sequence, columns, kind } = (await python(
        `import xml.etree.ElementTree as tree
d = tree.fromstring(input)
print(json.dumps({
    'source': d.findtext('sourceUrl'), 'sequence': d.findtext('outerSequenceName'), 'kind': d.get('type'),
    'columns': [v.findtext('sourceName') for v in d.findall('dataVariable')]}))`,
        example,
      )) as { source: string; sequence: string; columns: string[]; kind: string };
      expect(kind).toBe('EDDTableFromDapSequence');
      const attributes = parseDas(await textOf(`${source}.das`));
      expect(Object.fromEntries(attributes.get('NC_GLOBAL') as Map<string, unknown>)).toMatchObject({
        title: { values: ['Weather on the roof'] },
        summary: { values: ['A daily wave.'] },
      });
      const [variable] = parseDds(await textOf(`${source}.dds`)).variables;
      expect([variable!.type, variable!.name]).toEqual(['Sequence', sequence]);
      const answer = await get(`${source}.dods?${columns.join(',')}&time%3E=${day / 1e9}E9`);
      expect(answer.headers.get('xdods-server')).toBe('dods/3.2');
      const { values } = decodeAll(new Uint8Array(await answer.arrayBuffer()));
      const [, found] = (values[0] as Batch).columns as Float64Array[];
      expect([...found!.subarray(0, 1440)]).toEqual(temperatures(day));
      const all = await dataOf(`${source}.dods?${columns.join(',')}`);
      expect((all.values[0] as Batch).length).toBeGreaterThan(1440 + 720);
    },
  },
  Grafana: {
    needs: [],
    // Grafana replaces `${__from:date:iso}` by a time such as 2026-11-28T06:00:00.000Z.
    check: async (example, { day }) => {
      const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
      const address = example
        .trim()
        .replace(/\$\{__from:date:iso\}/, iso(day + 3600))
        .replace(/\$\{__to:date:iso\}/, iso(day + 7200));
      const [head, ...rows] = await tableOf(address);
      expect(head).toEqual(['time', 'temperature', 'humidity']);
      expect(rows.map(([, value]) => Number(value))).toEqual(temperatures(day).slice(60, 121));
      const [names, ...thinned] = await tableOf(`${address}&bucket("time/10minutes")`);
      const column = names!.indexOf('temperature_mean');
      expect(Number(thinned[0]![column])).toBeCloseTo(mean(temperatures(day).slice(60, 70)), 9);
    },
  },
  'Home Assistant': {
    needs: ['jinja2'],
    check: async example => {
      const { rest } = parse(example) as { rest: { resource: string; sensor: Record<string, string>[] }[] };
      const [{ resource, sensor }] = rest as [(typeof rest)[0]];
      const value = await (await get(resource)).json();
      const render = `from jinja2.sandbox import SandboxedEnvironment
render = lambda text: SandboxedEnvironment().from_string(text).render(value_json=input['value'])
print(json.dumps([render(input['sensor'][key]) for key in ('value_template', 'availability')]))`;
      const [shown, available] = (await python(render, { value, sensor: sensor[0] })) as string[];
      expect([Number(shown), available]).toEqual([present(), 'True']);
      value.values.temperature = null;
      expect(await python(render, { value, sensor: sensor[0] })).toEqual(['None', 'False']);
    },
  },
  'Node-RED': {
    needs: [],
    check: async example => {
      const flow = JSON.parse(example) as { type: string; url: string; complete: string }[];
      const request = flow.find(({ type }) => type === 'http request')!;
      const payload = await (await get(request.url)).json();
      const path = flow.find(({ type }) => type === 'debug')!.complete.split('.');
      expect(path.shift()).toBe('payload');
      expect(path.reduce((value, key) => value[key], payload)).toEqual(present());
    },
  },
  Telegraf: {
    needs: ['python3'],
    check: async example => {
      const { inputs } = (await python(
        'import tomllib\nprint(json.dumps(tomllib.loads(input)))',
        example,
      )) as {
        inputs: { http: { urls: string[]; csv_timestamp_column: string; csv_column_types: string[] }[] };
      };
      const [{ urls, csv_timestamp_column: time, csv_column_types: types }] = inputs.http as [
        (typeof inputs.http)[0],
      ];
      const [head, ...rows] = await tableOf(urls[0]!);
      expect(head).toEqual([time, 'temperature', 'humidity']);
      expect(types).toHaveLength(head!.length);
      expect(rows.length).toBeGreaterThan(0);
      for (const [at, temperature] of rows) {
        // Go takes fractions of seconds in a time, also if the layout has none.
        expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
        expect(Number(temperature)).toEqual(present());
      }
    },
  },
};
