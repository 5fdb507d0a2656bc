import { afterEach, beforeEach, expect, it } from 'vitest';
import { attributeTable, parseDas } from '../../../dap/index.ts';
import { parseHealth } from '../../../web/health/health.ts';
import { type Serving, serving } from '../../serving.ts';
import { EPOCH } from '../asking.ts';
import { inMemory } from '../datasets.ts';
import { LAYOUT, SCRIPTED, ScriptedSource } from '../scripted-source.ts';

/** A source with a Sequence of its own name, that has no sensors, no clock and no schedule. */
class Buoy extends ScriptedSource {
  override readonly layout = { ...LAYOUT, name: 'buoy' };
}

let server: Serving;
beforeEach(async () => {
  const source = new Buoy();
  server = await serving({ datasets: [inMemory(SCRIPTED, source)] });
  await source.append([[EPOCH, 0.5, 1, 2]]);
});
afterEach(() => server.close());

const get = async (path: string) => (await server.app.inject(path)).payload;

it('a pushed source gives its Sequence and its columns to every response', async () => {
  expect(await get('/scripted.dds')).toContain('} buoy;\n} scripted;');
  const das = parseDas(await get('/scripted.das'));
  expect([...das.keys()]).toEqual(['NC_GLOBAL', 'buoy']);
  expect(attributeTable(das, 'buoy', 'a')?.get('units')).toMatchObject({ values: ['1'] });
  // Its rows come irregularly, and another machine may have stamped them.
  expect([...attributeTable(das, 'NC_GLOBAL')!.keys()].filter(name => /coverage|clock/.test(name))).toEqual(
    [],
  );
  const rows = await fetch(`${server.url}/scripted.asc?buoy.b&time<=${EPOCH}`);
  expect(await rows.text()).toMatch(/buoy\.b\n1\n$/);
  expect(await get('/scripted.info')).toContain(
    'Rows as they come, endless. The dataset <code>scripted</code> has one Sequence, <code>buoy</code>',
  );
  expect(await get('/scripted.html')).toContain('may be missing');
  const { datasets } = JSON.parse(await get('/catalog.json')) as { datasets: unknown[] };
  expect(datasets).toEqual([
    {
      name: 'scripted',
      title: SCRIPTED.title,
      summary: SCRIPTED.summary,
      url: 'scripted',
      columns: ['a', 'b', 'c'],
      sequence: 'buoy',
      extent: { firstTime: EPOCH, lastTime: EPOCH, gaps: [] },
      history: false,
      stretches: {},
    },
  ]);
});

it('a source without sensors has none in health and metrics, and is healthy', async () => {
  const health = JSON.parse(await get('/health')) as { status: string; datasets: object[] };
  expect(health.status).toBe('ok');
  expect(Object.keys(health.datasets[0]!).sort()).toEqual([
    'description',
    'extent',
    'lastTime',
    'log',
    'name',
    'overrun',
    'rows',
  ]);
  // The page has no notice to show for it.
  expect(parseHealth(health)?.datasets).toMatchObject([{ failing: [] }]);
  const metrics = await get('/metrics');
  expect(metrics).toContain('dapberry_rows_made_total{dataset="scripted"} 1\n');
  for (const name of [
    'sensor_ok',
    'channel_value',
    'slots_missed_total',
    'clock_steps_total',
    'dataset_interval_seconds',
  ])
    expect(metrics).not.toContain(`dapberry_${name}{`);
});
