import { describe, expect, it } from 'vitest';
import {
  type DatasetHealth,
  type FailingSensor,
  parseHealth,
  type WrongConfiguration,
} from '../../../web/health/health.ts';
import type { HistoryHealth } from '../../../web/health/history-health.ts';
import { newsOf, noticesOf } from '../../../web/health/notices.ts';

const air: FailingSensor = {
  name: 'air',
  columns: ['temperature', 'x'],
  since: 1795239034500,
  reason: 'no answer',
};
const labels = new Map([['temperature', 'Air temperature']]);

function said(
  dataset: Partial<DatasetHealth>,
  problems: readonly string[] = [],
  isUnsynchronized = false,
  other: Partial<WrongConfiguration> = {},
) {
  const whole = {
    name: 'one',
    failing: [],
    failure: undefined,
    ahead: 0,
    forward: 0,
    description: '',
    extent: undefined,
    history: undefined,
    publish: [],
    ...dataset,
  };
  const wrong: WrongConfiguration | undefined =
    problems.length === 0
      ? undefined
      : { problems, since: 1795239034500, inUse: 'previous', lastGood: undefined, ...other };
  return noticesOf({ wrong, failed: [], isUnsynchronized, datasets: [whole] }, whole, labels);
}

describe('notices', () => {
  it('are none where all is well, or the server no longer has the dataset', () => {
    expect(said({})).toEqual([]);
    const health = { wrong: undefined, failed: [], isUnsynchronized: false, datasets: [] };
    expect(noticesOf(health, undefined, labels)).toEqual([]);
  });

  it('say that a receiver of the rows takes none, how many wait, and which it will not get', () => {
    const told = (publish: unknown) => {
      const health = parseHealth({ datasets: [{ name: 'one', lastTime: 1000, publish: [publish] }] })!;
      return noticesOf(health, health.datasets[0], labels);
    };
    const to = 'mqtt://broker:1883';
    const connected = { kind: 'mqtt', to, state: 'connected', since: 900, behind: { rows: 3, seconds: 2 } };
    expect(told(connected)).toEqual([]);
    const away = { ...connected, state: 'away', lastError: { time: 950, message: 'connection refused' } };
    expect(told(away)).toEqual([
      {
        key: `publish ${to}`,
        title: `${to} takes no rows`,
        since: 900_000,
        text: 'The server tries again; 3 rows wait.',
        lines: ['connection refused'],
        over: `${to} takes rows again`,
      },
    ]);
    const lastDrop = { time: 990, rows: 2, reason: 'the dataset has forgotten them' };
    expect(told({ ...connected, lastDrop })).toMatchObject([
      { title: `Rows did not reach ${to}`, lines: ['the dataset has forgotten them'] },
    ]);
    expect(told({ ...connected, lastDrop: { ...lastDrop, time: -90_000 } })).toEqual([]);
  });

  it('say until when a certificate is valid, and what is wrong with its files', () => {
    const told = (certificate: object) =>
      noticesOf(parseHealth({ datasets: [], certificate })!, undefined, labels).map(
        ({ title, text, lines }) => [title, text, lines],
      );
    const expires = 1795239034;
    expect(told({ state: 'valid', expires })).toEqual([]);
    for (const state of ['expiring', 'expired'])
      expect(told({ state, expires })).toEqual([
        [
          'The certificate of the server is not renewed',
          expect.stringMatching(/^It is valid until .*2026.*\.$/),
          [],
        ],
      ]);
    expect(told({ state: 'valid', expires, problem: 'server.tls.key: x' })).toEqual([
      ['The certificate of the server is wrong', 'The former one stays in use.', ['server.tls.key: x']],
    ]);
    expect(told({ state: 7, expires: 'x', problem: {} })).toEqual([]);
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
        since: 1795239034500,
        text: 'The server goes on with the one before.',
        lines: ['1', '2', '3'],
        more: 2,
      },
    ]);
  });

  it('say what runs where the server has started with a wrong configuration', () => {
    const [good] = said({}, ['1'], false, { inUse: 'last-good', lastGood: Date.UTC(2020, 10, 29, 12) });
    expect(good!.text).toMatch(/^The server has started with the last good one of 2020-11-\d\d .*\.$/);
    const [none] = said({}, ['1'], false, { inUse: 'host-only' });
    expect(none!.text).toBe('No earlier one can be used: only the load of the machine is served.');
  });

  it('name the datasets that could not be opened', () => {
    const health = { wrong: undefined, failed: ['dataset a: x'], isUnsynchronized: false, datasets: [] };
    expect(noticesOf(health, undefined, labels)).toMatchObject([
      { title: 'A dataset could not be opened', lines: ['dataset a: x'] },
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

describe('notices about the history', () => {
  const healthy = { writing: undefined, merging: undefined, deleting: undefined, unfit: undefined };
  const about = (history: Partial<HistoryHealth>) =>
    said({ history: { ...healthy, lost: 0, setAside: 0, lastSetAside: '', ...history } });

  it('are none while rows are stored', () => {
    expect(about({})).toEqual([]);
  });

  it('say why rows cannot be stored, and since when', () => {
    expect(about({ writing: { reason: 'ENOSPC: no space left', since: 1795239034500 } })).toMatchObject([
      {
        title: 'Rows cannot be stored on the server’s disk',
        since: 1795239034500,
        lines: ['ENOSPC: no space left'],
      },
    ]);
  });

  it('say that rows were lost, or are not stored for their times', () => {
    expect(about({ lost: 7, unfit: { reason: '', since: 5000 } })).toMatchObject([
      { title: '7 rows were lost' },
      { title: 'New rows are not stored on the server’s disk', since: 5000, lines: [] },
    ]);
    expect(about({ lost: 1 })).toMatchObject([{ title: 'A row was lost' }]);
  });

  it('say which file was set aside, and that days cannot be merged or deleted', () => {
    const merging = { reason: 'EACCES', since: undefined };
    expect(
      about({ setAside: 3, lastSetAside: 'a: set aside as b: c', merging, deleting: merging }),
    ).toMatchObject([
      { title: '3 files with past rows were set aside', lines: ['a: set aside as b: c'] },
      { title: 'The server cannot merge the files of past days', lines: ['EACCES'] },
      { title: 'The server cannot delete its oldest rows', lines: ['EACCES'] },
    ]);
    expect(about({ setAside: 1 })).toMatchObject([
      { title: 'A file with past rows was set aside', lines: [] },
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
