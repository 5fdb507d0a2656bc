// Tests that a feed gives its sink every row in order, whatever happens to the sink, and says which rows it cannot give.

import { describe, expect, it } from 'vitest';
import type { FeedStatus } from '../../../server/publish/sink.ts';
import { feedRig, range } from './feed-rig.ts';

const rig = feedRig();

describe('a feed', () => {
  it('begins with the next row, and gives every row in order', async () => {
    await rig().append(1, 2);
    const one = rig().feed();
    await rig().connected(one);
    await rig().append(3, 4);
    await rig().append(5);
    await rig().received(3, 4, 5);
    expect(rig().receiver.values).toEqual([30, 40, 50]);
    await expect
      .poll(() => one.status)
      .toMatchObject({
        kind: 'test',
        to: 'test://receiver',
        sent: 3,
        lastTime: 5,
        behind: { rows: 0, seconds: 0 },
        dropped: 0,
        gaps: 0,
      });
  });

  it('begins with the oldest row for a sink that wants all', async () => {
    await rig().append(1, 2);
    rig().feed({ begin: 'oldest-row' });
    await rig().received(1, 2);
  });

  it('says why a receiver is away, and goes on behind the last row that was taken', async () => {
    const one = rig().feed();
    await rig().connected(one);
    await rig().append(1, 2);
    await rig().received(1, 2);
    rig().receiver.problem = 'no route to the receiver';
    rig().receiver.drop('connection reset');
    await expect.poll(() => one.status.lastError?.message).toBe('no route to the receiver');
    await rig().append(3, 4, 5);
    expect(one.status).toMatchObject({ state: 'away', behind: { rows: 3, seconds: 3 } });
    rig().receiver.problem = undefined;
    await rig().received(1, 2, 3, 4, 5);
    expect(rig().events.map(({ kind }) => kind)).toEqual(['away', 'back']);
  });

  it('asks again as soon as its sink wants, after the errors that it names', async () => {
    const limits: unknown[] = [];
    const longestPause = (error: unknown) => {
      limits.push(error);
      return 2;
    };
    rig().receiver.problem = 'no leader';
    const one = rig().feed({ longestPause }, { first: 60_000, longest: 60_000 });
    await expect.poll(() => rig().receiver.connections).toBeGreaterThan(3);
    rig().receiver.problem = undefined;
    await rig().connected(one);
    expect(limits[0]).toMatchObject({ message: 'no leader' });
  });

  it('counts rows as refused, not as sent, also if a later row of their piece fails', async () => {
    const one = rig().feed();
    await rig().connected(one);
    rig().receiver.onPiece = ({ batch }, onTaken) => {
      if (batch.length < 5) return undefined;
      onTaken(2, { rows: 2, reason: 'too old' });
      onTaken(3);
      throw new Error('the connection broke off');
    };
    await rig().append(1, 2, 3, 4, 5);
    await rig().received(4, 5);
    await expect
      .poll(() => one.status)
      .toMatchObject({ sent: 3, dropped: 2, lastDrop: { rows: 2, reason: 'too old' } });
  });

  it('sends a piece again that was not taken for certain', async () => {
    const one = rig().feed();
    await rig().connected(one);
    let pieces = 0;
    rig().receiver.onPiece = () => {
      pieces += 1;
      if (pieces === 1) throw new Error('the connection broke off');
      return undefined;
    };
    await rig().append(1, 2);
    await rig().received(1, 2);
    expect(pieces).toBe(2);
  });

  it('gives every row once, though the receiver fails at any time', async () => {
    rig().feed({ pieceRows: 3 });
    let piece = 0;
    rig().receiver.onPiece = async () => {
      piece += 1;
      if (piece % 3 === 1) throw new Error('full');
      if (piece % 5 === 2) rig().receiver.drop('reset');
      if (piece % 4 === 0) await new Promise(resolve => setImmediate(resolve));
      return undefined;
    };
    const times = range(1, 91);
    for (let at = 0; at < times.length; at += 7) await rig().append(...times.slice(at, at + 7));
    await rig().received(...times);
  });

  it('counts the rows that memory forgets while the receiver is away', async () => {
    const one = rig().feed();
    await rig().connected(one);
    await rig().append(1);
    await rig().received(1);
    rig().receiver.problem = 'away';
    rig().receiver.drop('away');
    await expect.poll(() => one.status.state).toBe('away');
    await rig().append(...range(2, 152));
    rig().receiver.problem = undefined;
    await expect.poll(() => rig().receiver.times.at(-1)).toBe(151);
    expect(rig().receiver.times).toHaveLength(1 + 100);
    expect(one.status).toMatchObject({
      dropped: 50,
      lastDrop: { rows: 50, reason: 'the dataset has forgotten them' },
    });
    // A feed is no slow client.
    expect(rig().dataset.status().overrun).toBe(0);
  });

  it('counts the rows that memory forgets while the receiver takes others', async () => {
    const one = rig().feed({ pieceRows: 1 });
    await rig().connected(one);
    let take: () => void = () => {};
    rig().receiver.onPiece = () => new Promise(resolve => (take = () => resolve(undefined)));
    await rig().append(1);
    await rig().append(...range(2, 152));
    rig().receiver.onPiece = () => undefined;
    take();
    await expect.poll(() => rig().receiver.times.at(-1)).toBe(151);
    expect(rig().receiver.times).toHaveLength(1 + 100);
    expect(one.status.dropped).toBe(50);
    expect(rig().dataset.status().overrun).toBe(0);
  });

  it('slows no rows down while the receiver takes none', async () => {
    const one = rig().feed();
    await rig().connected(one);
    rig().receiver.onPiece = () => new Promise(() => undefined);
    // The dataset takes each of them at once.
    for (const time of range(1, 51)) await rig().append(time);
    expect(rig().dataset.status().rows).toBe(50);
    expect(one.status.behind).toEqual({ rows: 50, seconds: 0 });
  });

  it('tells of rows that the receiver refuses for good', async () => {
    const one = rig().feed();
    await rig().connected(one);
    rig().receiver.onPiece = () => ({ refused: { rows: 1, reason: 'above the limit of 10 bytes' } });
    await rig().append(1, 2, 3);
    await expect.poll(() => one.status).toMatchObject({ sent: 2, dropped: 1 });
    expect(rig().events).toMatchObject([{ kind: 'dropped', rows: 1, reason: 'above the limit of 10 bytes' }]);
  });

  it('sends one row of each interval', async () => {
    const one = rig().feed({ interval: 10 });
    await rig().connected(one);
    await rig().append(1, 2, 9.5);
    await rig().append(10.5, 11, 29, 30, 31);
    await rig().received(1, 10.5, 29, 30);
    await expect.poll(() => one.status.behind.rows).toBe(0);
  });

  it('is not asked again at once by a receiver that drops each connection', async () => {
    rig().receiver.problem = 'refused';
    const begun = performance.now();
    const one = rig().feed();
    await expect.poll(() => rig().receiver.connections).toBeGreaterThan(6);
    // 2, 4, 8 and then 10 ms, each shortened by a fifth at the most.
    expect(performance.now() - begun).toBeGreaterThan(0.8 * (2 + 4 + 8 + 10 + 10 + 10) - 1);
    expect(rig().events).toHaveLength(1);
    expect(one.status.state).toBe('away');
  });
});

