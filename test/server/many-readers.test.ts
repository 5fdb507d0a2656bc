import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { openDevice } from '../../device/index.ts';
import type { DatasetInfo } from '../../server/dataset/dataset.ts';
import { ROW_FORMATS } from '../../server/formats/list.ts';
import type { RowFormat } from '../../server/formats/row-format.ts';
import { simulatedTmp36 } from '../device/known-sensors.ts';
import { type Serving, serving } from '../serving.ts';
import { EPOCH } from './asking.ts';
import { inMemory, onDemand, sampled } from './datasets.ts';
import { RawClient } from './raw-client.ts';
import { ScriptedConnection } from './scripted-connection.ts';
import { SCRIPTED, ScriptedSource } from './scripted-source.ts';

const info = (name: string): DatasetInfo => ({ name, title: name, summary: name, source: 'simulation' });
const sensors = [simulatedTmp36({ seed: 1 })];

let server: Serving;
const clients: RawClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map(one => one.leave()));
  await server.close();
});

function client(): RawClient {
  const made = new RawClient(server.port);
  clients.push(made);
  return made;
}

/** The bytes of all rows of a window, without the end marker. */
async function rowsOf(path: string, from: number, to: number): Promise<Buffer> {
  const { status, body } = await client().ask(`${path}?&time>=${from}&time<=${to}`).answer();
  expect(status).toBe(200);
  return body.subarray(0, -4);
}

describe('two hundred readers', () => {
  it('of three kinds get rows that are encoded once for each kind', async () => {
    const device = new ScriptedSource();
    /** How often rows were encoded, for each format and columns. */
    const encoded = new Map<string, number>();
    const counting = (format: RowFormat): RowFormat => ({
      ...format,
      async open(content) {
        const writer = await format.open(content);
        const names = content.plan.sequence.fields.map(({ name }) => name);
        const key = `${format.name} ${names}`;
        return {
          ...writer,
          encode(...batch) {
            encoded.set(key, (encoded.get(key) ?? 0) + 1);
            return writer.encode(...batch);
          },
        };
      },
    });
    server = await serving({
      datasets: [inMemory(SCRIPTED, device)],
      rowFormats: ROW_FORMATS.map(counting),
    });
    const kinds = ['.dods', '.dods?time,c', '.asc?c,time'];
    const readers = Array.from({ length: 200 }, (_, number) => {
      const connection = new ScriptedConnection();
      server.app.server.emit('connection', connection);
      connection.ask(`/scripted${kinds[number % kinds.length]}`);
      return connection;
    });
    const bodies = () => readers.map(({ answers }) => answers[0]!.body);
    const came = (lengths: readonly number[]) => bodies().every(({ length }, at) => length > lengths[at]!);
    while (!came(readers.map(() => 0))) await turn();
    for (let row = 1; row <= 25; row += 1) {
      const before = bodies().map(({ length }) => length);
      await device.append([[EPOCH + row, row / 3, row, row / 4]]);
      while (!came(before)) await turn();
    }
    expect([...encoded.values()]).toEqual([25, 25, 25]);
    const found = bodies();
    expect(found.every((body, number) => body.equals(found[number % kinds.length]!))).toBe(true);
    const all = await rowsOf('/scripted.dods', EPOCH, EPOCH + 25);
    expect(found[0]!.equals(all)).toBe(true);
  });

  it('get every row of a dataset of 200 rows a second, byte by byte the same', async () => {
    const live = sampled(info('live'), await openDevice({ sensors, interval: 0.005 }));
    server = await serving({ datasets: [live], limits: { maxStreamsPerAddress: 300 } });
    while (live.status().lastTime === undefined) await turn();
    const from = live.status().lastTime!;
    const readers = Array.from({ length: 200 }, () => client().ask(`/live.dods?&time>=${from}`));
    await Promise.all(readers.map(reader => reader.until(() => reader.bytes.length > 0)));
    const rows = live.status().rows;
    const [first] = readers as [RawClient];
    await first.until(() => live.status().rows >= rows + 300);
    const all = await rowsOf('/live.dods', from, live.status().lastTime!);
    expect(all.length).toBeGreaterThan(300 * 28);
    for (const reader of readers) {
      await reader.until(() => reader.answers[0]!.body.length >= all.length);
      expect(reader.answers[0]!.body.subarray(0, all.length).equals(all)).toBe(true);
    }
    expect(live.status().overrun).toBe(0);
  });
});

describe('eight clients that read as fast as they can', () => {
  it('get alike, while a live reader beside them misses no row and the server answers', async () => {
    const device = await openDevice({ sensors, interval: 0.05 });
    const live = sampled(info('live'), device);
    const fast = onDemand(info('fast'), await openDevice({ sensors, interval: 0 }));
    server = await serving({ datasets: [live, fast] });
    while (live.status().lastTime === undefined) await turn();
    const from = live.status().lastTime!;
    const reader = client().ask(`/live.dods?&time>=${from}`);
    await reader.until(() => reader.answers[0]!.body.length > 0);

    let isReading = true;
    const greedy = promisify(execFile)(process.execPath, [
      join(import.meta.dirname, 'greedy-readers.mjs'),
      `${server.url}/fast.dods`,
      '8',
      '2',
    ]).finally(() => {
      isReading = false;
    });
    /** Answers that came while all of them read. */
    let answers = 0;
    while (isReading) {
      const answer = await fetch(`${server.url}/health`);
      expect(answer.status).toBe(200);
      const { streams } = (await answer.json()) as { streams: number };
      expect(streams).toBeLessThan(10);
      if (streams === 9) answers += 1;
    }
    const bytes = JSON.parse((await greedy).stdout) as number[];
    expect(answers).toBeGreaterThan(2);
    expect(bytes).toHaveLength(8);
    expect(Math.min(...bytes)).toBeGreaterThan(1e6);
    expect(Math.min(...bytes) / Math.max(...bytes)).toBeGreaterThan(0.5);

    const all = await rowsOf('/live.dods', from, live.status().lastTime!);
    await reader.until(() => reader.answers[0]!.body.length >= all.length);
    expect(reader.answers[0]!.body.subarray(0, all.length).equals(all)).toBe(true);
    // Nor was the sampling held up, as far as a busy machine lets one see.
    expect(device.missedSlots).toBeLessThan(all.length / 28);
  });
});
