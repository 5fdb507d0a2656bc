// Tests streams that cannot begin because of a fault of the program: each request gets an answer, or the end of its connection.

import { afterEach, expect, it } from 'vitest';
import type { Dataset } from '../../../server/dataset/dataset.ts';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import { ndjson } from '../../../server/formats/ndjson.ts';
import type { RowFormat } from '../../../server/formats/row-format.ts';
import type { Cursor } from '../../../server/store/cursor.ts';
import { MemoryStore } from '../../../server/store/memory-store.ts';
import { type Serving, serving } from '../../serving.ts';
import { LAYOUT, SCRIPTED, ScriptedSource } from '../scripted-source.ts';

let server: Serving | undefined;
afterEach(() => server?.close());

/** Counts its cursors that are open. */
class CountedDataset extends StoredDataset {
  cursors = 0;

  override open(plan: Parameters<Dataset['open']>[0]): Cursor {
    const cursor = super.open(plan);
    this.cursors += 1;
    let isOpen = true;
    const close = cursor.close.bind(cursor);
    return Object.assign(cursor, {
      close: () => {
        if (isOpen) this.cursors -= 1;
        isOpen = false;
        close();
      },
    });
  }
}

class BrokenDataset extends StoredDataset {
  override open(): never {
    throw new Error('this cursor does not open');
  }
}

const PARTS = [SCRIPTED, new ScriptedSource(), memory()] as const;

function memory() {
  return new MemoryStore(LAYOUT.columns, { rows: 100, bytes: 1e6, age: 1e6 });
}

/** A format whose writer has a fault. */
function faulty(suffix: string, fault: object): RowFormat {
  const open = async (...content: Parameters<RowFormat['open']>) => ({
    ...(await ndjson.open(...content)),
    ...fault,
  });
  return { ...ndjson, suffix, name: suffix.slice(1), open };
}

const streams = async () => JSON.parse(await (await fetch(`${server!.url}/health`)).text()).streams as number;

it('answers a request whose rows cannot be opened with 500', async () => {
  server = await serving({ datasets: [new BrokenDataset(...PARTS)] });
  for (const suffix of ['.ndjson', '.dods', '.events']) {
    const answer = await fetch(`${server.url}/scripted${suffix}`);
    expect([suffix, answer.status]).toEqual([suffix, 500]);
    await answer.text();
  }
  expect(await streams()).toBe(0);
});

it('answers a browser with 500 where the head for browsers cannot be made, and keeps no cursor', async () => {
  const headForBrowser = () => {
    throw new Error('this head cannot be made');
  };
  const dataset = new CountedDataset(SCRIPTED, new ScriptedSource(), memory());
  server = await serving({
    datasets: [dataset],
    rowFormats: [{ ...faulty('.browsed', {}), headForBrowser }],
  });
  const answer = await fetch(`${server.url}/scripted.browsed`, { headers: { Accept: 'text/html' } });
  expect(answer.status).toBe(500);
  await answer.text();
  expect([await streams(), dataset.cursors]).toEqual([0, 0]);
});

it('breaks the answer off where the stream fails at its first bytes, and keeps neither stream nor cursor', async () => {
  const dataset = new CountedDataset(SCRIPTED, new ScriptedSource(), memory());
  server = await serving({ datasets: [dataset], rowFormats: [faulty('.headless', { head: undefined })] });
  const answer = fetch(`${server.url}/scripted.headless`).then(({ text }) => text());
  await expect(answer).rejects.toThrow();
  await expect.poll(async () => [await streams(), dataset.cursors]).toEqual([0, 0]);
  expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(
    /^dapberry_streams_ended_total\{.*encoding="headless".*reason="failed"\} 1$/m,
  );
});
