// Tests that a feed of a dataset with a history loses no row: what memory has forgotten comes from the disk, also after a start.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import { Feed } from '../../../server/publish/feed.ts';
import { ProgressFile } from '../../../server/publish/progress-file.ts';
import type { Sink } from '../../../server/publish/sink.ts';
import { HistoryTree, MIDNIGHT } from '../history/stores.ts';
import { LAYOUT, SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { Receiver } from './scripted-sink.ts';
import { temporaryFolder } from './temporary.ts';

let folder: string;
let tree: HistoryTree;
let receiver: Receiver;
let source: ScriptedSource;
let store: Awaited<ReturnType<HistoryTree['open']>>;
let dataset: StoredDataset;
let feed: Feed | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  tree = new HistoryTree();
  receiver = new Receiver();
});

afterEach(async () => {
  await end();
  tree.remove();
});

/** Starts a dataset whose memory holds 50 rows, and a feed of it. */
async function start(options: Partial<Sink> = {}, limits?: { readonly keep: number }): Promise<void> {
  source = new ScriptedSource();
  store = await tree.open({
    columns: LAYOUT.columns as readonly FileColumn[],
    memory: 50,
    ...(limits === undefined ? {} : { limits }),
  });
  dataset = new StoredDataset(SCRIPTED, source, store);
  feed = new Feed({
    kind: 'test',
    dataset,
    open: async () => receiver.sink(options),
    progressFile: identity =>
      new ProgressFile({ folders: [folder], owner: 'test', dataset: 'scripted', kind: 'test', identity }),
    positions: new Map(),
    pauses: { first: 2, longest: 10 },
    saveEvery: 0,
  });
}

async function end(): Promise<void> {
  await feed?.close({ drain: false });
  feed = undefined;
  await dataset.close();
}

/** Appends rows, one each second of the day, in batches of 20. */
async function append(from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 20) {
    const rows = Array.from({ length: Math.min(20, to - at) }, (_, row) => [MIDNIGHT + at + row, 0, 0, 0]);
    await source.append(rows);
  }
}

const seconds = () => receiver.times.map(time => time - MIDNIGHT);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('a feed of a dataset with a history', () => {
  it('sends from the disk what memory has forgotten while the receiver was away', async () => {
    await start();
    await append(0, 20);
    await expect.poll(seconds).toEqual(range(0, 20));
    receiver.problem = 'away';
    receiver.drop('away');
    await append(20, 400);
    receiver.problem = undefined;
    await expect.poll(seconds).toEqual(range(0, 400));
    expect(feed?.status).toMatchObject({ sent: 400, dropped: 0, gaps: 0, behind: { rows: 0 } });
  });

  it('goes on behind the last row after a start, though the receiver was away until then', async () => {
    await start();
    await append(0, 20);
    await expect.poll(seconds).toEqual(range(0, 20));
    receiver.problem = 'away';
    receiver.drop('away');
    await append(20, 200);
    await end();
    await start();
    await append(200, 300);
    receiver.problem = undefined;
    await expect.poll(seconds).toEqual(range(0, 300));
    expect(feed?.status).toMatchObject({ sent: 280, dropped: 0, gaps: 0 });
  });

  it('sends all past rows to a sink that wants them', async () => {
    await start();
    await append(0, 200);
    await end();
    receiver = new Receiver();
    await start({ begin: 'oldest-row', identity: 'another' });
    await append(200, 210);
    await expect.poll(seconds).toEqual(range(0, 210));
  });

  it('thins out past rows as it does new ones', async () => {
    await start({ interval: 60 });
    receiver.problem = 'away';
    receiver.drop('away');
    await append(0, 400);
    receiver.problem = undefined;
    await expect.poll(seconds).toEqual([0, 60, 120, 180, 240, 300, 360]);
  });

  it.each([1, 2, 3, 4, 5])('gives every row once over starts and failures at any time (%d)', async seed => {
    let random = seed * 7919;
    const chance = (one: number) => {
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      return random % one === 0;
    };
    receiver.onPiece = () => {
      if (chance(3)) throw new Error('full');
      if (chance(4)) receiver.drop('reset');
      return undefined;
    };
    await start({ pieceRows: 16 });
    for (let at = 0; at < 600; at += 30) {
      await append(at, at + 30);
      if (!chance(4)) continue;
      await end();
      await start({ pieceRows: 16 });
    }
    await expect.poll(seconds, { timeout: 5000 }).toEqual(range(0, 600));
    expect(feed?.status).toMatchObject({ dropped: 0, gaps: 0 });
  });

  it('goes on with what is left after rows were deleted while the receiver was away', async () => {
    const day = 86_400;
    await start({}, { keep: day });
    await append(0, 20);
    await expect.poll(seconds).toEqual(range(0, 20));
    receiver.problem = 'away';
    receiver.drop('away');
    await append(20, 60);
    await store.flush();
    // Memory forgets the first of these, and the history the day before.
    await append(3 * day, 3 * day + 200);
    await store.flush();
    await expect.poll(() => store.first).toBeGreaterThanOrEqual(60);
    receiver.problem = undefined;
    await expect.poll(() => seconds().at(-1)).toBe(3 * day + 199);
    expect(seconds().slice(20)).toEqual(range(3 * day, 3 * day + 200));
    expect(feed?.status).toMatchObject({ dropped: 40, lastDrop: { rows: 40 } });
  });

  it('tells of rows that the history has deleted before they were sent', async () => {
    await start();
    await append(0, 20);
    await expect.poll(seconds).toEqual(range(0, 20));
    receiver.problem = 'away';
    receiver.drop('away');
    await append(20, 60);
    await end();
    const day = 86_400;
    receiver.problem = undefined;
    // The rows of the first day are older than a day now, and are deleted when the next ones are stored.
    source = new ScriptedSource();
    store = await tree.open({
      columns: LAYOUT.columns as readonly FileColumn[],
      memory: 50,
      limits: { keep: day },
    });
    dataset = new StoredDataset(SCRIPTED, source, store);
    await append(3 * day, 3 * day + 100);
    await store.flush();
    await expect.poll(() => store.first).toBeGreaterThanOrEqual(60);
    await end();
    await start();
    await append(3 * day + 100, 3 * day + 110);
    await expect.poll(() => seconds().at(-1)).toBe(3 * day + 109);
    expect(seconds().slice(20)).toEqual(range(3 * day, 3 * day + 110));
    expect(feed?.status).toMatchObject({ gaps: 1, dropped: 0 });
  });
});
