import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashPassword } from '../../server/access/password-hash.ts';
import { parseUsers } from '../../server/access/users.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';
import { run } from './programs.ts';

let server: Serving;
let home: string;
beforeAll(async () => {
  const { users } = parseUsers(`anna:${await hashPassword('correct-horse')}`);
  server = await serving({ access: { users, public: [] } });
  home = mkdtempSync(join(tmpdir(), 'dapberry-home-'));
  writeFileSync(join(home, '.netrc'), 'machine 127.0.0.1\nlogin anna\npassword correct-horse\n', {
    mode: 0o600,
  });
  // netCDF's library reads .netrc only where this file names it.
  writeFileSync(join(home, '.ncrc'), `HTTP.NETRC=${join(home, '.netrc')}\n`);
});
afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true });
});

describeWith('curl', 'a server with users, and curl', () => {
  it('gives the rows to the user of .netrc, and an error without it', async () => {
    const curl = (...args: string[]) =>
      run(tools.curl!, ['-s', ...args, `${server.url}/roberrypi.dds`], 20, home);
    expect((await curl('--netrc')).stdout).toContain('Sequence {');
    expect((await curl()).stdout).toContain('expected a user name and a password of this server, found none');
  });
});

describeWith('ncdump', 'a server with users, and ncdump', () => {
  it('gives the rows to the user of .netrc', async () => {
    const { stdout, stderr } = await run(
      tools.ncdump!,
      ['-h', `[limit=10]${server.url}/roberrypi`],
      20,
      home,
    );
    expect([stderr, stdout.includes('sensor = 10 ;')]).toEqual(['', true]);
  });
});

describeWith('getdap', 'a server with users, and getdap', () => {
  it('gives the structure to the user in the address', async () => {
    const address = server.url.replace('://', '://anna:correct-horse@');
    const { stdout } = await run(tools.getdap!, ['-d', `${address}/roberrypi`], 20, home);
    expect(stdout).toContain('Sequence {');
  });
});
