import { describe, expect, it } from 'vitest';
import { isBounded } from '../../../web/stream/bounded.ts';

describe('a constraint', () => {
  it.each([
    'time>1764000000',
    'sensor.time>=now-1hour',
    'time,x&time<2026-01-31T12:00:00Z',
    'time=1764000000',
    'time={1,2,3}',
    '1764000000<time',
    'x&time>5',
  ])('that compares the time says which rows are wanted: %s', async selection => {
    const constraint = selection.includes('&') ? selection : `&${selection}`;
    expect(await isBounded(constraint, 'sensor.time')).toBe(true);
  });

  it.each(['sensor[0:1:9]', 'sensor[0:60:*].x', 'sensor.time,x[0:9]'])(
    'that counts rows does: %s',
    async constraint => {
      expect(await isBounded(constraint, 'sensor.time')).toBe(true);
    },
  );

  it.each([
    '',
    'time,uptime',
    '&uptime>5',
    '&sensor.uptime>=5&runtime<3',
    '&time_of_day>3',
    '&name="time"',
    '&name=~".*time>5.*"',
    '&time!=5',
    '&bucket("time/1minute")',
    '&orderByClosest("time/10minutes")',
    'time,x&x>20',
    '&other.time>5',
  ])('that says nothing of the time does not: %j', async constraint => {
    expect(await isBounded(constraint, 'sensor.time')).toBe(false);
  });

  it('that cannot be read is left alone', async () => {
    expect(await isBounded('&geogrid(a,"time>5"', 'sensor.time')).toBe(true);
  });

  it('bounds no time where no column tells it', async () => {
    expect(await isBounded('&x>5', undefined)).toBe(false);
  });
});
