import { describe, expect, it } from 'vitest';
import type { DatasetHealth, FailingSensor } from '../../../web/health/health.ts';
import { newsOf, noticesOf } from '../../../web/health/notices.ts';

const air: FailingSensor = {
  name: 'air',
  columns: ['temperature', 'x'],
  since: 1795239034500,
  reason: 'no answer',
};
const labels = new Map([['temperature', 'Air temperature']]);

function said(dataset: Partial<DatasetHealth>, problems: readonly string[] = [], isUnsynchronized = false) {
  const whole = { name: 'one', failing: [], failure: undefined, ahead: 0, forward: 0, ...dataset };
  return noticesOf({ problems, isUnsynchronized, datasets: [whole] }, whole, labels);
}

describe('notices', () => {
  it('are none where all is well, or the server no longer has the dataset', () => {
    expect(said({})).toEqual([]);
    const health = { problems: [], isUnsynchronized: false, datasets: [] };
    expect(noticesOf(health, undefined, labels)).toEqual([]);
  });

  it('say which sensor fails, since when and why, and which columns have no values', () => {
    expect(said({ failing: [air] })).toMatchObject([
      {
        title: 'Sensor air fails',
        since: 1795239034500,
        text: 'No values for Air temperature, x.',
        lines: ['no answer'],
      },
    ]);
    const columns = Array.from({ length: 9 }, (_, index) => `c${index}`);
    expect(said({ failing: [{ ...air, columns }] })[0]!.text).toBe(
      'No values for c0, c1, c2, c3, c4, c5 and 3 more.',
    );
    expect(said({ failing: [{ ...air, columns: [], reason: '' }] })).toMatchObject([{ text: '', lines: [] }]);
  });

  it('name the first problems of a configuration, and how many more there are', () => {
    expect(said({}, ['1', '2', '3'])).toMatchObject([{ lines: ['1', '2', '3'], more: 0 }]);
    expect(said({}, ['1', '2', '3', '4', '5'])).toMatchObject([
      {
        title: 'The configuration is wrong',
        text: 'The server goes on with the one before.',
        lines: ['1', '2', '3'],
        more: 2,
      },
    ]);
  });

  it('say how far row times are ahead of a clock that was set back, if a person can notice', () => {
    expect(said({ ahead: 12_400 })[0]!.text).toMatch(/^Row times are 12 s ahead of it/);
    expect(said({ ahead: 0.4 })).toEqual([]);
  });

  it('say that the clock is not synchronised, and how far it was set forward lately', () => {
    expect(said({}, [], true)).toMatchObject([
      { title: 'The server’s clock is not synchronised', text: 'The times of its rows may be wrong.' },
    ]);
    expect(said({ forward: 3_600_000 })).toMatchObject([
      {
        title: 'The server’s clock was set forward',
        text: 'Earlier rows have the times of the clock as it was, 60 min behind.',
      },
    ]);
  });

  it('say why no more rows come', () => {
    expect(said({ failure: 'EBUSY' })).toMatchObject([
      { title: 'The rows have broken off', lines: ['EBUSY'] },
    ]);
  });
});

describe('the news', () => {
  it('are what has begun and what is over, not what is as it was', () => {
    const one = said({ failing: [air], ahead: 12_000 });
    const other = said({ failing: [{ ...air, name: 'soil' }], ahead: 11_000 });
    expect(newsOf([], one)).toBe('The server’s clock was set back. Sensor air fails.');
    expect(newsOf(one, other)).toBe('Sensor soil fails. Sensor air fails no more.');
    expect(newsOf(other, said({}, ['1']))).toBe(
      'The configuration is wrong. The server’s clock has caught up. Sensor soil fails no more.',
    );
    expect(newsOf(other, other)).toBe('');
  });
});
