// Compares the estimated size of a day with a day of simulated sensors, as the history writes it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { NumberColumn } from '../../../dap/index.ts';
import {
  columnsOf,
  openDevice,
  reopenOnError,
  samplingOf,
  sensorOpener,
  thisHost,
} from '../../../device/index.ts';
import { historyPlan, sum } from '../../../server/cli/history-plan.ts';
import { surveyHistory } from '../../../server/cli/history-survey.ts';
import { sensorsOf } from '../../../server/config/config.ts';
import { loadConfig } from '../../../server/config/load.ts';
import { dayOf, monthFolder } from '../../../server/history/disk/day.ts';
import { runJob } from '../../../server/history/jobs.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import { thisMachine } from '../../../server/machine/machine.ts';
import type { SharedSource } from '../../../server/source/row-source.ts';
import { sensorSource } from '../../../server/source/sensors.ts';
import { FakeClock } from '../../device/fake-clock.ts';

/** Rows come some milliseconds after their schedule. */
class BusyClock extends FakeClock {
  #turn = 0;
  override wall(): number {
    this.#turn += 1;
    return Math.floor((super.wall() + ((this.#turn * 0.618) % 1) ** 4 * 0.004) * 1000) / 1000;
  }
}

/** 2026-11-28T00:00:00Z */
const MIDNIGHT = 1_795_824_000;

it.each([
  [
    'chips',
    '{kind: bme280, name: air}, {kind: lm75, name: board}, {kind: ds18b20, name: soil, address: 28-00000000beef}',
  ],
  ['the machine', '{kind: host-load}, {kind: host-cpu}, {kind: host-network}, {kind: thermal}'],
  ['a pin and a converter', '{kind: ads1115}, {kind: gpio-input, pin: 17, count: falling}'],
])(
  'a day takes what is estimated, within a factor of two: %s',
  { timeout: 120_000 },
  async (_name, sensors) => {
    const interval = 60;
    const content = `datasets: {a: {interval: ${interval}, history: {path: /x}, sensors: [${sensors}]}}`;
    const loaded = loadConfig([{ name: 'a.yaml', content }]);
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    const [dataset] = loaded.config.datasets;
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-day-'));
    try {
      const plan = historyPlan(dataset!, dataset!.history!, await surveyHistory(thisMachine(), folder));
      const clock = new BusyClock(MIDNIGHT);
      const host = { ...thisHost(7), clock };
      const openers = sensorsOf(dataset!).map(setup =>
        reopenOnError(
          sensorOpener(setup, host, true),
          setup.name,
          columnsOf(setup),
          clock,
          samplingOf(setup),
        ),
      );
      const source = sensorSource(await openDevice({ sensors: openers, interval, clock })) as SharedSource;
      const columns = source.layout.columns.map(({ type, name }) => ({ type, name })) as FileColumn[];
      const day: number[][] = columns.map(() => []);
      const ending = new AbortController();
      for await (const { length, columns: values } of source.rows(ending.signal)) {
        for (const [index, column] of values.entries())
          day[index]!.push(...(column as NumberColumn).subarray(0, length));
        if (day[0]!.length >= 86_400 / interval) break;
      }
      ending.abort();
      await source.close();
      const facts = { dataset: 'a', das: 'x'.repeat(2000), firstPosition: 0, clock: [], columns };
      const batch = { length: day[0]!.length, columns: day.map(values => Float64Array.from(values)) };
      const file = await runJob({ kind: 'write', folder, day: dayOf(MIDNIGHT), facts, batch });
      const { written } = await runJob({
        ...{ kind: 'summarise', folder, dataset: 'a', das: facts.das, month: monthFolder(dayOf(MIDNIGHT)) },
        columns: columns.map(column => ({ ...column, attributes: new Map(), fillValue: Number.NaN })),
        days: [{ day: dayOf(MIDNIGHT), files: [file] }],
      });
      expect(written.map(({ path }) => path)).toContainEqual(expect.stringMatching(/\.1min\./));
      const minutes = written.filter(({ path }) => path.includes('.1min.'));
      const bytes = file.bytes + sum(minutes.map(summary => summary.bytes));
      expect(plan.isMeasured).toBe(false);
      expect(plan.dayBytes / bytes).toBeGreaterThan(0.5);
      expect(plan.dayBytes / bytes).toBeLessThan(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
