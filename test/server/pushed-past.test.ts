import { afterEach, describe, expect, it } from 'vitest';
import { StoredDataset } from '../../server/dataset/stored.ts';
import { type Serving, serving } from '../serving.ts';
import { historyTree } from './history/stores.ts';
import { LAYOUT, SCRIPTED, ScriptedSource } from './scripted-source.ts';

const HOUR = 3600;
/** An hour that is over. */
const BEGIN = Math.floor(Date.now() / 1000 / HOUR) * HOUR - 2 * HOUR;
const row = (seconds: number) => [BEGIN + seconds, seconds, 1, 0.5];
const instant = (seconds: number) => `${new Date((BEGIN + seconds) * 1000).toISOString().slice(0, 19)}Z`;

let server: Serving | undefined;
afterEach(() => server?.close());

/** Rows of a machine that has been away for an hour and a half; this server has started since. */
async function serveStored(): Promise<string> {
  const tree = historyTree();
  const options = {
    columns: LAYOUT.columns as readonly { type: 'Float64'; name: string }[],
    memory: 100,
  };
  const before = await tree.open(options);
  const source = new ScriptedSource();
  const dataset = new StoredDataset(SCRIPTED, source, before);
  await source.append([row(0), row(10), row(1800)]);
  await dataset.close();
  const store = await tree.open(options);
  server = await serving({ datasets: [new StoredDataset(SCRIPTED, new ScriptedSource(), store)] });
  return server.url;
}

const ask = async (path: string) => {
  const response = await fetch(`${await serveStored()}/${path}`);
  return [response.status, await response.text()] as const;
};

describe('rows of a machine that is away', () => {
  it.each(['scripted.csv?time&time<now', 'scripted.csv?time&time<=now-10minutes', 'past/scripted.csv?time'])(
    'are all of %s, which ends',
    async path => {
      expect(await ask(path)).toEqual([
        200,
        `time\n${[0, 10, 1800].map(seconds => `${instant(seconds)}\n`).join('')}`,
      ]);
    },
  );

  it('are all of a stretch before the newest one', async () => {
    const [status, text] = await ask(`scripted/${instant(0)}..${instant(1800)}.ascii?time`);
    expect(status).toBe(200);
    expect(text.match(new RegExp(`${BEGIN}(?:\\.0)?, ${BEGIN + 10}`))).not.toBeNull();
  });

  it('are no whole stretch behind the newest one', async () => {
    const [status, text] = await ask(`scripted/${instant(0)}..${instant(3600)}.ascii?time`);
    expect(status).toBe(409);
    expect(text).toContain(`expected an end before the newest row (${instant(1800)})`);
  });
});