describe('a feed of the newest rows', () => {
  it('gives the newest row whenever the receiver is ready for one', async () => {
    const one = rig().feed({ newestOnly: true });
    await rig().connected(one);
    await rig().append(1);
    await rig().received(1);
    let take: () => void = () => {};
    rig().receiver.onPiece = () => new Promise(resolve => (take = () => resolve(undefined)));
    await rig().append(2);
    await rig().append(3, 4);
    await rig().append(5);
    rig().receiver.onPiece = () => undefined;
    take();
    await rig().received(1, 2, 5);
    expect(one.status.dropped).toBe(0);
  });

  it('gives the newest row alone after the receiver was away', async () => {
    const one = rig().feed({ newestOnly: true });
    await rig().connected(one);
    rig().receiver.problem = 'away';
    rig().receiver.drop('away');
    await expect.poll(() => one.status.state).toBe('away');
    await rig().append(1, 2, 3);
    rig().receiver.problem = undefined;
    await rig().received(3);
  });

  it('gives one row of each interval', async () => {
    const one = rig().feed({ newestOnly: true, interval: 10 });
    await rig().connected(one);
    await rig().append(12);
    await rig().received(12);
    await rig().append(13);
    await rig().append(19);
    await rig().append(21);
    await rig().received(12, 21);
  });
});

describe('the status of a feed', () => {
  it('says what the feed has done', async () => {
    const one = rig().feed();
    await rig().connected(one);
    await rig().append(1);
    await rig().received(1);
    const { since, ...status }: FeedStatus = await expect
      .poll(() => one.status, {})
      .toMatchObject({ sent: 1, behind: { rows: 0 } })
      .then(() => one.status);
    expect(since).toBeGreaterThan(1e9);
    expect(status).toEqual({
      kind: 'test',
      to: 'test://receiver',
      state: 'connected',
      sent: 1,
      lastTime: 1,
      behind: { rows: 0, seconds: 0 },
      dropped: 0,
      gaps: 0,
    });
  });
});
