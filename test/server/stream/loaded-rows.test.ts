import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import { ROW_FORMATS } from '../../../server/formats/list.ts';
import type { RowFormat } from '../../../server/formats/row-format.ts';
import type { PositionedRows } from '../../../server/store/row-store.ts';
import { type Serving, serving } from '../../serving.ts';
import { EPOCH } from '../asking.ts';
import { ScriptedConnection } from '../scripted-connection.ts';
import { LAYOUT, SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { SlowStore } from '../slow-store.ts';

const READERS = 40;

/** Milliseconds that the encoding of one reader's rows takes. */
const WORK = 2;

let server: Serving;
afterEach(() => server.close());

/** A store whose rows are loaded for all readers at once. */
class GatedStore extends SlowStore {
  waiting = 0;
  open: () => void = () => {};
  readonly #gate = new Promise<void>(resolve => {
    this.open = resolve;
  });

  override async load(position: number, most: number): Promise<PositionedRows> {
    this.waiting += 1;
    await this.#gate;
    return super.load(position, most);
  }
}

function slow(format: RowFormat): RowFormat {
  return {
    ...format,
    async open(content) {
      const writer = await format.open(content);
      return {
        ...writer,
        encode(...batch) {
          const end = performance.now() + WORK;
          while (performance.now() < end);
          return writer.encode(...batch);
        },
      };
    },
  };
}

it('rows that are loaded for many readers at once leave the event loop to others between the readers', async () => {
  const source = new ScriptedSource();
  const bounds = { rows: 100, bytes: 1e6, age: 1e9 };
  const store = new GatedStore(LAYOUT.columns, {
    start: 0,
    memory: 1,
    bounds,
    block: 1,
    turns: 0,
    failing: 0,
    seed: 1,
  });
  server = await serving({
    datasets: [new StoredDataset(SCRIPTED, source, store)],
    rowFormats: ROW_FORMATS.map(slow),
  });
  await source.append([0, 1, 2, 3].map(row => [EPOCH + row, row, row, row]));
  const readers = Array.from({ length: READERS }, (_, number) => {
    const connection = new ScriptedConnection();
    server.app.server.emit('connection', connection);
    // Conditions of their own, so that no reader gets the bytes of another one.
    connection.ask(`/scripted.dods?time&time>=${EPOCH}&a>=${-number - 1}`);
    return connection;
  });
  while (store.waiting < READERS) await turn();
  const hasRows = () => readers.filter(({ answers }) => answers[0]!.body.includes('Data:\n')).length;
  expect(hasRows()).toBe(READERS);
  const lengths = readers.map(({ answers }) => answers[0]!.body.length);
  store.open();
  let turns = 0;
  while (readers.some(({ answers }, index) => answers[0]!.body.length === lengths[index])) {
    await turn();
    turns += 1;
  }
  // 80 ms of work, 2 ms and one reader's rows of it at once.
  expect(turns).toBeGreaterThan(8);
});
