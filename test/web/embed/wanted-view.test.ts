import { describe, expect, it } from 'vitest';
import { wantedColumns, wantedTime, withColumns } from '../../../web/embed/wanted-view.ts';
import type { Description } from '../../../web/stream/describe.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const NONE = { window: null, from: null, to: null };

describe('the time of an embedded chart', () => {
  it.each([
    [{ ...NONE }, undefined],
    [{ ...NONE, window: '600' }, { window: 600_000 }],
    [{ ...NONE, window: '10min' }, { window: 600_000 }],
    [{ ...NONE, window: ' 7d ' }, { window: 7 * 86_400_000 }],
    [{ ...NONE, from: 'now-1h' }, { window: 3_600_000 }],
    [
      { window: '1h', from: 'now-2d', to: 'now-1d' },
      { from: NOW - 172_800_000, to: NOW - 86_400_000 },
    ],
  ])('is that of its attributes: %j', (attributes, shown) => {
    expect(wantedTime(attributes, NOW)).toEqual(shown);
  });

  it.each([
    [{ ...NONE, window: 'long' }, 'Expected window to be a length such as 10min, 1h or 7d'],
    [{ ...NONE, window: '' }, 'found ""'],
    [{ ...NONE, window: '0.5' }, 'a number of seconds from 1 on, found "0.5"'],
    [{ ...NONE, from: 'yesterday' }, 'found from="yesterday" and to="now"'],
    [{ ...NONE, to: '2026-11-28' }, 'found from="" and to="2026-11-28"'],
    [{ ...NONE, from: 'now', to: 'now-1h' }, 'the first one earlier'],
  ])('is said to be none: %j', (attributes, message) => {
    expect(() => wantedTime(attributes, NOW)).toThrow(message);
  });
});

describe('the columns of an embedded chart', () => {
  const column = (name: string) => ({ name }) as Description['columns'][number];
  const description = {
    sequence: 's',
    time: { name: 'time' },
    columns: ['air', 'hum', 'wind'].map(column),
  } as unknown as Description;
  const address = { base: 'http://pi/roof', constraint: '' };

  it('are a list with commas', () => {
    expect(wantedColumns('hum, air,hum,')).toEqual(['hum', 'air']);
    expect(wantedColumns(' ')).toBeUndefined();
    expect(wantedColumns(null)).toBeUndefined();
  });

  it('are the only ones that are asked for, with their times', () => {
    const chosen = withColumns(address, description, ['hum', 'air']);
    expect(chosen.description.columns.map(({ name }) => name)).toEqual(['hum', 'air']);
    expect(chosen.address).toEqual({ base: 'http://pi/roof', constraint: 's.time,s.hum,s.air' });
    const constrained = { ...address, constraint: 'time,air&air>3' };
    expect(withColumns(constrained, description, ['air']).address).toBe(constrained);
  });

  it('are some of those that the dataset has', () => {
    expect(() => withColumns(address, description, ['rain'])).toThrow(
      'Expected columns to be some of air, hum, wind, found "rain"',
    );
  });
});
