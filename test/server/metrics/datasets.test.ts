import { afterEach, describe, expect, it } from 'vitest';
import { openDevice, type SensorState } from '../../../device/index.ts';
import type { Dataset } from '../../../server/dataset/dataset.ts';
import { channel, opening, sensorOf } from '../../device/fake-sensors.ts';
import { type Serving, type ServingOptions, serving } from '../../serving.ts';
import { EPOCH } from '../asking.ts';
import { onDemand, sampled } from '../datasets.ts';
import { SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { MetricsScraper, row, rows, scripted } from './scraping.ts';

let scraped: MetricsScraper;
let server: Serving;
afterEach(() => scraped.close());

async function serve(options: ServingOptions = {}): Promise<void> {
  server = await serving(options);
  scraped = new MetricsScraper(server);
}

const servingScript = (...script: Parameters<typeof scripted>) => serve(scripted(...script));

describe('what metrics say of a dataset', () => {
  const sensors: readonly SensorState[] = [
    { name: 'one', channels: ['a', 'b'], state: 'ok', since: 1, failures: 7, lastError: undefined },
    {
      name: 'two',
      channels: ['c'],
      state: 'failing',
      since: EPOCH + 0.25,
      failures: 3,
      lastError: { message: 'no wire', time: EPOCH + 1 },
    },
  ];

  it('is what its log holds, may hold and has lost', async () => {
    const source = new ScriptedSource({ delivery: { kind: 'scheduled', interval: 1 } });
    await servingScript(source, { bounds: { rows: 4, bytes: 1000, age: 60 } });
    const before = await scraped.scrape();
    expect(before.of('dapberry_rows_made_total')).toBe(0);
    expect(before.samples('dapberry_newest_row_timestamp_seconds')).toEqual([]);
    const reader = scraped.client().ask('/scripted.dods?sensor[0:1:3]');
    await reader.until(() => reader.answers[0]!.body.length > 0);
    await source.append(rows(0, 10));
    await reader.answer();
    const metrics = await scraped.scrape();
    expect(
      Object.fromEntries(
        [
          'rows_made_total',
          'rows_overrun_total',
          'newest_row_timestamp_seconds',
          'dataset_ok',
          'dataset_interval_seconds',
          'log_rows',
          'log_bytes',
          'log_oldest_row_timestamp_seconds',
          'log_limit_rows',
          'log_limit_bytes',
          'log_limit_age_seconds',
        ].map(name => [name, metrics.of(`dapberry_${name}`, { dataset: 'scripted' })]),
      ),
    ).toEqual({
      rows_made_total: 10,
      rows_overrun_total: 6,
      newest_row_timestamp_seconds: EPOCH + 9,
      dataset_ok: 1,
      dataset_interval_seconds: 1,
      log_rows: 4,
      log_bytes: 4 * (8 + 8 + 4 + 4),
      log_oldest_row_timestamp_seconds: EPOCH + 6,
      log_limit_rows: 4,
      log_limit_bytes: 1000,
      log_limit_age_seconds: 60,
    });
  });

  it('counts dropped rows where rows come with messages', async () => {
    const clock = { steps: 0, lastSteps: [], ahead: 0 };
    await servingScript(new ScriptedSource({ status: { kind: 'sensors', sensors, clock, dropped: 3 } }));
    expect((await scraped.scrape()).of('dapberry_rows_dropped_total')).toBe(3);
  });

  it('is what its clock and schedule, its sensors and channels do', async () => {
    const clock = { steps: 2, lastSteps: [], ahead: 1.5 };
    const schedule = { missedSlots: 5, lateness: 0 };
    const source = new ScriptedSource({ status: { kind: 'sensors', sensors, clock, schedule } });
    await servingScript(source);
    await source.append([row(1), [EPOCH + 2, -0.125, -2147483647, Number.NaN]]);
    const metrics = await scraped.scrape();
    expect(metrics.of('dapberry_slots_missed_total')).toBe(5);
    expect(metrics.of('dapberry_clock_steps_total')).toBe(2);
    expect(metrics.of('dapberry_clock_ahead_seconds')).toBe(1.5);
    const each = (name: string) =>
      metrics.samples(name).map(({ labels: { sensor }, value }) => [sensor, value]);
    expect(each('dapberry_sensor_ok')).toEqual([
      ['one', 1],
      ['two', 0],
    ]);
    expect(each('dapberry_sensor_failing_since_timestamp_seconds')).toEqual([['two', EPOCH + 0.25]]);
    expect(each('dapberry_sensor_failed_reads_total')).toEqual([
      ['one', 7],
      ['two', 3],
    ]);
    expect(metrics.samples('dapberry_channel_value').map(({ labels, value }) => [labels, value])).toEqual([
      [{ dataset: 'scripted', sensor: 'one', channel: 'a', units: '1' }, -0.125],
      // The fill value of a whole-number column.
      [{ dataset: 'scripted', sensor: 'one', channel: 'b', units: '1' }, Number.NaN],
      [{ dataset: 'scripted', sensor: 'two', channel: 'c', units: '1' }, Number.NaN],
    ]);
  });

  it('follows a sensor that fails and comes back', async () => {
    let isConnected = true;
    let failed = 0;
    const probe = sensorOf(
      'probe',
      () => {
        if (isConnected) return [21.5];
        failed += 1;
        throw new Error('no wire');
      },
      { channels: [channel('air', { units: 'degree_Celsius' })] },
    );
    const device = await openDevice({ sensors: [opening(probe)], interval: 0.01 });
    const dataset: Dataset = sampled({ ...SCRIPTED, name: 'garden' }, device);
    await serve({ datasets: [dataset] });
    const labels = { dataset: 'garden', sensor: 'probe' };
    const well = await scraped.scrapeUntil(now => now.of('dapberry_channel_value') === 21.5);
    expect(well.of('dapberry_sensor_ok', labels)).toBe(1);
    expect(well.of('dapberry_sensor_failed_reads_total', labels)).toBe(0);
    expect(well.samples('dapberry_channel_value')[0]!.labels).toEqual({
      ...labels,
      channel: 'air',
      units: 'degree_Celsius',
    });
    isConnected = false;
    const before = Date.now() / 1000;
    const failing = await scraped.scrapeUntil(now => now.of('dapberry_sensor_ok', labels) === 0);
    const since = failing.of('dapberry_sensor_failing_since_timestamp_seconds', labels)!;
    expect(since).toBeGreaterThan(before - 0.1);
    expect(since).toBeLessThanOrEqual(Date.now() / 1000);
    expect(failing.of('dapberry_channel_value')).toBeNaN();
    expect(failing.of('dapberry_sensor_failed_reads_total', labels)).toBeGreaterThanOrEqual(1);
    isConnected = true;
    const back = await scraped.scrapeUntil(now => now.of('dapberry_sensor_ok', labels) === 1);
    expect(back.of('dapberry_sensor_failing_since_timestamp_seconds', labels)).toBeUndefined();
    expect(back.of('dapberry_sensor_failed_reads_total', labels)).toBe(failed);
  });

  it('at interval 0 tells of the rows that all readers had made, and why none come', async () => {
    const device = await openDevice({ sensors: [opening(sensorOf('probe', () => [1]))], interval: 0 });
    await serve({ datasets: [onDemand({ ...SCRIPTED, name: 'fast' }, device)] });
    const answers = await Promise.all(
      [5, 9].map(last => scraped.client().ask(`/fast.asc?sensor[0:1:${last}]`).answer()),
    );
    expect(answers.every(({ complete }) => complete)).toBe(true);
    const metrics = await scraped.scrapeUntil(now => now.of('dapberry_streams_open') === 0);
    expect(metrics.of('dapberry_rows_made_total')).toBeGreaterThanOrEqual(16);
    expect(metrics.of('dapberry_sent_rows_total')).toBe(16);
    expect(metrics.of('dapberry_dataset_ok')).toBe(1);
    for (const ofLog of ['dapberry_log_rows', 'dapberry_log_bytes', 'dapberry_log_encoded_bytes']) {
      expect(metrics.samples(ofLog)).toEqual([]);
    }
  });
});
