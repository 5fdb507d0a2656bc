import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Lock } from '../../../server/pull/lock.ts';
import { until } from './command.ts';
import { folder, pullSites, TWO_ROWS, table } from './pull-site.ts';

pullSites({ rows: TWO_ROWS });

const all = () => `${table.url}?&time>=0&time<=1001`;
const endless = () => `${table.url}?&time>=0`;
const TEXT = 'sensor.time,sensor.a\n1000,1\n1001,2\n';

describe('two pulls on one file', () => {
  it('are one too many: the second says whose file it is, and every row is there once', async () => {
    mkdirSync(folder.file('other'));
    symlinkSync('../p.csv', folder.file('other/link.csv'));
    const first = folder.start(endless(), '--output', 'p.csv');
    await until(() => folder.text('p.csv') === TEXT);
    for (const name of ['p.csv', './p.csv', folder.file('p.csv'), 'other/link.csv']) {
      const { code, stderr } = await folder.run(all(), '--output', name);
      expect(code).toBe(1);
      expect(stderr).toContain(`another pull (process ${first.child.pid} on `);
      expect(stderr).toContain('writes there already; stop it, or name another file with --output');
    }
    await first.stop();
    expect(folder.text('p.csv')).toBe(TEXT);
    expect(readdirSync(folder.path).toSorted()).toEqual(['other', 'p.csv']);
    expect((await folder.run(all(), '--output', 'p.csv')).code).toBe(0);
  });

  it.each([
    ['p-{date}.csv', 'p-1970-01-01.csv'],
    ['p-1970-01-01.csv', 'p-{date}.csv'],
  ])('are one too many where %s and %s are the same file', async (one, other) => {
    const first = folder.start(endless(), '--output', one);
    await until(() => folder.text('p-1970-01-01.csv') === TEXT);
    const second = folder.start(endless(), '--output', other);
    let time = 1001;
    const feeding = setInterval(() => {
      time += 1;
      table.append([time, 3]);
    }, 20);
    const { code, stderr } = await second.ended();
    clearInterval(feeding);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`another pull (process ${first.child.pid} on `),
    });
    table.append([5000, 4]);
    await until(() => folder.text('p-1970-01-01.csv').endsWith('\n5000,4\n'));
    await first.stop();
    const rows = table.rows.map(row => `${row.join()}\n`).join('');
    expect(folder.text('p-1970-01-01.csv')).toBe(`sensor.time,sensor.a\n${rows}`);
    expect(readdirSync(folder.path)).toEqual(['p-1970-01-01.csv']);
  });

  it('that start at the same moment are told apart', async () => {
    const both = [1, 2, 3].map(() => folder.start(endless(), '--output', 'p-{date}.csv'));
    const ended = await Promise.race(both.map(one => one.ended()));
    expect(ended.code).toBe(1);
    await until(() => both.filter(one => one.child.exitCode === null).length === 1);
    await until(() => folder.text('p-1970-01-01.csv') === TEXT);
    await both.find(one => one.child.exitCode === null)!.stop();
    expect(readdirSync(folder.path)).toEqual(['p-1970-01-01.csv']);
  });

  it('do not meet where the first was killed', async () => {
    const first = folder.start(endless(), '--output', 'p.csv');
    await until(() => folder.text('p.csv') === TEXT);
    await first.kill();
    expect(readdirSync(folder.path)).toContain('.p.csv.lock');
    const { code, stderr } = await folder.run(all(), '--output', 'p.csv');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'dapberry: 0 rows written\n' });
    expect(folder.text('p.csv')).toBe(TEXT);
    expect(readdirSync(folder.path)).toEqual(['p.csv']);
  });
});

describe('the lock', () => {
  const options = (said: string[] = []) => ({
    signal: new AbortController().signal,
    tell: (text: string) => said.push(text),
    beat: 0.05,
  });

  /** A lock that somebody has left. */
  async function leave(change: object): Promise<void> {
    const lock = await Lock.take(folder.file('p.csv'), options());
    const owner = JSON.parse(readFileSync(folder.file('.p.csv.lock'), 'utf8')) as object;
    await lock!.release();
    writeFileSync(folder.file('.p.csv.lock'), JSON.stringify({ ...owner, token: 'other', ...change }));
  }

  it.each([
    ['a process number that another program has by now', { start: '1' }],
    ['a process that has ended', { pid: 4_194_305 }],
    ['this machine before it started again', { boot: 'another' }],
  ])('of %s is taken over at once', async (_, change) => {
    await leave(change);
    const said: string[] = [];
    const lock = await Lock.take(folder.file('p.csv'), options(said));
    await lock!.verify();
    expect(said).toEqual([]);
    await lock!.release();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it.each([
    ['another container', { namespace: 'pid:[1]' }],
    ['another machine', { boot: 'another', machine: 'another' }],
  ])('of %s is taken over when it shows no life, and not while it does', async (_, change) => {
    await leave(change);
    const said: string[] = [];
    const lock = await Lock.take(folder.file('p.csv'), options(said));
    expect(said.join()).toMatch(
      /waiting up to 0\.15\d* s for a sign of life from another pull \(process \d+ on /,
    );
    await lock!.release();

    await leave(change);
    let beats = 0;
    const beating = setInterval(() => {
      beats += 1;
      utimesSync(folder.file('.p.csv.lock'), beats, beats);
    }, 5);
    await expect(Lock.take(folder.file('p.csv'), options())).rejects.toThrow('writes there already');
    clearInterval(beating);
  });

  it.each(['', '\0\0\0\0'])('that a power cut left without a word is taken over: %j', async content => {
    writeFileSync(folder.file('.p.csv.lock'), content);
    const lock = await Lock.take(folder.file('p.csv'), options());
    await lock!.release();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('is no file of somebody else', async () => {
    writeFileSync(folder.file('.p.csv.lock'), 'mine');
    await expect(Lock.take(folder.file('p.csv'), options())).rejects.toThrow(
      'expected the lock of a pull or no file',
    );
    expect(folder.text('.p.csv.lock')).toBe('mine');
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a broken link', (path: string) => symlinkSync('absent', path)],
    ['a FIFO (named pipe)', (path: string) => execFileSync('mkfifo', [path])],
  ])('is refused in the place of %s', async (found, make) => {
    make(folder.file('.p.csv.lock'));
    await expect(Lock.take(folder.file('p.csv'), options())).rejects.toThrow(
      `expected the lock of a pull or no file, found ${found}; name another output`,
    );
  });

  it('that another has taken over meanwhile ends the writing, as after a long sleep', async () => {
    const lock = await Lock.take(folder.file('p.csv'), { ...options(), beat: 0 });
    await lock!.verify();
    const owner = JSON.parse(readFileSync(folder.file('.p.csv.lock'), 'utf8')) as object;
    writeFileSync(folder.file('.p.csv.lock'), JSON.stringify({ ...owner, token: 'other' }));
    await expect(lock!.verify()).rejects.toThrow('writes there already');
    await lock!.release();
    expect(readdirSync(folder.path)).toEqual(['.p.csv.lock']);
  });

  it('shows life as long as it is held', async () => {
    const lock = await Lock.take(folder.file('p.csv'), options());
    utimesSync(folder.file('.p.csv.lock'), 1, 1);
    await until(() => statSync(folder.file('.p.csv.lock')).mtimeMs > 1e12);
    await lock!.release();
  });
});
