import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { until } from './command.ts';
import { folder, pullSites, TWO_ROWS, table } from './pull-site.ts';

pullSites({ rows: TWO_ROWS });

const all = () => `${table.url}?&time>=0&time<=1001`;

/** A file that is long untouched, and what `stat` says of it. */
function put(name: string, content: string | Uint8Array): () => object {
  writeFileSync(folder.file(name), content);
  utimesSync(folder.file(name), 1e9, 1e9);
  return () => {
    const { mtimeMs, size, ino } = statSync(folder.file(name));
    return { mtimeMs, size, ino, content: readFileSync(folder.file(name)) };
  };
}

describe('a file that is no file of this pull', () => {
  it.each([
    ['JSON', '{"precious":1}', 'found "{\\"precious\\":1}"'],
    ['JSON of several lines', '{\n  "precious": 1\n}\n', 'found "{"'],
    ['bytes', Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 251), 'found binary data'],
    ['bytes without the end of a line', new Uint8Array(100_000).fill(200), 'found binary data'],
    ['NULs, as a disk image of a machine has', new Uint8Array(300_000), 'found only NUL bytes'],
    ['text without a final newline', 'my\nlast\nline', 'found "my"'],
    ['a table with other names', 'name,age\nAda,36\n', 'found "name,age"'],
    ['a table of another Sequence', 'station.time,station.a\n1,2\n', 'found "station.time,station.a"'],
    ['names in another order of one that is none', 'sensor.a\n1\n', 'found "sensor.a"'],
    ['rows of small numbers', '1,2\n3,4\n', 'found "1,2"'],
    ['a blank line before the names', '\nsensor.time,sensor.a\n', 'found ""'],
    ['names between semicolons', 'sensor.time;sensor.a\n1;2\n', 'found "sensor.time;sensor.a"'],
    ['UTF-16', Buffer.from('\ufeffsensor.time,sensor.a\n', 'utf16le'), 'found binary data'],
  ])('is left as it is: %s', async (_, content, found) => {
    const now = put('p.csv', content);
    const before = now();
    const { code, stdout, stderr } = await folder.run(all(), '--output', 'p.csv');
    expect(stderr).toContain(
      'p.csv: expected an empty file, or one that begins with the header line sensor.time,sensor.a',
    );
    expect(stderr).toContain(found);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(now()).toEqual(before);
    expect(readdirSync(folder.path)).toEqual(['p.csv']);
  });

  it('is left as it is while no server answers', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise(done => closed.once('listening', done));
    const { port } = closed.address() as { port: number };
    await new Promise(done => closed.close(done));
    const contents = [
      '{"precious":1}',
      'sensor.time,sensor.a\n1000,1\n1001,2.',
      `sensor.time,sensor.a\n${'\0'.repeat(99_999)}`,
    ];
    for (const content of contents) {
      const now = put('p.csv', content);
      const before = now();
      const process = folder.start(`http://127.0.0.1:${port}/table`, '--output', 'p.csv');
      await until(() => process.stderr.includes('trying again'));
      expect((await process.stop()).code).toBe(0);
      expect(now()).toEqual(before);
    }
  });

  it('is a folder, a socket or a circle of links: that is said', async () => {
    mkdirSync(folder.file('folder'));
    symlinkSync('b', folder.file('a'));
    symlinkSync('a', folder.file('b'));
    const server = createServer().listen(folder.file('socket'));
    await new Promise(done => server.once('listening', done));
    const said = async (name: string) => {
      const { code, stderr } = await folder.run(all(), '--output', name);
      return { code, stderr };
    };
    expect(await said('folder')).toEqual({
      code: 1,
      stderr: 'dapberry: folder: expected a file, found a folder; name another one with --output\n',
    });
    expect(await said('a')).toEqual({
      code: 1,
      stderr: 'dapberry: a: expected a file, found a loop of symbolic links (ELOOP)\n',
    });
    expect(await said('socket')).toEqual({
      code: 1,
      stderr: 'dapberry: socket: expected a file, found a socket; name another one with --output\n',
    });
    expect((await said('none/x.csv')).stderr).toBe(
      'dapberry: none: expected a folder, found none; create it, or name another file with --output\n',
    );
    expect((await said('none/')).stderr).toContain(
      'none/: expected the name of a file, found that of a folder',
    );
    expect((await said('{date}/x.csv')).stderr).toContain(
      '{date}/x.csv: expected {date} in the name of the file',
    );
    server.close();
  });

  it('of another day has the name of the pattern, and is passed over', async () => {
    table.rows = [
      [86_400, 1],
      [86_401, 2],
    ];
    const others = [
      put('roof-1970-01-01.csv', '{"precious":1}'),
      put('roof-1970-01-03.csv', 'precious'),
      put('roof-1970-01-02.5.csv', '{"precious":1}'),
    ];
    const before = others.map(now => now());
    mkdirSync(folder.file('roof-1970-01-04.csv'));
    const { code } = await folder.run(`${table.url}?&time>=0&time<=86401`, '--output', 'roof-{date}.csv');
    expect(code).toBe(0);
    expect(others.map(now => now())).toEqual(before);
    expect(folder.text('roof-1970-01-02.csv')).toBe('sensor.time,sensor.a\n86400,1\n86401,2\n');
    put('roof-1970-01-02.csv', 'mine');
    const second = await folder.run(`${table.url}?&time>=0&time<=86401`, '--output', 'roof-{date}.csv');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('roof-1970-01-02.csv: expected an empty file');
    expect(folder.text('roof-1970-01-02.csv')).toBe('mine');
  });
});

