// Tests the alert for late rows in docs/monitoring.md: it is for rows that this machine makes on a schedule.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SensorsStatus } from '../../../server/source/row-source.ts';
import { serving } from '../../serving.ts';
import { EPOCH } from '../asking.ts';
import { ScriptedSource, type ScriptOptions } from '../scripted-source.ts';
import { MetricsScraper, row, scripted } from './scraping.ts';

const PAGE = join(import.meta.dirname, '../../../docs/monitoring.md');

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

/** The metrics of the part about the age of rows: a dataset without one of them has no alert. */
function needed(): readonly string[] {
  const [, block = ''] = /```yaml\n(# dapberry\.rules\.yml\n.*?)```/s.exec(readFileSync(PAGE, 'utf8')) ?? [];
  const { groups } = parse(block) as { groups: readonly { rules: readonly Rule[] }[] };
  const rule = groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === 'DapberryRowsLate');
  const age = rule?.expr.split(' or ').find(part => part.includes('time()'));
  return [...(age ?? '').matchAll(/dapberry_\w+/g)].map(([name]) => name);
}

let scraped: MetricsScraper | undefined;
afterEach(() => scraped?.close());

async function mayFire(options: ScriptOptions): Promise<boolean> {
  const source = new ScriptedSource(options);
  scraped = new MetricsScraper(await serving(scripted(source)));
  await source.append([row(1)]);
  const metrics = await scraped.scrape();
  expect(metrics.of('dapberry_newest_row_timestamp_seconds')).toBe(EPOCH + 1);
  return needed().every(name => metrics.samples(name).length === 1);
}

const sensors = { kind: 'sensors', sensors: [], clock: { steps: 0, lastSteps: [], ahead: 0 } } as const;
const onSchedule: SensorsStatus = { ...sensors, schedule: { missedSlots: 0, lateness: 0 } };

it('may fire for rows on a schedule, also if none was missed', async () => {
  expect(needed().length).toBeGreaterThan(1);
  expect(await mayFire({ delivery: { kind: 'scheduled', interval: 1 }, status: onSchedule })).toBe(true);
});

it.each<[string, ScriptOptions]>([
  ['come with messages', { delivery: { kind: 'pushed' }, status: { ...sensors, dropped: 0 } }],
  ['another machine makes', { delivery: { kind: 'pushed', interval: 1 } }],
])('does not fire for rows that %s', async (_what, options) => {
  expect(await mayFire(options)).toBe(false);
});
