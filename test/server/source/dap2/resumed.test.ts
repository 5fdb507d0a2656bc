import { afterEach, describe, expect, it } from 'vitest';
import { attributeTable } from '../../../../dap/index.ts';
import type { RememberedLayout } from '../../../../server/source/dap2/open.ts';
import { openDap2 } from '../../../../server/source/dap2/open.ts';
import { LayoutChanged } from '../../../../server/source/layout-changed.ts';
import { ClockedMachine } from '../../clocked-machine.ts';
import { ForeignServer } from './foreign-server.ts';
import { Relay } from './relays.ts';

const POLL = { timeout: 15_000, interval: 10 };

/** A while ago, in whole seconds. */
const T = Math.floor(Date.now() / 1000) - 1000;

const TIME = {
  type: 'Float64',
  name: 'time',
  attributes: ['String units "seconds since 1970-01-01";'],
} as const;
const LEVEL = { type: 'Float64', name: 'level' } as const;

let undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

async function relayOf(address: string, options = {}): Promise<Relay> {
  const relay = await Relay.of(address, options);
  undo.push(() => relay.close());
  return relay;
}

async function upstream(columns = [TIME, LEVEL] as ForeignServer['columns']): Promise<ForeignServer> {
  const server = await new ForeignServer(columns).start();
  undo.push(() => server.close());
  return server;
}

/** The rows that a source gives behind a stored row, up to a number of them. */
async function rowsAfter(address: string, after: number, count: number, remembered?: RememberedLayout) {
  const source = await openDap2({
    ...{ dataset: 'copy', address, past: 86_400, environment: {} },
    signal: new AbortController().signal,
    remembered: async () => remembered,
    pace: { first: 0.01, longest: 0.02 },
  });
  undo.push(() => source.close());
  const rows: number[][] = [];
  const stop = new AbortController();
  for await (const { length, columns } of source.rows(stop.signal, { after })) {
    for (let row = 0; row < length; row += 1) rows.push(columns.map(column => Number(column[row])));
    if (rows.length >= count) stop.abort();
  }
  return { rows, source };
}

describe('a relay that is started again', () => {
  it('goes on exactly behind its last row, also among rows of one time', async () => {
    const server = await upstream();
    server.add([T, 1], [T + 1, 2], [T + 1, 3], [T + 1, 4], [T + 2, 5]);
    // The second of three rows of one time was stored last.
    const { rows } = await rowsAfter(server.url, T + 1.000001, 2);
    expect(rows).toEqual([
      [T + 1.000002, 4],
      [T + 2, 5],
    ]);
  });

  it('goes on behind its last row in other units, of which no number is exactly that time', async () => {
    const hours = { ...TIME, attributes: ['String units "hours since 2000-01-01";'] };
    const server = await upstream([hours, LEVEL]);
    const reading = (seconds: number) => (seconds - 946_684_800) / 3600;
    server.add([reading(T), 1], [reading(T + 0.1), 2], [reading(T + 0.2), 3]);
    const { rows } = await rowsAfter(server.url, Math.round((T + 0.1) * 1e6) / 1e6, 1);
    expect(rows.map(([, level]) => level)).toEqual([3]);
  });

  it('goes on behind a row that the server has lost', async () => {
    const server = await upstream();
    server.add([T + 5, 1], [T + 6, 2]);
    const { rows } = await rowsAfter(server.url, T, 2);
    expect(rows.map(([, level]) => level)).toEqual([1, 2]);
  });

  it('takes its last row once, also where the server seems to have an earlier clock', async () => {
    const server = await upstream();
    const now = Math.floor(Date.now() / 1000);
    // Rows ahead of the clock, of which the server does not send the last one when it is asked for it.
    server.add([now + 60, 1], [now + 61, 2], [now + 62, 3]);
    const head = 'Dataset {\n Sequence {\n Float64 time;\n Float64 level;\n } buoy;\n} station;\n\nData:\n';
    server.habits = {
      kind: 'stream',
      instead: (request, response) => {
        if (!decodeURIComponent(request.url ?? '').includes(`time>=${now + 62}`)) return false;
        response.write(head);
        return true;
      },
    };
    const reading = rowsAfter(server.url, now + 62, 1);
    await expect.poll(() => server.queries.some(query => /time>-\d/.test(query)), POLL).toBe(true);
    await expect.poll(() => server.streams, POLL).toBe(1);
    server.add([now + 63, 4]);
    expect((await reading).rows).toEqual([[now + 63, 4]]);
  });

  it('has the layout of its stored rows while the server is away, and asks for the rows behind them later', async () => {
    const server = await upstream();
    const open = { dataset: 'copy', address: server.url, past: 0, environment: {} };
    const first = await openDap2({
      ...open,
      signal: new AbortController().signal,
      remembered: async () => undefined,
    });
    await first.close();
    const { layout } = first;
    await server.close();
    const attributes = new Map([[layout.name, new Map()]]);
    const relay = await relayOf(server.url, { remembered: { layout, attributes } });
    expect(relay.status.state).not.toBe('following');
    await expect.poll(() => relay.status.state, POLL).toBe('away');
    expect(relay.events).toMatchObject([{ kind: 'away' }]);
    await server.start();
    server.add([T, 1]);
    await expect.poll(() => relay.dataset.status().rows, POLL).toBe(1);
    expect(relay.events.at(-1)).toMatchObject({ kind: 'back' });
  });

  it('ends its rows if the server has other columns than the stored rows', async () => {
    const server = await upstream();
    const remembered = {
      layout: { name: 'buoy', columns: [{ type: 'Float64', name: 'time', attributes: new Map() }] },
      attributes: new Map(),
    } as const;
    await server.close();
    const source = await openDap2({
      ...{ dataset: 'copy', address: server.url, past: 0, environment: {} },
      signal: new AbortController().signal,
      remembered: async () => remembered,
      pace: { first: 0.01, longest: 0.02 },
    });
    undo.push(() => source.close());
    const next = source.rows(new AbortController().signal).next();
    await server.start();
    const error = await next.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LayoutChanged);
    expect((error as LayoutChanged).layout?.columns.map(({ name }) => name)).toEqual(['time', 'level']);
  });
});

