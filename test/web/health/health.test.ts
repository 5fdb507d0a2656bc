import { describe, expect, it } from 'vitest';
import { healthOf, healthPlace, parseHealth } from '../../../web/health/health.ts';

const place = (base: string, page = 'http://pi:8080/station/?url=host#window=60') =>
  healthPlace({ base, constraint: '' }, page);

describe('the health of a dataset', () => {
  it('is asked for in the folder of the page', () => {
    expect(place('http://pi:8080/station/host')).toEqual({
      from: 'http://pi:8080/station/health',
      dataset: 'host',
    });
    expect(place('http://pi:8080/station/')).toMatchObject({ dataset: '' });
  });

  it.each([
    ['of another server', 'http://other:8080/host'],
    ['of another port', 'http://pi:8081/station/host'],
    ['outside of the folder', 'http://pi:8080/host'],
    ['further inside of it', 'http://pi:8080/station/inner/host'],
  ])('is not asked for where the dataset is %s', (_which, base) => {
    expect(place(base)).toBeUndefined();
  });
});

const failing = {
  name: 'air',
  channels: ['air_temperature', 'air_humidity'],
  state: 'failing',
  since: 1795239034.5,
  failures: 3,
  lastError: { message: 'i2c-1:0x76: no answer', time: 1795239036 },
};

