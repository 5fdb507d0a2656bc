import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { follow } from '../../../dap/client/index.ts';
import { all, rowsOf, States, take } from './collect.ts';
import { cuttingWire, END, head, type Listening, type Row, responseBytes, rowBytes, serve, Station } from './station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [1369000000.1 + n * 0.7, n]);
const retry = { base: 0 };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function station(rows: readonly Row[] = []): Promise<Station> {
  const opened = await new Station(rows).open();
  open.push({ close: () => opened.crash() });
  return opened;
}

async function wire(...[port, allowed]: Parameters<typeof cuttingWire>): Promise<Listening> {
  const opened = await cuttingWire(port, allowed);
  open.push(opened);
  return opened;
}

/** Where each row of a long series can be told from each other one. */
function series(length: number): Row[] {
  return Array.from({ length }, (_, n) => [1369000000 + n / 3, n]);
}

describe('every row comes exactly once', () => {
  it.each([
    ['in chunks', false],
    ['until the connection closes', true],
  ])('wherever a response %s is cut: at every byte of head and body', async (_how, closeDelimited) => {
    const pi = await station(five);
    pi.closeDelimited = closeDelimited;
    let whole = 0;
    const measured = await wire(pi.port, () => undefined);
    for (const socket of [measured]) void socket;
    const counting = await serve((_request, response) => response.end());
    await counting.close();
    whole = 420 + responseBytes(five).length;
    for (let cut = 0; cut <= whole; cut++) {
      const breaking = await cuttingWire(pi.port, connection => (connection === 0 ? cut : undefined));
      const url = `${breaking.origin}/roberrypi?&sensor.time>0`;
      expect(await take(5, follow(url, { retry })), `cut after ${cut} bytes`).toEqual(five);
      await breaking.close();
    }
  });
});
