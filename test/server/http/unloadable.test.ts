import { afterEach, describe, expect, it } from 'vitest';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import { type Serving, serving } from '../../serving.ts';
import { LAYOUT, SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { SlowStore } from '../slow-store.ts';

const BEGIN = Math.floor(Date.now() / 1000) - 10_000;
const instant = (seconds: number) => new Date((BEGIN + seconds) * 1000).toISOString().replace('.000', '');

let server: Serving | undefined;
afterEach(() => server?.close());

/** Two hundred rows, a second apart, of which all but the newest ones are on a disk that does not answer. */
async function serveUnloadable(): Promise<Serving> {
  const bounds = { rows: 1e6, bytes: 1e9, age: 1e9 };
  const store = new SlowStore(LAYOUT.columns, {
    start: 0,
    memory: 5,
    bounds,
    block: 1,
    turns: 2,
    failing: 1,
    seed: 1,
  });
  const source = new ScriptedSource();
  server = await serving({ datasets: [new StoredDataset(SCRIPTED, source, store)] });
  await source.append(Array.from({ length: 200 }, (_, row) => [BEGIN + row, row, row, row]));
  return server;
}

/** The status, and what came of the body, or `broken off`. */
async function answer(path: string): Promise<readonly [status: number, body: string]> {
  const response = await fetch(`${(await serveUnloadable()).url}/${path}`);
  return [response.status, await response.text().catch(() => 'broken off')];
}

describe('rows that cannot be loaded', () => {
  const WINDOW = `time>=${BEGIN + 10}&time<${BEGIN + 60}`;

  it.each(['.dods', '.csv', '.json', '.ndjson', '.asc', '.events', '.nc'])(
    'break an answer as %s off, or refuse it, and are no fault of the program',
    async suffix => {
      const [status, body] = await answer(`scripted${suffix}?&${WINDOW}`);
      if (status === 200) expect(body).toBe('broken off');
      else expect([status, body]).toEqual([503, expect.stringContaining('cannot be read now')]);
    },
  );

  it.each(['.dods', '.ascii'])('refuse a stretch as %s until they can', async suffix => {
    const [status, body] = await answer(`scripted/${instant(10)}..${instant(60)}${suffix}`);
    expect([status, body]).toEqual([
      503,
      expect.stringContaining('the rows of the stretch cannot be read now; the log of the server says why'),
    ]);
  });
});
