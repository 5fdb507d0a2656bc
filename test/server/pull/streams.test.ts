import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { until } from './command.ts';
import { folder, pullSites, TWO_ROWS, table } from './pull-site.ts';

pullSites({ rows: TWO_ROWS });

const all = () => `${table.url}?&time>=0&time<=1001`;
const TEXT = 'sensor.time,sensor.a\n1000,1\n1001,2\n';

const shell = (script: string) => folder.shell(script);

describe('pull into a stream', () => {
  it.each(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])('%s is standard output', async output => {
    expect(await shell(`PULL '${all()}' --output ${output}`)).toMatchObject({ code: 0, stdout: TEXT });
    // Redirected into a file, which is not read back and not cut off.
    await shell(`echo mine > x; PULL '${all()}' --output ${output} >> x`);
    expect(folder.text('x')).toBe(`mine\n${TEXT}`);
  });

  it('takes /dev/null, a link to it, standard error and a terminal', async () => {
    symlinkSync('/dev/null', folder.file('null.csv'));
    const before = statSync('/dev/null');
    expect((await folder.run(all(), '--output', '/dev/null')).code).toBe(0);
    expect((await folder.run(all(), '--output', 'null.csv')).code).toBe(0);
    expect(statSync('/dev/null').rdev).toBe(before.rdev);
    const { code, stderr } = await folder.run(all(), '--output', '/dev/stderr', '--quiet');
    expect({ code, stderr }).toEqual({ code: 0, stderr: TEXT });
    expect(readdirSync(folder.path)).toEqual(['null.csv']);
    expect(existsSync('/dev/.null.lock')).toBe(false);
  });

  it('says that /dev/full is full', async () => {
    const { code, stderr } = await folder.run(all(), '--output', '/dev/full', '--quiet');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'dapberry: /dev/full: no space is left on the disk (ENOSPC)\n',
    });
    const standard = await shell(`PULL '${all()}' > /dev/full`);
    expect(standard).toMatchObject({
      code: 1,
      stderr: 'dapberry: standard output: ENOSPC: no space left on device, write\n',
    });
  });

  it('writes into a FIFO as long as a program reads it, and ends quietly when that ends', async () => {
    spawnSync('mkfifo', [folder.file('fifo')]);
    const whole = folder.start(all(), '--output', 'fifo', '--quiet');
    expect(await textOf(createReadStream(folder.file('fifo')))).toBe(TEXT);
    expect(await whole.ended()).toEqual({ code: 0, stdout: '', stderr: '' });
    const endless = folder.start(`${table.url}?&time>=0`, '--output', 'fifo', '--quiet');
    expect((await shell('head -2 fifo')).stdout).toBe('sensor.time,sensor.a\n1000,1\n');
    const feeding = setInterval(() => table.append([2000, 1]), 5);
    expect(await endless.ended()).toEqual({ code: 0, stdout: '', stderr: '' });
    clearInterval(feeding);
    expect(statSync(folder.file('fifo')).isFIFO()).toBe(true);
  });

  it('ends at once on Ctrl-C, though nobody reads the FIFO, or does not read on', async () => {
    spawnSync('mkfifo', [folder.file('fifo')]);
    const unread = folder.start(`${table.url}?&time>=0`, '--output', 'fifo');
    await table.asked(1);
    expect((await unread.stop()).code).toBe(0);
    const stuck = folder.start(`${table.url}?&time>=0`, '--output', 'fifo');
    const reader = createReadStream(folder.file('fifo'), { highWaterMark: 8 });
    await once(reader, 'readable');
    for (let i = 0; i < 20_000; i += 1) table.rows.push([3000 + i, i]);
    table.append();
    await table.asked(2);
    expect((await stuck.stop()).code).toBe(0);
    reader.destroy();
  });

  it('ends with a reader of its standard output', async () => {
    const feeding = setInterval(() => table.append([2000, 1]), 5);
    const { code, stdout, stderr } = await shell(`PULL '${table.url}?&time>=0' | head -3`);
    clearInterval(feeding);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: TEXT, stderr: '' });
  });
});

describe('the name of a file', () => {
  it.each([
    ['x-{dat}.csv', '{dat}'],
    ['{date}-{}.csv', '{}'],
  ])('has no placeholder but {date}: %s', async (name, placeholder) => {
    const { code, stderr } = await folder.run(table.url, '--output', name);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `dapberry: ${name}: expected no other placeholder than {date} in the name of a file, found ${placeholder}\n`,
    });
    expect(folder.text(name)).toBe('');
  });
});

describe('the address', () => {
  it.each(['', '//', 'HTTP://'])('is understood as %shost:port', async scheme => {
    const { code, stdout } = await folder.run(all().replace('http://', scheme));
    expect({ code, stdout }).toEqual({ code: 0, stdout: TEXT });
  });

  it.each([[['--quiet']], [['--quiet', '--output', 'p.csv']]])(
    'that is mistyped is told once with %j',
    async options => {
      const gone = createServer().listen(0, '127.0.0.1');
      await new Promise(done => gone.once('listening', done));
      const { port } = gone.address() as { port: number };
      await new Promise(done => gone.close(done));
      const process = folder.start(`127.0.0.1:${port}/table`, ...options);
      await until(() => process.stderr !== '');
      // A server that closes each connection counts the attempts.
      let attempts = 0;
      const deaf = createServer(socket => {
        attempts += 1;
        socket.destroy();
      }).listen(port, '127.0.0.1');
      await until(() => attempts >= 3);
      const { stderr } = await process.stop();
      deaf.close();
      expect(stderr).toMatch(
        /^dapberry: 127\.0\.0\.1:\d+\/table: [^\n]*ECONNREFUSED[^\n]*; trying again until it answers\n$/,
      );
    },
  );

  it.each(['/table', 'http:/localhost/table', 'https:localhost/table', '', ' '])(
    'without a server is refused at once: "%s"',
    async address => {
      const { code, stderr } = await folder.run(address, '--quiet');
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(
          /^dapberry: expected the address of a dataset with its server, [^\n]*\n$/,
        ),
      });
    },
  );

  it('of no dataset is refused at once', async () => {
    const { code, stderr } = await folder.run(table.url.replace('table', 'tabel'), '--output', 'p.csv');
    expect(code).toBe(1);
    expect(stderr).toContain('/tabel.dds: expected HTTP status 200, found 404');
    expect(readdirSync(folder.path)).toEqual([]);
  });
});
