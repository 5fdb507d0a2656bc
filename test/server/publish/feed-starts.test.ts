// Tests that a feed goes on after another start of the server behind the last row that was taken, whatever the clock does.

import { describe, expect, it } from 'vitest';
import { feedRig } from './feed-rig.ts';

const rig = feedRig();

describe('a feed after another start', () => {
  it('goes on behind the last row that was taken', async () => {
    await rig().connected(rig().feed());
    await rig().append(1, 2);
    await rig().received(1, 2);
    await rig().startAgain();
    await rig().append(3);
    const one = rig().feed();
    await rig().append(4);
    await rig().received(1, 2, 3, 4);
    expect(one.status).toMatchObject({ sent: 2, dropped: 0 });
  });

  it('counts the rows that were only in memory', async () => {
    await rig().connected(rig().feed());
    await rig().append(1);
    await rig().received(1);
    rig().receiver.problem = 'away';
    rig().receiver.drop('away');
    await rig().append(2, 3, 4);
    await rig().startAgain();
    rig().receiver.problem = undefined;
    const one = rig().feed();
    await rig().append(5);
    await rig().received(1, 5);
    expect(one.status).toMatchObject({ dropped: 3, lastDrop: { rows: 3 } });
  });

  it('sends what is left at the end in a short time', async () => {
    const one = rig().feed();
    await rig().connected(one);
    await rig().append(1, 2, 3);
    await Promise.all([one.close({ drain: true }), rig().dataset.close()]);
    expect(rig().receiver.times).toEqual([1, 2, 3]);
    expect(rig().receiver.open).toBe(0);
  });

  it('does not wait for a receiver that takes nothing', async () => {
    const one = rig().feed();
    await rig().connected(one);
    rig().receiver.onPiece = () => new Promise(() => undefined);
    await rig().append(1);
    await Promise.all([one.close({ drain: true }), rig().dataset.close()]);
    await rig().startAgain();
    rig().receiver.onPiece = () => undefined;
    const next = rig().feed();
    await rig().append(2);
    await rig().received(2);
    expect(next.status.dropped).toBe(1);
  });

  it('tells of rows of a clock that is behind', async () => {
    await rig().connected(rig().feed());
    await rig().append(1000);
    await rig().received(1000);
    await rig().startAgain();
    const one = rig().feed();
    await rig().append(5, 6);
    await rig().append(7, 1001, 1002);
    await rig().received(1000, 1001, 1002);
    expect(one.status).toMatchObject({ dropped: 3, sent: 2 });
    expect(one.status.lastDrop?.reason).toBe(
      'their times are not after those of the rows that were sent before',
    );
  });

  it('does not believe the times of a clock that was ahead', async () => {
    await rig().connected(rig().feed());
    await rig().append(5000);
    await rig().received(5000);
    await rig().startAgain();
    rig().synchronized = 'yes';
    await rig().append(50);
    const one = rig().feed();
    await rig().append(51);
    await rig().connected(one);
    await rig().append(52);
    await rig().received(5000, 50, 51, 52);
    expect(one.status.dropped).toBe(0);
  });

  it.each([
    ['before', true],
    ['after', false],
  ])(
    'does not send rows again that a relay takes over once more %s the feed begins',
    async (_when, isBefore) => {
      const now = Math.floor(Date.now() / 1000);
      rig().synchronized = 'yes';
      await rig().connected(rig().feed());
      await rig().append(now - 200, now - 100, now);
      await rig().received(now - 200, now - 100, now);
      await rig().startAgain({ isClocked: false });
      if (isBefore) await rig().append(now - 200);
      const one = rig().feed();
      await rig().connected(one);
      if (!isBefore) await rig().append(now - 200);
      await rig().append(now - 100);
      await rig().append(now, now + 1);
      await rig().received(now - 200, now - 100, now, now + 1);
      // The receiver has them: they are not lost.
      expect(one.status).toMatchObject({ sent: 1, dropped: 0, gaps: 0 });
      expect(rig().events.map(({ kind }) => kind)).not.toContain('dropped');
    },
  );

  it('counts no rows as lost that a relay without a history takes over once more', async () => {
    const now = Math.floor(Date.now() / 1000);
    await rig().startAgain({ isClocked: false });
    const before = rig().feed();
    await rig().connected(before);
    await rig().append(now - 3);
    await rig().received(now - 3);
    await rig().takeAway(before);
    await rig().append(now - 2, now - 1);
    await rig().startAgain({ isClocked: false });
    rig().receiver.problem = undefined;
    const one = rig().feed();
    await rig().connected(one);
    await rig().append(now - 3, now - 2);
    await rig().append(now - 1, now);
    await rig().received(now - 3, now - 2, now - 1, now);
    expect(one.status).toMatchObject({ sent: 3, dropped: 0, gaps: 0 });
  });

  it('counts the rows that a relay does not take over once more', async () => {
    const now = Math.floor(Date.now() / 1000);
    await rig().startAgain({ isClocked: false });
    const before = rig().feed();
    await rig().connected(before);
    await rig().append(now - 3);
    await rig().received(now - 3);
    await rig().takeAway(before);
    await rig().append(now - 2, now - 1);
    await rig().startAgain({ isClocked: false });
    rig().receiver.problem = undefined;
    const one = rig().feed();
    await rig().append(now);
    await rig().received(now - 3, now);
    expect(one.status).toMatchObject({ dropped: 2, lastDrop: { rows: 2 } });
  });

  it('does not believe the times of the other server of a relay whose clock was ahead by hours', async () => {
    const now = Math.floor(Date.now() / 1000);
    rig().synchronized = 'yes';
    await rig().connected(rig().feed());
    await rig().append(now + 20_000);
    await rig().received(now + 20_000);
    await rig().startAgain({ isClocked: false });
    const one = rig().feed();
    await rig().connected(one);
    await rig().append(now);
    await rig().received(now + 20_000, now);
    expect(one.status.dropped).toBe(0);
  });

  it('goes on in the same place after the sink was opened again', async () => {
    const one = rig().feed();
    await rig().connected(one);
    await rig().append(1, 2);
    await rig().received(1, 2);
    await one.close({ drain: false });
    await rig().append(3);
    await rig().connected(rig().feed());
    await rig().append(4);
    await rig().received(1, 2, 3, 4);
  });
});