describe("a server's health", () => {
  it('names the sensors that fail, what is wrong with the configuration, and how far the clock is behind', () => {
    const health = parseHealth({
      status: 'degraded',
      configuration: { files: ['a.yaml'], since: 1, problems: ['a.yaml:2:3: server.prot: expected'] },
      datasets: [
        {
          name: 'one',
          description: 'x7',
          sensors: [failing, { ...failing, name: 'cpu', state: 'ok' }],
          clock: { steps: 1, ahead: 2.5 },
        },
        { name: 'two', sensors: [], failure: 'EBUSY', clock: { steps: 0, ahead: 0 } },
      ],
    })!;
    expect(health.wrong).toEqual({
      problems: ['a.yaml:2:3: server.prot: expected'],
      since: undefined,
      inUse: 'previous',
      lastGood: undefined,
    });
    const from = 'http://pi/health';
    expect(healthOf(health, { from, dataset: 'one' })).toEqual({
      name: 'one',
      description: 'x7',
      failing: [
        {
          name: 'air',
          columns: ['air_temperature', 'air_humidity'],
          since: 1795239034500,
          reason: 'i2c-1:0x76: no answer',
        },
      ],
      failure: undefined,
      ahead: 2500,
      forward: 0,
      publish: [],
    });
    expect(healthOf(health, { from, dataset: '' })).toMatchObject({ name: 'one' });
    expect(healthOf(health, { from, dataset: 'two' })).toMatchObject({ failing: [], failure: 'EBUSY' });
    expect(healthOf(health, { from, dataset: 'three' })).toBeUndefined();
  });

  it('tells whether the clock is known not to be synchronised, and of its last step forward while that is new', () => {
    const told = (synchronized: unknown, steps: unknown, lastTime = 1000) =>
      parseHealth({
        clock: { synchronized },
        datasets: [{ name: 'one', lastTime, clock: { ahead: 0, lastSteps: steps } }],
      })!;
    expect(told('no', []).isUnsynchronized).toBe(true);
    for (const other of ['yes', 'unknown', undefined, 0])
      expect(told(other, []).isUnsynchronized).toBe(false);
    const step = { time: 900, seconds: 3600 };
    expect(told('yes', [{ time: 100, seconds: 5 }, step]).datasets[0]!.forward).toBe(3_600_000);
    expect(told('yes', [step], 900 + 601).datasets[0]!.forward).toBe(0);
    for (const other of [[], [step, { time: 950, seconds: -5 }], [{ time: 900 }], ['x'], null])
      expect(told('yes', other).datasets[0]!.forward).toBe(0);
  });

  it('tells what is wrong with the rows on the disk', () => {
    const told = (history: unknown, lastTime: unknown = 100_000) =>
      parseHealth({ datasets: [{ name: 'one', lastTime, history }] })!.datasets[0]!.history;
    const counts = { rows: 5, failures: 0, lost: 0, unfit: 0, setAside: 0, leftAlone: 0 };
    const healthy = {
      writing: undefined,
      merging: undefined,
      deleting: undefined,
      unfit: undefined,
      lost: 0,
      setAside: 0,
      lastSetAside: '',
    };
    expect(told(undefined)).toBeUndefined();
    for (const odd of [counts, null, 5, 'x', { failure: 5, lost: 'many', lastSetAside: [] }])
      expect(told(odd)).toEqual(healthy);
    expect(
      told({ ...counts, failure: 'EROFS', failingSince: 99.5, mergeFailure: 'x', unfitSince: 7 }),
    ).toEqual({
      ...healthy,
      writing: { reason: 'EROFS', since: 99_500 },
      merging: { reason: 'x', since: undefined },
      unfit: { reason: '', since: 7000 },
    });
    // For a day after they happened.
    const events = { ...counts, lost: 3, setAside: 2, lastSetAside: { time: 99_000, message: 'why' } };
    expect(told({ ...events, lostAt: 99_000 })).toEqual({
      ...healthy,
      lost: 3,
      setAside: 2,
      lastSetAside: 'why',
    });
    expect(told({ ...events, lostAt: 99_000 }, 99_000 + 86_400)).toMatchObject({ lost: 0, setAside: 0 });
    expect(told({ ...events, lostAt: 99_000 }, undefined)).toMatchObject({ lost: 3, setAside: 2 });
  });

  it.each([[null], [undefined], ['ok'], [[]], [{}], [{ status: 'UP' }], [{ datasets: 'none' }]])(
    'is not what says %j',
    json => {
      expect(parseHealth(json)).toBeUndefined();
    },
  );

  it('is believed as far as it makes sense', () => {
    const sensors = [
      null,
      'air',
      { state: 'failing' },
      { state: 'failing', name: 7 },
      { state: 'failing', name: 'bare' },
      { ...failing, name: 'odd', channels: [1, 'x', null], since: '5', lastError: 'broken' },
    ];
    const clock = { ahead: -3 };
    const { datasets, wrong } = parseHealth({
      datasets: [
        { name: 'one', description: 7, sensors, failure: 5, clock },
        'two',
        { name: 'three', sensors: {}, clock: null },
      ],
      configuration: { problems: ['wrong', 3, '', null] },
    })!;
    expect(wrong?.problems).toEqual(['wrong']);
    expect(datasets).toEqual([
      {
        name: 'one',
        description: '',
        failing: [
          { name: 'bare', columns: [], since: undefined, reason: '' },
          { name: 'odd', columns: ['x'], since: undefined, reason: '' },
        ],
        failure: undefined,
        ahead: 0,
        forward: 0,
        publish: [],
      },
      { name: '', description: '', failing: [], failure: undefined, ahead: 0, forward: 0, publish: [] },
      { name: 'three', description: '', failing: [], failure: undefined, ahead: 0, forward: 0, publish: [] },
    ]);
  });

  it('is one line a text, of a length that can be read, in the order in which it was written', () => {
    const reasonOf = (message: string) =>
      parseHealth({ datasets: [{ name: 'a', sensors: [{ ...failing, lastError: { message } }] }] })!
        .datasets[0]!.failing[0]!.reason;
    expect(reasonOf(' expected\n\ta number,\u0000 found \u202e"x" ')).toBe('expected a number, found "x"');
    expect(reasonOf('🌡'.repeat(300))).toBe('🌡'.repeat(300));
    expect(reasonOf('x'.repeat(301))).toBe(`${'x'.repeat(200)}…${'x'.repeat(100)}`);
    const tip = 'found "prot"; did you mean "port"?';
    for (const length of [270, 1e6]) {
      const reason = reasonOf(`a.yaml:2:3: server.prot: expected ${'key, '.repeat(length / 5)}${tip}`)!;
      expect(reason).toMatch(/^a\.yaml:2:3: server\.prot: expected key, /);
      expect(reason).toContain(tip);
    }
    expect(reasonOf('x'.repeat(1e6))).toHaveLength(301);
  });
});
