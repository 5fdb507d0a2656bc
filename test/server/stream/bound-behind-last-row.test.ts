// Tests a stream whose upper bound on time is a hair after the newest row of another machine: it waits for the next row.

import { afterEach, expect, it } from 'vitest';
import type { Dataset } from '../../../server/dataset/dataset.ts';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import type { Cursor } from '../../../server/store/cursor.ts';
import { MemoryStore } from '../../../server/store/memory-store.ts';
import { type Serving, serving } from '../../serving.ts';
import { LAYOUT, SCRIPTED, ScriptedSource } from '../scripted-source.ts';

let server: Serving | undefined;
afterEach(() => server?.close());

/** Counts the looks of its readers for rows. */
class WatchedDataset extends StoredDataset {
  looks = 0;

  override open(plan: Parameters<Dataset['open']>[0]): Cursor {
    const cursor = super.open(plan);
    const next = cursor.next.bind(cursor);
    return Object.assign(cursor, {
      next: (most: number) => {
        this.looks += 1;
        return next(most);
      },
    });
  }
}

/** Resolves when a timer of a few milliseconds, as busy looks would use, has fired that often. */
function ticks(count: number): Promise<void> {
  return new Promise(resolve => {
    let left = count;
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      resolve();
    }, 3);
  });
}

it('looks for rows again only when one comes, which ends the stream', async () => {
  const source = new ScriptedSource();
  const store = new MemoryStore(LAYOUT.columns, { rows: 100, bytes: 1e6, age: 1e6 });
  const dataset = new WatchedDataset(SCRIPTED, source, store);
  server = await serving({ datasets: [dataset] });
  const begin = Math.floor(Date.now() / 1000) - 60;
  await source.append([[begin, 1, 1, 1]]);
  const answer = await fetch(`${server.url}/scripted.csv?time,a&time>=${begin}&time<=${begin}.001`);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes(',1\n')) text += (await reader.read()).value;
  const { looks } = dataset;
  await ticks(20);
  expect(dataset.looks - looks).toBeLessThan(3);
  await source.append([[begin + 1, 2, 2, 2]]);
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value;
  expect(
    text
      .trim()
      .split('\n')
      .map(line => line.split(',')[1]),
  ).toEqual(['a', '1']);
});
