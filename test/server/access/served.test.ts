import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const COMMAND = resolve(import.meta.dirname, '../../../dist/server/main.js');
const PATIENCE = { timeout: 20_000, interval: 100 };

let folder: string;
let child: ChildProcess | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-access-'));
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  child = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise(done => {
    const program = execFile(
      process.execPath,
      [COMMAND, ...args],
      { timeout: 20_000, env: { ...process.env, ...env } },
      (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
    program.stdin!.end(input);
  });
}

const lineOf = async (name: string, password: string) =>
  (await run(['password', name, '--stdin'], `${password}\n`)).stdout;

/** Writes the file of users with these rights, and a configuration that names it. */
function configure(lines: string, mode = 0o600, users = join(folder, 'users')): void {
  writeFileSync(join(folder, 'users'), lines, { mode });
  chmodSync(join(folder, 'users'), mode);
  writeFileSync(
    join(folder, 'config.yaml'),
    `access:\n  users: ${users}\ndatasets:\n  roof: { interval: 0.05, sensors: [{ kind: waveform }] }\n`,
  );
}

async function serve(env: Record<string, string> = {}): Promise<string> {
  const args = ['serve', '--config', join(folder, 'config.yaml'), '--host', '127.0.0.1', '--port', '0'];
  child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, ...env } });
  for await (const line of createInterface(child.stdout!)) {
    const found = /live page +(http:\S+)/.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('the command ended before it printed an address');
}

const statusOf = async (address: string, user: string) => {
  const answer = await fetch(`${address}roof.dds`, {
    headers: { Authorization: `Basic ${Buffer.from(user).toString('base64')}` },
  });
  await answer.text();
  return answer.status;
};

describe('the command password', () => {
  it('prints a line without the password, and refuses short passwords and odd names', async () => {
    const line = await lineOf('anna', 'correct horse');
    expect(line).toMatch(/^anna:scrypt\$ln=15,r=8,p=1\$[\w-]{22}\$[\w-]{43}\n$/);
    const short = await run(['password', 'anna', '--stdin'], 'short\n');
    expect([short.code, short.stdout]).toEqual([1, '']);
    expect(short.stderr).toContain(
      'expected a password from 8 characters to 1024 bytes, found one of 5 characters',
    );
    expect((await run(['password', 'an:na', '--stdin'], 'correct horse\n')).code).toBe(2);
    expect((await run(['password', 'anna', '--stdin'], `${'x'.repeat(5000)}\n`)).code).toBe(1);
    expect((await run(['password', 'anna'], 'correct horse\n')).stderr).toContain(
      'expected a terminal, found none',
    );
  });

  it('asks twice on a terminal, and shows nothing of the password', async () => {
    const command = `${process.execPath} ${COMMAND} password anna`;
    const terminal = spawn('script', ['-qec', command, '/dev/null']);
    let stdout = '';
    const questions = ['Password of anna: ', 'The same again: '];
    terminal.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
      if (questions.length > 0 && stdout.includes(questions[0]!)) {
        questions.shift();
        terminal.stdin.write('correct horse\r');
      }
    });
    await once(terminal, 'close');
    expect(stdout).toContain('Password of anna: ');
    expect(stdout).toContain('The same again: ');
    expect(stdout).toMatch(/anna:scrypt\$ln=15/);
    expect(stdout).not.toContain('horse');
  });
});

describe('a server with users', () => {
  it('takes over the file of users as soon as it changes, and keeps the former one while it is wrong', async () => {
    const anna = await lineOf('anna', 'correct horse');
    configure(anna);
    const address = await serve();
    expect([
      await statusOf(address, 'anna:correct horse'),
      await statusOf(address, 'anna:wrong horse'),
    ]).toEqual([200, 401]);
    const bert = await lineOf('bert', 'battery staple');
    writeFileSync(join(folder, 'users'), `# readers\n${bert}`);
    await expect.poll(() => statusOf(address, 'bert:battery staple'), PATIENCE).toBe(200);
    expect(await statusOf(address, 'anna:correct horse')).toBe(401);
    let log = '';
    child!.stderr!.setEncoding('utf8').on('data', text => {
      log += text;
    });
    child!.stdout!.setEncoding('utf8').on('data', text => {
      log += text;
    });
    writeFileSync(join(folder, 'users'), 'anna:battery staple\n');
    await expect
      .poll(() => log, PATIENCE)
      .toContain(`${folder}/users:1:1: expected a hash that dapberry password made`);
    expect(log).not.toContain('battery');
    expect(await statusOf(address, 'bert:battery staple')).toBe(200);
    // No secret in the list of processes, nor in its environment.
    expect(readFileSync(`/proc/${child!.pid}/cmdline`, 'utf8')).not.toContain('scrypt');
  });

  it('reads the file from the credentials of its service', async () => {
    configure(await lineOf('anna', 'correct horse'), 0o644, 'users');
    const address = await serve({ CREDENTIALS_DIRECTORY: folder });
    expect(await statusOf(address, 'anna:correct horse')).toBe(200);
  });

  const check = () => run(['check', '--config', join(folder, 'config.yaml')]);

  it.each([
    [
      0o644,
      'expected a file that other users of this machine may not read, found the rights 644; run: sudo chmod o= ',
    ],
    [0o620, 'expected a file that its group may not write, found the rights 620; run: sudo chmod g-w '],
  ])('refuses a file of users with the rights %o', async (mode, message) => {
    configure(await lineOf('anna', 'correct horse'), mode);
    const { code, stderr } = await check();
    expect(code).toBe(2);
    expect(stderr).toContain(`config.yaml:2:10: access.users: ${message}${folder}/users`);
  });

  it('is closed to everyone where it starts without the file', async () => {
    configure('', 0o600, join(folder, 'none'));
    expect((await check()).stderr).toContain(
      'access.users: expected the path of a file that the server can read, found none',
    );
    const address = await serve();
    for (const path of ['', 'health', 'catalog.json', 'host.dds', 'roof.dds'])
      expect([path, (await fetch(`${address}${path}`)).status]).toEqual([path, 401]);
    configure('', 0o600, 'users');
    // Who checks the configuration by hand has no credentials of the service.
    const { code, stdout } = await check();
    expect(code).toBe(0);
    expect(stdout).toContain('access.users is not checked');
  });
});

describe('pull', () => {
  it('takes user and password, or a token, from the environment', async () => {
    configure((await lineOf('anna', 'correct horse')) + (await lineOf('bot', 'long-token')));
    const address = await serve();
    const pull = (env: Record<string, string>) =>
      run(['pull', `${address}roof`, '--rows', '2', '--quiet'], '', env);
    for (const env of [
      { DAPBERRY_USER: 'anna', DAPBERRY_PASSWORD: 'correct horse' },
      { DAPBERRY_TOKEN: 'bot.long-token' },
    ]) {
      const { code, stdout } = await pull(env as unknown as Record<string, string>);
      expect([code, stdout.trim().split('\n').length]).toEqual([0, 3]);
    }
    const refused = await pull({});
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'expected a user name and a password of this server, found none: set $DAPBERRY_TOKEN, or $DAPBERRY_USER and $DAPBERRY_PASSWORD, or put the login into ~/.netrc',
    );
    const wrong = await pull({ DAPBERRY_TOKEN: 'bot.other' });
    expect([wrong.code, wrong.stderr.includes('set $DAPBERRY_TOKEN')]).toEqual([1, false]);
    expect((await pull({ DAPBERRY_USER: 'anna' })).stderr).toContain(
      'expected $DAPBERRY_PASSWORD beside $DAPBERRY_USER',
    );
  });
});
