import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../../../server/access/password-hash.ts';
import { parseUsers } from '../../../server/access/users.ts';
import { parseNetrc } from '../../../server/machine/netrc.ts';
import { fetchWithCredentials } from '../../../server/pull/credentials.ts';
import { type Serving, serving } from '../../serving.ts';

const COMMAND = resolve(import.meta.dirname, '../../../dist/server/main.js');

describe('a .netrc file', () => {
  it.each([
    ['one line', 'machine pi login anna password secret', 'anna secret'],
    [
      'several lines',
      'machine other login x password y\nmachine pi\n  login anna\n  password secret\n',
      'anna secret',
    ],
    [
      'comments',
      '# machine pi login no password no\nmachine pi login anna # no\n password #secret',
      undefined,
    ],
    ['quotes', 'machine pi login "an na" password "se\\"c\\\\ret"', 'an na se"c\\ret'],
    ['another order', 'machine pi password secret account a login anna', 'anna secret'],
    ['a default', 'machine other login x password y\ndefault login anna password secret', 'anna secret'],
    [
      'a default before it',
      'default login x password y machine pi login anna password secret',
      'anna secret',
    ],
    [
      'the first of two',
      'machine pi login anna password secret machine pi login x password y',
      'anna secret',
    ],
    [
      'a macro',
      'macdef init\nmachine pi login no password no\n\nmachine PI login anna password secret',
      'anna secret',
    ],
    ['no password', 'machine pi login anna', undefined],
    ['another machine', 'machine pi.local login anna password secret', undefined],
    ['nothing', '', undefined],
  ])('with %s has the login of a machine', (_, text, expected) => {
    const { user, password } = parseNetrc(text, 'pi') ?? {};
    expect(user === undefined ? undefined : `${user} ${password}`).toBe(expected);
  });
});

describe('requests with credentials', () => {
  const init = () => ({ signal: new AbortController().signal, headers: {}, cache: 'no-store' }) as const;
  const nowhere = { HOME: '/nowhere' };

  /** A server that knows one login, and what it was sent. */
  function server(right: string) {
    const sent: (string | undefined)[] = [];
    const fetchIt = async (_: string, { headers }: { headers: Record<string, string> }) => {
      sent.push(headers['authorization']);
      return new Response('', { status: headers['authorization'] === basic(right) ? 200 : 401 });
    };
    return { sent, fetchIt };
  }
  const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

  it('ask once for many requests, and three times for a wrong password', async () => {
    const { sent, fetchIt } = server('anna:right');
    const asked: boolean[] = [];
    const answers = ['wrong', 'right'];
    const ask = async (place: string, isAgain: boolean) => {
      expect(place).toBe('http://pi:8080');
      asked.push(isAgain);
      return { user: 'anna', password: answers.shift() ?? 'wrong' };
    };
    const request = fetchWithCredentials({ environment: nowhere, ask, fetch: fetchIt });
    const many = await Promise.all([1, 2, 3].map(() => request('http://pi:8080/a', init())));
    expect(many.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked).toEqual([false, true]);
    sent.length = 0;
    expect((await request('http://pi:8080/b', init())).status).toBe(200);
    expect(sent).toEqual([basic('anna:right')]);
    const never = fetchWithCredentials({
      environment: nowhere,
      ask: async () => ({ user: 'anna', password: 'wrong' }),
      fetch: fetchIt,
    });
    sent.length = 0;
    expect((await never('http://pi:8080/a', init())).status).toBe(401);
    expect(sent).toHaveLength(4);
  });

  it('send a login to no other server, and none where the address has its own', async () => {
    const { sent, fetchIt } = server('anna:right');
    const ask = async () => ({ user: 'anna', password: 'right' });
    const request = fetchWithCredentials({ environment: nowhere, ask, fetch: fetchIt });
    await request('http://pi:8080/a', init());
    sent.length = 0;
    await request('http://evil:8080/a', { ...init(), headers: { authorization: 'Basic own' } });
    expect(sent).toEqual(['Basic own']);
    // A server that redirects to another one.
    const elsewhere = async (_: string, { headers }: { headers: Record<string, string> }) => {
      sent.push(headers['authorization']);
      const response = new Response('', { status: 401 });
      Object.defineProperty(response, 'url', { value: 'http://evil:8080/a' });
      return response;
    };
    sent.length = 0;
    const redirected = fetchWithCredentials({ environment: nowhere, ask, fetch: elsewhere });
    expect((await redirected('http://pi:8080/a', init())).status).toBe(401);
    expect(sent).toEqual([undefined]);
  });
});

