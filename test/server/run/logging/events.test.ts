import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLog } from '../../../../server/run/logging/events.ts';
import { createLogger, logStyle } from '../../../../server/run/logging/logger.ts';

let written: string[];
const destination = { write: (line: string) => void written.push(line) };
beforeEach(() => {
  written = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const MINUTE = 60_000;
const time = 1_700_000_000;
const failing = (error = 'wire is off') => ({ kind: 'sensor-failing', time, sensor: 'air', error }) as const;
const back = { kind: 'sensor-back', time, sensor: 'air', seconds: 12.34 } as const;

/** What was written, without the fields. */
const sentences = () => written.map(line => (JSON.parse(line) as { msg: string }).msg);

describe('the log of a dataset', () => {
  it('has one line when a sensor fails, and one when it is back', () => {
    const log = new EventLog(createLogger('json', destination));
    log.device('garden', failing());
    log.device('garden', back);
    expect(sentences()).toEqual(['sensor air fails: wire is off', 'sensor air is back after 12.3 s']);
    expect(JSON.parse(written[0]!)).toMatchObject({
      level: 40,
      dataset: 'garden',
      sensor: 'air',
      error: 'wire is off',
    });
  });

  it('has one line when rows cannot be stored, or days not merged, and one when they are again', () => {
    const log = new EventLog(createLogger('json', destination));
    const error = new Error('no space left');
    for (const work of ['write', 'merge', 'delete'] as const) {
      log.history('garden', { kind: 'failing', work, error });
      log.history('garden', { kind: 'back', work });
    }
    log.history('garden', { kind: 'remark', text: 'a file was set aside' });
    expect(sentences()).toEqual([
      'the rows of garden cannot be stored; they wait in memory: no space left',
      'the rows of garden are stored again',
      'the files of past days of garden cannot be merged; they stay in parts: no space left',
      'the files of past days of garden are merged again',
      'old files of garden cannot be deleted: no space left',
      'old files of garden are deleted again',
      'a file was set aside',
    ]);
    expect(written.map(line => (JSON.parse(line) as { level: number }).level)).toEqual([
      50, 30, 50, 30, 50, 30, 40,
    ]);
  });

  it('tells of a disk that fails and works in turn a few times, and then less and less often', () => {
    const log = new EventLog(createLogger('json', destination));
    for (let time = 0; time < 100; time += 1) {
      log.history('garden', { kind: 'failing', work: 'write', error: new Error('no disk') });
      log.history('garden', { kind: 'back', work: 'write' });
    }
    expect(written).toHaveLength(6);
    vi.advanceTimersByTime(10 * MINUTE);
    expect(sentences().slice(6)).toEqual(['the rows of garden are stored again, after 194 more changes']);
  });

  it('tells once what is true of all thermometers on a bus', () => {
    const log = new EventLog(createLogger('json', destination));
    for (const sensor of ['t0', 't1', 't2'])
      log.device('cellar', { kind: 'sensor-note', time, sensor, note: 'they convert one after the other' });
    log.device('attic', {
      kind: 'sensor-note',
      time,
      sensor: 't0',
      note: 'they convert one after the other',
    });
    expect(sentences()).toEqual(Array(2).fill('they convert one after the other'));
    expect(JSON.parse(written[0]!)).toMatchObject({ level: 40, dataset: 'cellar', sensor: 't0' });
  });

  it('tells of a sensor that comes and goes six times, and then less and less often', () => {
    const log = new EventLog(createLogger('json', destination));
    const flap = (times: number) => {
      for (let time = 0; time < times; time += 1) {
        log.device('garden', failing());
        log.device('garden', back);
      }
    };
    flap(100);
    expect(written).toHaveLength(6);
    vi.advanceTimersByTime(10 * MINUTE);
    expect(sentences().slice(6)).toEqual(['sensor air failed or came back 194 more times; it answers now']);
    flap(10);
    log.device('garden', failing('short circuit'));
    expect(written).toHaveLength(7);
    vi.advanceTimersByTime(19 * MINUTE);
    expect(written).toHaveLength(7);
    vi.advanceTimersByTime(MINUTE);
    expect(sentences().slice(7)).toEqual([
      'sensor air failed or came back 21 more times; it fails now: short circuit',
    ]);
    vi.advanceTimersByTime(40 * MINUTE);
    log.device('garden', back);
    expect(sentences().slice(8)).toEqual(['sensor air is back after 12.3 s']);
  });

  it('stays short through days in which twenty sensors fail and come back every second', () => {
    const log = new EventLog(createLogger('json', destination));
    const hours: number[] = [];
    for (let hour = 0; hour < 48; hour += 1) {
      const before = written.length;
      for (let second = 0; second < 3600; second += 10) {
        for (let sensor = 0; sensor < 20; sensor += 1) {
          log.device('garden', { ...failing(), sensor: `probe${sensor}` });
          log.device('garden', { ...back, sensor: `probe${sensor}` });
        }
        log.device('garden', { kind: 'slots-missed', time, missed: 3 });
        log.device('garden', { kind: 'clock-stepped', time, seconds: second, ahead: 0 });
        log.failure('quick', new Error('the file is gone'));
        log.error('a stream was broken off', new Error('a mistake'));
        log.overrun('garden', 1);
        log.unwanted('stream-stuck', '192.0.2.1');
        vi.advanceTimersByTime(10_000);
      }
      hours.push(written.length - before);
    }
    // Six of each and two sums in the first hour, a few more of readers; then one of each an hour.
    expect(hours[0]).toBeLessThanOrEqual(24 * 8 + 2 * 6);
    expect(Math.max(...hours.slice(1))).toBeLessThanOrEqual(26);
  });

  it('does not tell every time of what happens now and then for ever', () => {
    const log = new EventLog(createLogger('json', destination));
    for (let minute = 0; minute < 24 * 60; minute += 2) {
      log.device('garden', minute % 4 === 0 ? failing() : back);
      vi.advanceTimersByTime(2 * MINUTE);
    }
    expect(written.length).toBeLessThan(40);
  });

  it('limits the lines of each sensor separately', () => {
    const log = new EventLog(createLogger('json', destination));
    for (let time = 0; time < 10; time += 1) log.device('garden', failing());
    log.device('pond', failing());
    expect(written).toHaveLength(7);
  });

  it.each([
    [
      'stream-displaced',
      /^10\.0\.0\.1 had waited longest for a row and was disconnected/,
      'had waited longest for a row',
    ],
    ['connection-refused', /^10\.0\.0\.1 was refused a connection: too many are open/, 'were refused'],
    [
      'connection-barred',
      /^10\.0\.0\.1 was refused: server\.allow does not list/,
      'were refused: server.allow',
    ],
    ['connection-displaced', /^10\.0\.0\.1 had an idle connection/, 'had idle connections'],
    ['connection-flooded', /^10\.0\.0\.1 sent too many requests without waiting/, 'were disconnected'],
    ['connection-stuck', /^10\.0\.0\.1 read nothing of its responses/, 'read nothing of their responses'],
  ] as const)('tells an attack (%s) in two lines', (end, first, sum) => {
    const log = new EventLog(createLogger('json', destination));
    for (let client = 1; client <= 1000; client += 1) log.unwanted(end, `10.0.0.${client % 200}`);
    vi.advanceTimersByTime(MINUTE);
    expect(sentences()).toEqual([
      expect.stringMatching(first),
      expect.stringMatching(new RegExp(`^999 clients .*${sum}.*, 10\\.0\\.0\\.0 the last of them$`)),
    ]);
  });

  it('sums up what readers missed, and who was cut off, after a minute', () => {
    const log = new EventLog(createLogger('json', destination));
    for (let missed = 1; missed <= 5; missed += 1) log.overrun('garden', missed);
    for (let client = 1; client <= 5; client += 1) log.unwanted('stream-stuck', `10.0.0.${client}`);
    log.gone('garden', 2);
    expect(sentences()).toEqual([
      'readers of garden missed a row: they were too slow',
      '10.0.0.1 read nothing and was disconnected',
      'readers of garden missed 2 rows: a file of the history is gone, or the disk could not take the rows',
    ]);
    vi.advanceTimersByTime(MINUTE);
    expect(sentences().slice(3)).toEqual([
      'readers of garden missed 14 rows: they were too slow',
      '4 clients read nothing and were disconnected, 10.0.0.5 the last of them',
    ]);
    vi.advanceTimersByTime(10 * MINUTE);
    expect(written).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says how slow a sensor is, why, and what the rows are', () => {
    const log = new EventLog(createLogger('json', destination));
    const slow = { kind: 'sensor-slow', time, sensor: 'air', every: 0.1 } as const;
    log.device('garden', { ...slow, takes: 0.781, waits: 0, between: 'nan' });
    log.device('garden', { ...slow, takes: 2.34, waits: 1.56, between: 'hold' });
    expect(sentences()).toEqual([
      'sensor air is too slow to be read every 0.1 s: a reading takes 0.781 s; rows between two readings have no value',
      'sensor air is too slow to be read every 0.1 s: a reading takes 2.34 s, 1.56 s of them waiting for others on its bus; rows between two readings repeat the earlier one',
    ]);
    expect(JSON.parse(written[1]!)).toMatchObject({ level: 40, dataset: 'garden', takes: 2.34, waits: 1.56 });
  });

  it('says which way the clock was set, and how far ahead of it rows are', () => {
    const log = new EventLog(createLogger('json', destination));
    log.device('garden', { kind: 'clock-stepped', time, seconds: 3600, ahead: 0 });
    log.device('pond', { kind: 'clock-stepped', time, seconds: 3600.002, ahead: 0 });
    log.device('garden', { kind: 'clock-stepped', time, seconds: -7200, ahead: 7200 });
    log.device('garden', { kind: 'clock-stepped', time, seconds: -86_400 * 3, ahead: 86_400 * 3 });
    log.device('garden', { kind: 'slots-missed', time, missed: 4 });
    log.device('garden', { kind: 'rows-dropped', time, dropped: 5 });
    log.failure('garden', new Error('the file is gone'));
    expect(sentences()).toEqual([
      'the system clock was set forward by 60 minutes; earlier rows keep the times of the clock before it was set',
      'the system clock was set back by 2 hours; the times of rows are 2 hours ahead of it until the clock catches up',
      'the system clock was set back by 3 days; the times of rows are 3 days ahead of it, and stay ahead for 6 days: sudo systemctl restart dapberry continues at the time of the clock: rows that are only in memory are lost, and stored rows that are ahead of the clock are set aside',
      '4 rows were not made: the machine, or a sensor, was too slow',
      '5 rows were dropped: messages come faster than rows can be stored',
      'garden gives no more rows: the file is gone',
    ]);
    // JSON with two keys of one name: most readers take the second one.
    for (const line of written) expect(line.match(/"time":/g)).toHaveLength(1);
    expect(JSON.parse(written[0]!)).toMatchObject({ rowTime: time });
  });
});

describe('a line of the log', () => {
  it('begins with its priority in the journal, and is one line whatever is in it', () => {
    const logger = createLogger('journal', destination);
    logger.debug('not asked for');
    logger.info({ dataset: 'garden' }, 'read anew');
    logger.warn('careful');
    logger.error({ err: new Error('two\nlines') }, 'broken');
    logger.fatal('over');
    expect(written.map(line => line.slice(0, 3))).toEqual(['<6>', '<4>', '<3>', '<2>']);
    expect(written[0]).toBe('<6>read anew {"dataset":"garden"}\n');
    expect(written[2]).toContain('broken');
    for (const line of written) expect(line.indexOf('\n')).toBe(line.length - 1);
  });

  it('is for a person at a terminal, and JSON for a program', () => {
    createLogger('terminal', destination).warn({ dataset: 'garden' }, 'careful');
    createLogger('json', destination).warn({ dataset: 'garden' }, 'careful');
    expect(written[0]).toMatch(/WARN.*careful/);
    expect(JSON.parse(written.at(-1)!)).toMatchObject({ level: 40, dataset: 'garden', msg: 'careful' });
  });

  it('goes to the journal only where standard error is the journal itself', () => {
    expect(logStyle({}, true)).toBe('terminal');
    expect(logStyle({}, false)).toBe('json');
    expect(logStyle({ JOURNAL_STREAM: '1:2' }, false)).toBe('json');
  });
});
