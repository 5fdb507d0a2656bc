import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { follow } from '../../../dap/client/index.ts';
import { all, take } from './collect.ts';
import { station } from './opened.ts';
import { head, type Row, responseBytes, wireTo } from './station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [1369000000.1 + n * 0.7, n]);
const retry = { base: 0 };

/** Rows that are all different, a third of a second apart. */
function series(length: number): Row[] {
  return Array.from({ length }, (_, n) => [1369000000 + n / 3, n]);
}

describe('every row comes exactly once', () => {
  const constraint = `&sensor.time>0&sensor.time<=${five[4]![0]}`;
  const later: Row = [2e9, 0];

  it.each([
    ['in chunks', false],
    ['until the connection closes', true],
  ])('if a response that comes %s is cut at any byte', async (_how, closeDelimited) => {
    const pi = await station([...five, later]);
    pi.closeDelimited = closeDelimited;
    const whole = await wireTo(pi.port);
    expect(await all(follow(`${whole.origin}/roberrypi`, { constraint }))).toEqual(five);
    await whole.close();
    const length = whole.carried[0]!;
    expect(length).toBeGreaterThan(responseBytes(five).length);
    for (let cut = 0; cut < length; cut++) {
      const wire = await wireTo(pi.port, connection => (connection === 0 ? cut : undefined));
      const rows = await all(follow(`${wire.origin}/roberrypi`, { constraint, retry }));
      expect(rows, `cut after ${cut} of ${length} bytes`).toEqual(five);
      await wire.close();
    }
  });

  it('if the response without the time column, after which it is requested, is cut at any byte', async () => {
    const pi = await station([...five, later]);
    pi.closeDelimited = true;
    const projected = `sensor.temperature${constraint}`;
    for (let cut = 0; cut < head().length + 200; cut++) {
      const wire = await wireTo(pi.port, connection => (connection === 1 ? cut : undefined));
      const rows = await all(follow(`${wire.origin}/roberrypi`, { constraint: projected, retry }));
      expect(rows, `cut after ${cut} bytes`).toEqual(five.map(([, temperature]) => [temperature]));
      await wire.close();
    }
  });

  it('over a hundred cuts at random bytes', async () => {
    // More than a hundred connections of up to 1200 bytes can carry.
    const rows = series(3500);
    const pi = await station(rows);
    const cuts = fc.array(fc.integer({ min: 1, max: 1200 }), { minLength: 100, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), async (allowed, closeDelimited) => {
        pi.closeDelimited = closeDelimited;
        const wire = await wireTo(pi.port, connection => allowed[connection]);
        const seen = await take(rows.length, follow(`${wire.origin}/roberrypi?&sensor.time>0`, { retry }));
        expect(seen).toEqual(rows);
        expect(wire.carried.length).toBe(101);
        await wire.close();
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  it.each([
    ['[0:1:9]', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['[3:1:6]', [3, 4, 5, 6]],
    ['[1:3:12]', [1, 4, 7, 10]],
    ['[2:5:19]', [2, 7, 12, 17]],
  ])('for a row range %s that is cut at any byte', async (range, expected) => {
    const pi = await station(series(40));
    const length = head().length + 200 + expected.length * 26;
    for (let cut = 1; cut < length; cut += 5) {
      // The first three connections break, each a little later than the one before.
      const wire = await wireTo(pi.port, connection => (connection < 3 ? cut + 9 * connection : undefined));
      const rows = follow(`${wire.origin}/roberrypi?sensor${range}&sensor.time>=0`, { retry });
      expect(
        (await all(rows)).map(([, n]) => n),
        `cut after ${cut} bytes`,
      ).toEqual(expected);
      await wire.close();
    }
  });

  it('for a selection, with times of many digits', async () => {
    const rows: Row[] = [1e-7, 0.1, 0.2, 0.1 + 0.2, 1 / 3, 2 ** 53 / 7].map((time, n) => [time, n]);
    const pi = await station(rows);
    for (let cut = 300; cut < 480; cut += 4) {
      const wire = await wireTo(pi.port, connection => cut + connection * 10);
      const url = `${wire.origin}/roberrypi?&sensor.time>=0&sensor.temperature<=4`;
      expect(await take(5, follow(url, { retry }))).toEqual(rows.filter(([, n]) => n <= 4));
      await wire.close();
    }
  });
});