describe('dapberry pull', () => {
  let site: Serving;
  let folder: string;
  beforeAll(async () => {
    const { users } = parseUsers(`anna:${await hashPassword('correct-horse')}`);
    site = await serving({ access: { users, public: [] } });
    folder = mkdtempSync(join(tmpdir(), 'dapberry-pull-login-'));
  });
  afterAll(async () => {
    await site.close();
    rmSync(folder, { recursive: true });
  });

  interface Outcome {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
    readonly processes: string;
  }
  async function pull(args: readonly string[], env: Record<string, string>): Promise<Outcome> {
    const child = spawn(process.execPath, [COMMAND, 'pull', ...args], {
      env: { PATH: process.env['PATH'], HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    const processes = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
    const [code] = await once(child, 'close');
    return { code, stdout, stderr, processes };
  }

  it('takes the login of .netrc, which lands in no output, file or list of processes', async () => {
    writeFileSync(join(folder, '.netrc'), 'machine 127.0.0.1 login anna password correct-horse\n', {
      mode: 0o600,
    });
    const file = join(folder, 'rows.csv');
    const { code, stdout, stderr, processes } = await pull(
      [`${site.url}/roberrypi`, '--rows', '3', '--output', file],
      {},
    );
    expect([code, readFileSync(file, 'utf8').trim().split('\n').length]).toEqual([0, 4]);
    expect(stdout + stderr + processes + readFileSync(file, 'utf8')).not.toMatch(/horse|YW5uYT/);
    writeFileSync(join(folder, '.netrc'), '');
    const refused = await pull([`${site.url}/roberrypi`, '--rows', '3'], {});
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('found none')]);
  });

  it('asks on a terminal, and shows the user alone', { timeout: 60_000 }, async () => {
    const command = `${process.execPath} ${COMMAND} pull ${site.url}/roberrypi --rows 2`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, HOME: folder },
    });
    let shown = '';
    const steps: [string, string][] = [
      [`User of ${site.url}: `, 'anna\r'],
      ['Password: ', 'wrong-horse\r'],
      ['Not accepted. User of', 'anna\r'],
      ['Password: ', 'correct-horse\r'],
    ];
    let from = 0;
    terminal.stdout.setEncoding('utf8').on('data', text => {
      shown += text;
      const [step] = steps;
      const at = step === undefined ? -1 : shown.indexOf(step[0], from);
      if (step === undefined || at < 0) return;
      from = at + step[0].length;
      steps.shift();
      terminal.stdin.write(step[1]);
    });
    const [code] = await once(terminal, 'close');
    expect([code, steps]).toEqual([0, []]);
    expect(shown).toContain('sensor.time,');
    expect(shown).not.toContain('horse');
  });

  it.each([
    ['ftp://anna:horse@pi/roof', 'expected an address that begins with http:// or https://'],
    ['/roof', 'expected the address of a dataset with its server'],
    ['http://anna:horse@pi:99999/roof', 'Expected the address of a dataset'],
    ['http://pi:22/roof', 'Expected a port that browsers and fetch allow'],
  ])(
    'refuses the address %s as a mistake of the command line, without its password',
    async (address, message) => {
      const { code, stderr } = await pull([address], {});
      expect(code).toBe(2);
      expect(stderr.toLowerCase()).toContain(message.toLowerCase());
      expect(stderr).not.toContain('horse');
    },
  );

  it('names a server that is not there without the password of its address', async () => {
    const child = spawn(process.execPath, [
      COMMAND,
      'pull',
      'http://anna:horse@127.0.0.1:9999/roof',
      '--quiet',
    ]);
    let stderr = '';
    for await (const text of child.stderr.setEncoding('utf8')) {
      stderr += text;
      if (stderr.includes('trying again')) break;
    }
    child.kill('SIGKILL');
    expect(stderr).toContain('http://127.0.0.1:9999/roof: no server listens there');
    expect(stderr).not.toContain('horse');
  });
});
