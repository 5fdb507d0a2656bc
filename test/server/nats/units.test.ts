// Tests a publisher that changes the units of a column: no gateway takes its numbers for those of the units before.

import { expect, it } from 'vitest';
import { attributeTable, attributeText } from '../../../dap/index.ts';
import { Fleet } from '../../../server/nats/fleet.ts';
import { decodeLayout } from '../../../server/nats/layout-message.ts';
import type { RememberedLayout } from '../../../server/nats/nats-source.ts';
import { openNats } from '../../../server/nats/open-source.ts';
import { readHeader } from '../../../server/nats/row-message.ts';
import { LayoutChanged } from '../../../server/source/layout-changed.ts';
import type { SequenceLayout } from '../../../server/source/row-source.ts';
import { describeWith } from '../../tools.ts';
import { LAYOUT } from '../scripted-source.ts';
import { now, rowsFrom, STREAM, sinkRows } from './fleet.ts';
import type { NatsServer } from './nats-server.ts';
import { broker, closeAfterEach, closing, managerOf, session, signal, taken } from './rig.ts';

closeAfterEach();

/** The scripted columns, with other units of the first of them. */
function inUnits(units: string): SequenceLayout {
  const columns = LAYOUT.columns.map(column =>
    column.name === 'a'
      ? {
          ...column,
          attributes: new Map([
            ...column.attributes,
            ['units', { type: 'String', values: [units] }] as const,
          ]),
        }
      : column,
  );
  return { ...LAYOUT, columns };
}

const CELSIUS = inUnits('degree_Celsius');
const FAHRENHEIT = inUnits('degree_Fahrenheit');

const publisher = (server: NatsServer, layout: SequenceLayout) =>
  session([server.url], 'roof', {}, { layout });

async function sourceOf(server: NatsServer, remembered?: RememberedLayout) {
  return closing(
    await openNats({
      nats: { servers: [server.url], stream: STREAM },
      ...{ dataset: 'roof', past: 3600, signal, isLasting: remembered !== undefined },
      remembered: async () => remembered,
    }),
  );
}

const unitsIn = ({ columns }: SequenceLayout) => attributeText(columns[1]!.attributes, 'units');

describeWith('nats-server', 'rows in other units', () => {
  it('have a layout with another id, and rows in the units of before have theirs again', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 20, 15);
    for (const [index, layout] of [CELSIUS, FAHRENHEIT, CELSIUS].entries())
      await (await publisher(server, layout)).send(
        sinkRows(rows.slice(5 * index, 5 * index + 5)),
        signal,
        taken,
      );
    const { streams } = await managerOf(server);
    const ids: string[] = [];
    for (const seq of [1, 2, 3])
      ids.push(readHeader((await streams.getMessage(STREAM, { seq }))!.data).layout);
    expect(ids[2]).toBe(ids[0]);
    expect(ids[1]).not.toBe(ids[0]);
    const units = await Promise.all(
      ids.map(async id => {
        const found = await streams.getMessage(`${STREAM}_layouts`, {
          last_by_subj: `${STREAM}.layout.roof.${id}`,
        });
        return attributeText(attributeTable(decodeLayout(found!.data).attributes, LAYOUT.name, 'a'), 'units');
      }),
    );
    expect(units).toEqual(['degree_Celsius', 'degree_Fahrenheit', 'degree_Celsius']);
  });

  it('end those of a dataset that takes them over, so that it is opened again with the other units', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 20, 10);
    await (await publisher(server, CELSIUS)).send(sinkRows(rows.slice(0, 5)), signal, taken);
    const source = await sourceOf(server);
    expect(unitsIn(source.layout)).toBe('degree_Celsius');
    const batches = source.rows(signal);
    expect((await batches.next()).value?.length).toBe(5);
    const next = batches.next().catch((error: unknown) => error);
    await (await publisher(server, FAHRENHEIT)).send(sinkRows(rows.slice(5)), signal, taken);
    expect(await next).toBeInstanceOf(LayoutChanged);
    expect(unitsIn((await sourceOf(server)).layout)).toBe('degree_Fahrenheit');
  });

  it('do not follow stored ones in the units of before, where the server was away at the start', async () => {
    const server = await broker();
    const [row] = rowsFrom(now() - 20, 1);
    await (await publisher(server, FAHRENHEIT)).send(sinkRows([row!]), signal, taken);
    await server.stop();
    const source = await sourceOf(server, { layout: CELSIUS, attributes: new Map(), lastTime: row![0]! - 1 });
    const next = source.rows(signal, { after: row![0]! - 1 }).next();
    await server.start();
    expect(await next.catch((error: unknown) => error)).toBeInstanceOf(LayoutChanged);
  }, 20_000);

  it('end the streams of a dataset of a fleet, which has the other units then', async () => {
    const server = await broker();
    await publisher(server, CELSIUS);
    const bounds = { rows: 1000, bytes: 1024 ** 2, age: 3600 };
    const nats = { servers: [server.url], stream: STREAM };
    const changes: string[] = [];
    const fleet = closing(
      new Fleet({ nats, pattern: '*', bounds, rest: 60, isPublic: false }, () => false, {
        onEvent: ({ kind }) => changes.push(kind),
      }),
    );
    await fleet.started;
    const [before] = fleet.datasets;
    await publisher(server, FAHRENHEIT);
    await expect.poll(() => changes).toEqual(['added', 'changed']);
    expect(before!.closing.aborted).toBe(true);
    expect(unitsIn(fleet.datasets[0]!.layout)).toBe('degree_Fahrenheit');
  });
});
