// Tests a history whose disk comes late: unsent rows of it are sent first, and rows of another machine begin behind it.

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import { Feed } from '../../../server/publish/feed.ts';
import { ProgressFile } from '../../../server/publish/progress-file.ts';
import type { SharedSource } from '../../../server/source/row-source.ts';
import { HistoryTree, MIDNIGHT, readAll } from '../history/stores.ts';
import { batchOf, LAYOUT, type Row, SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { Receiver } from './scripted-sink.ts';
import { temporaryFolder } from './temporary.ts';

let tree: HistoryTree;
let folder: string;
let receiver: Receiver;
const opened: { close(): Promise<unknown> }[] = [];

beforeEach(async () => {
  tree = new HistoryTree();
  folder = await temporaryFolder();
  receiver = new Receiver();
});

afterEach(async () => {
  await end();
  tree.remove();
});

async function end(): Promise<void> {
  for (const one of opened.splice(0).reverse()) await one.close();
}

/** The disk: away, something else stands in its place. */
const disk = () => join(tree.path, 'disk');

function takeAway(): void {
  renameSync(disk(), `${disk()}-away`);
  writeFileSync(disk(), 'not mounted');
}

function bringBack(): void {
  rmSync(disk());
  renameSync(`${disk()}-away`, disk());
}

async function start(source: SharedSource, isResumed: boolean, patience?: number) {
  const store = await tree.start({
    path: disk(),
    columns: LAYOUT.columns as readonly FileColumn[],
    isResumed,
    ...(patience === undefined ? {} : { patience }),
  });
  const dataset = new StoredDataset(SCRIPTED, source, store);
  opened.push(dataset);
  return { store, dataset };
}

function feedOf(dataset: StoredDataset): Feed {
  const feed = new Feed({
    kind: 'test',
    dataset,
    open: async () => receiver.sink(),
    progressFile: identity =>
      new ProgressFile({ folders: [folder], owner: 'test', dataset: 'scripted', kind: 'test', identity }),
    positions: new Map(),
    pauses: { first: 2, longest: 10 },
    saveEvery: 0,
  });
  opened.push({ close: () => feed.close({ drain: false }) });
  return feed;
}

const rows = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, index) => [MIDNIGHT + from + index, 0, 0, 0]);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const sent = () => receiver.times.map(time => time - MIDNIGHT);

/** The rows of another machine from 0 to 30, of which it gives those behind the last stored one, or the last 15. */
class Relayed extends ScriptedSource {
  override readonly isClocked = false;
  begunBehind: (number | undefined)[] = [];

  override async *rows(signal: AbortSignal, { after }: { readonly after?: number } = {}) {
    this.begunBehind.push(after);
    yield batchOf(after === undefined ? rows(15, 30) : rows(0, 30).filter(([time]) => time! > after));
    for await (const batch of super.rows(signal)) yield batch;
  }
}

async function timesIn(store: Awaited<ReturnType<HistoryTree['open']>>): Promise<number[]> {
  return (await readAll(store)).rows.map(([time]) => time! - MIDNIGHT);
}

/** Leaves the rows 0 to 19 on the disk, of which the receiver has 0 to 9. */
async function fill(): Promise<void> {
  const source = new ScriptedSource({ isClocked: true });
  const { dataset } = await start(source, false);
  const feed = feedOf(dataset);
  await expect.poll(() => feed.status.state).toBe('connected');
  await source.append(rows(0, 10));
  await expect.poll(sent).toEqual(range(0, 10));
  receiver.problem = 'away';
  receiver.drop('away');
  await source.append(rows(10, 20));
  await end();
  receiver.problem = undefined;
  takeAway();
}

describe('a history whose disk comes late', () => {
  it('gives a feed its unsent rows before those of this start', async () => {
    await fill();
    const source = new ScriptedSource({ isClocked: true });
    const { dataset } = await start(source, false);
    const feed = feedOf(dataset);
    await source.append(rows(20, 25));
    await expect.poll(() => dataset.status().store?.history?.failure).toBeDefined();
    expect(sent()).toEqual(range(0, 10));
    bringBack();
    await expect.poll(sent).toEqual(range(0, 25));
    expect(feed.status).toMatchObject({ dropped: 0, gaps: 0 });
  });

  it('lets a feed go on without it after a while, which says that rows are missing', async () => {
    await fill();
    const source = new ScriptedSource({ isClocked: true });
    const { dataset } = await start(source, false, 300);
    const feed = feedOf(dataset);
    await source.append(rows(20, 25));
    await expect.poll(sent).toEqual([...range(0, 10), ...range(20, 25)]);
    expect(feed.status).toMatchObject({
      gaps: 1,
      lastDrop: { reason: expect.stringContaining('the folder of the history could not be opened') },
    });
  });

  it('lets the rows of another machine begin behind its last row', async () => {
    await fill();
    const source = new Relayed();
    const { store } = await start(source, true);
    await expect.poll(() => store.status.history?.failure).toBeDefined();
    expect(source.begunBehind).toEqual([]);
    bringBack();
    await expect.poll(() => timesIn(store)).toEqual(range(0, 30));
    expect(source.begunBehind).toEqual([MIDNIGHT + 19]);
  });

  it('forgets rows of another machine that it has, if they were taken over without it', async () => {
    await fill();
    const { store } = await start(new Relayed(), true, 300);
    await expect.poll(() => timesIn(store)).toEqual(range(15, 30));
    bringBack();
    await store.flush();
    expect(await timesIn(store)).toEqual(range(0, 30));
    expect(store.status.history).toMatchObject({ rows: 30, unfit: 0 });
  });
});