describe('a layout that changes on the server', () => {
  it.each([
    ['a column more', [TIME, LEVEL, { type: 'Float64', name: 'wind' }]],
    ['a column less', [TIME, { type: 'Float64', name: 'wind' }]],
    ['a column of another type', [TIME, { type: 'Float32', name: 'level' }]],
    ['a column in other units', [TIME, { ...LEVEL, attributes: ['String units "cm";'] }]],
    ['times in other units', [{ ...TIME, attributes: ['String units "minutes since 1970-01-01";'] }, LEVEL]],
  ] as [string, ForeignServer['columns']][])('ends the rows: %s', async (_what, columns) => {
    const server = await upstream();
    const source = await openDap2({
      ...{ dataset: 'copy', address: server.url, past: 0, environment: {} },
      signal: new AbortController().signal,
      remembered: async () => undefined,
      pace: { first: 0.01, longest: 0.02 },
    });
    undo.push(() => source.close());
    const next = source.rows(new AbortController().signal).next();
    await expect.poll(() => server.streams, POLL).toBe(1);
    await server.close();
    server.columns = columns;
    await server.start();
    expect(await next.catch((thrown: unknown) => thrown)).toBeInstanceOf(LayoutChanged);
  });

  it('is none where only the extremes of the rows change', async () => {
    const ranged = (most: number) => [TIME, { ...LEVEL, attributes: [`Float64 actual_range 0, ${most};`] }];
    const server = await upstream(ranged(1));
    const relay = await relayOf(server.url);
    await expect.poll(() => server.streams, POLL).toBe(1);
    await server.close();
    server.columns = ranged(2);
    await server.start();
    server.add([T, 2]);
    await expect.poll(() => relay.dataset.status().rows, POLL).toBe(1);
    expect(relay.dataset.status().failure).toBeUndefined();
  });
});

describe('a server whose clock was set back', () => {
  it('has rows that are not later than the last one, which are counted and said, and then rows that are', async () => {
    const machine = new ClockedMachine();
    undo.push(() => machine.close());
    await machine.start();
    const now = Date.now() / 1000;
    const relay = await relayOf(machine.url);
    await machine.make(Math.floor(now) - 3, Math.floor(now) - 2);
    await expect.poll(() => relay.dataset.status().rows, POLL).toBe(2);
    await machine.close();
    await machine.start(-600);
    await machine.make(now, now + 1);
    await expect.poll(() => relay.status.untaken.earlier, POLL).toBe(2);
    expect(relay.status).toMatchObject({ isBehind: true });
    const health = async () => JSON.parse(await relay.get('health')) as { status: string };
    expect((await health()).status).toBe('degraded');
    expect(relay.events.at(-1)).toMatchObject({ kind: 'notice' });
    // Its clock catches up.
    await machine.make(now + 700);
    await expect.poll(() => relay.dataset.status().rows, POLL).toBe(3);
    expect(relay.status).toMatchObject({ isBehind: false, untaken: { earlier: 2 } });
    expect((await health()).status).toBe('ok');
  });
});

it('a relay of a dataset of dapberry has its rows, its Sequence and its attributes', async () => {
  const machine = new ClockedMachine();
  undo.push(() => machine.close());
  await machine.start();
  const relay = await relayOf(machine.url);
  const [row] = await machine.make(T);
  await expect.poll(() => relay.dataset.status().rows, POLL).toBe(1);
  expect(await relay.rows()).toEqual([row!.map(String)]);
  const { layout, attributes } = relay.dataset;
  expect(layout.name).toBe('sensor');
  expect(attributeTable(attributes, 'sensor', 'b')?.get('long_name')).toMatchObject({ values: ['whole'] });
  expect(relay.dataset.info).toMatchObject({
    title: 'Rows from a script',
    summary: 'Rows that a test makes.',
  });
});