describe('a file of this pull', () => {
  const whole = 'sensor.time,sensor.a\n1000,1\n1001,2\n';

  it.each([
    ['is empty', ''],
    ['has the beginning of the line of names', 'sensor.ti'],
    ['has a byte-order mark alone', '\ufeff'],
    ['has a byte-order mark and the beginning', '\ufeffsens'],
    ['has the line of names without its end', 'sensor.time,sensor.a'],
    ['has the line of names', 'sensor.time,sensor.a\n'],
    ['has the first row', 'sensor.time,sensor.a\n1000,1\n'],
    ['has a row that broke off', 'sensor.time,sensor.a\n1000,1\n1001,'],
    ['has a row whose last number may have broken off', 'sensor.time,sensor.a\n1000,1\n1001,2'],
  ])('is filled where it %s', async (_, content) => {
    put('p.csv', content);
    expect((await folder.run(all(), '--output', 'p.csv')).code).toBe(0);
    expect(folder.text('p.csv').replace('\ufeff', '')).toBe(whole);
    expect(folder.text('p.csv').startsWith('\ufeff')).toBe(content.startsWith('\ufeff'));
  });

  it('can be meant by a link, also by one whose target is still to come', async () => {
    mkdirSync(folder.file('disk'));
    put('disk/p.csv', 'sensor.time,sensor.a\n1000,1\n');
    symlinkSync('disk/p.csv', folder.file('p.csv'));
    symlinkSync('disk/new.csv', folder.file('new.csv'));
    linkSync(folder.file('disk/p.csv'), folder.file('hard.csv'));
    expect((await folder.run(all(), '--output', 'p.csv')).code).toBe(0);
    expect((await folder.run(all(), '--output', 'new.csv')).code).toBe(0);
    expect(folder.text('disk/p.csv')).toBe(whole);
    expect(folder.text('disk/new.csv')).toBe(whole);
    expect(folder.text('hard.csv')).toBe(whole);
    expect(readdirSync(folder.path).toSorted()).toEqual(['disk', 'hard.csv', 'new.csv', 'p.csv']);
  });

  it('keeps its owner, its rights and its place on the disk', async () => {
    put('p.csv', 'sensor.time,sensor.a\n1000,1\n');
    chmodSync(folder.file('p.csv'), 0o640);
    const before = statSync(folder.file('p.csv'));
    await folder.run(all(), '--output', 'p.csv');
    const after = statSync(folder.file('p.csv'));
    expect([after.ino, after.mode, after.uid]).toEqual([before.ino, before.mode, before.uid]);
  });
});
