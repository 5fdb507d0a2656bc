import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { type Batch, decodeAll } from '../../dap/index.ts';

/** The command as it is installed: the build is made before the tests run. */
const COMMAND = resolve(import.meta.dirname, '../../dist/server/main.js');

const EXAMPLE = resolve(import.meta.dirname, '../../systemd/config.example.yaml');

let child: ChildProcess | undefined;
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

/** Starts `dapberry serve` on a free port; resolves with the address that it prints. */
async function start(...options: string[]): Promise<string> {
  child = spawn(process.execPath, [COMMAND, 'serve', '--host', '127.0.0.1', '--port', '0', ...options]);
  for await (const line of createInterface(child.stdout!)) {
    const address = /live page +(http:\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the command ended before it printed an address');
}

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [COMMAND, ...args], { timeout: 10_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}

/** As `run` on a terminal, where both outputs are one. */
function onTerminal(...args: string[]): Promise<{ code: number; stdout: string }> {
  const words = [process.execPath, COMMAND, ...args].map(word => `'${word}'`).join(' ');
  return new Promise(resolve => {
    execFile('script', ['-qec', words, '/dev/null'], { timeout: 10_000 }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout }),
    );
  });
}

/** What begins a colour on a terminal. */
const ESCAPE = '\u001b';

function shell(
  script: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ stdout: string; stderr: string }> {
  return new Promise(done => {
    execFile('/bin/sh', ['-c', script], { env, timeout: 10_000 }, (_error, stdout, stderr) =>
      done({ stdout, stderr }),
    );
  });
}

describe('the command dapberry', () => {
  it('prints where to look, serves, and on SIGTERM ends every stream with its marker and exits 0 within a second', async () => {
    const address = await start('--interval', '0.05', '--simulate');
    expect((await fetch(address)).headers.get('content-security-policy')).toContain("default-src 'self'");
    const bodies = Promise.all(
      ['roberrypi.dods', 'host.dods', '.dods?time'].map(async path =>
        (await fetch(address + path)).arrayBuffer(),
      ),
    );
    // The streams have begun when their rows are being counted.
    for (let streams = 0; streams < 3; ) {
      ({ streams } = (await (await fetch(`${address}health`)).json()) as { streams: number });
    }
    const told = performance.now();
    child!.kill('SIGTERM');
    const [code] = await once(child!, 'close');
    expect(performance.now() - told).toBeLessThan(1000);
    expect(code).toBe(0);
    for (const body of await bodies) {
      expect([...new Uint8Array(body).slice(-4)]).toEqual([0xa5, 0, 0, 0]);
      decodeAll(new Uint8Array(body));
    }
  });

  it('exits 0 within a second though a client is stuck', async () => {
    const address = await start('--interval', '0', '--simulate');
    const stuck = await fetch(`${address}roberrypi.dods`);
    expect(stuck.ok).toBe(true);
    const told = performance.now();
    child!.kill('SIGINT');
    const [code] = await once(child!, 'close');
    expect(performance.now() - told).toBeLessThan(1000);
    expect(code).toBe(0);
    await stuck.body!.cancel().catch(() => undefined);
  });

  it('gives the same simulation for the same seed', async () => {
    const window = 'roberrypi.dods?&time>=1000000000&time<1000001000';
    const readings: Batch[] = [];
    for (const seed of ['7', '7', '8']) {
      const address = await start('--interval', '0', '--seed', seed);
      const bytes = await (await fetch(address + window)).arrayBuffer();
      readings.push(decodeAll(new Uint8Array(bytes)).values[0] as Batch);
      child!.kill('SIGTERM');
      await once(child!, 'close');
    }
    expect(readings[1]).toEqual(readings[0]);
    expect(readings[2]).not.toEqual(readings[0]);
  });

  it('says in one sentence that its port is taken, and exits 1 on a terminal', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stdout } = await onTerminal('serve', '--host', '127.0.0.1', '--port', String(port));
    taken.close();
    expect(code).toBe(1);
    expect(stdout).toContain(
      `dapberry: port ${port} of 127.0.0.1 is in use by another program: find it with sudo ss -ltnp 'sport = :${port}' and stop it, or choose another port with --port\r\n`,
    );
  });

  it('names the key of the configuration where that has the port, or a name that is not known', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-address-'));
    const file = join(folder, 'config.yaml');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    writeFileSync(file, `server: {host: 127.0.0.1, port: ${port}}\nsimulate: true\n`);
    const inUse = await onTerminal('serve', '--config', file);
    taken.close();
    writeFileSync(file, 'server: {host: no-such-host.invalid, port: 0}\nsimulate: true\n');
    const unknown = await onTerminal('serve', '--config', file);
    rmSync(folder, { recursive: true });
    expect([inUse.code, unknown.code]).toEqual([1, 1]);
    expect(inUse.stdout).toMatch(/choose another port with server\.port\r\n$/);
    expect(unknown.stdout).toContain(
      'server.host: expected an address of this machine, or its name, found "no-such-host.invalid"',
    );
  });

  it.each([
    [['--port', '80800'], '--port: expected a whole number from 0 to 65535, found "80800"'],
    [['--port', ''], '--port: expected a whole number from 0 to 65535, found ""'],
    [
      ['--interval', 'fast'],
      '--interval: expected 0, or 0.001 to 86400 seconds, such as 10, 500ms or "1 min", found "fast"',
    ],
    [
      ['--interval', '0.0001'],
      '--interval: expected 0, or 0.001 to 86400 seconds, such as 10, 500ms or "1 min", found "0.0001"',
    ],
    [['--interval', '-1'], 'found "-1"'],
    [['--config', ''], '--config: expected a file, found ""'],
    [['--host', ''], '--host: expected an address, found ""'],
    [['--intervall', '1'], 'unknown option --intervall; did you mean --interval?'],
    [['serve', '--quick'], 'unknown option --quick; see dapberry serve --help'],
    [['-p', '80'], 'unknown option -p'],
    [['--port', '--simulate'], '--port: expected a value (N), found the option --simulate'],
    [['serve', '--port'], '--port: expected a value (N), found nothing'],
    [['--simulate=no'], '--simulate: expected no value, found "no"'],
    [['--port', '0x50'], '--port: expected a whole number from 0 to 65535, found "0x50"'],
    [['--interval', ' '], '--interval: expected a number of seconds, found ""'],
    [['check', '--seed', '80'], '--seed is an option of serve, not of check; see dapberry check --help'],
    [
      ['read', '--format', 'jsn'],
      '--format: expected one of table, json, csv, found "jsn"; did you mean json?',
    ],
    [['list', 'termal'], 'found "termal"; did you mean thermal?'],
    [['help', 'chekc'], 'found "chekc"; did you mean check?'],
    [['sevre'], 'found "sevre"; did you mean serve?'],
    [['garden.yaml'], 'found "garden.yaml"; see dapberry --help'],
    [['serve', 'now'], 'expected nothing after the command serve, found "now"'],
    [['list', 'thermal', 'tmp36'], 'expected no more than [KIND] after the command list, found "tmp36"'],
  ])('refuses %j in one sentence and exits 2', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^dapberry: [^\n]+; (see dapberry ([a-z]+ )?--help|did you mean [\w-]+\?)\n$/);
  });

  it('serves what a file says, at the port that the command line says, and names the file', async () => {
    const address = await start('--config', EXAMPLE, '--simulate');
    expect(await (await fetch(`${address}.dds`)).text()).toContain('Float64 air_temperature;');
    const health = (await (await fetch(`${address}health`)).json()) as { datasets: { name: string }[] };
    expect(health.datasets.map(({ name }) => name)).toEqual(['garden', 'machine']);
  });

  it('starts nothing from a wrong file on a terminal: it prints all that is wrong, and exits 2', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-command-'));
    const file = join(folder, 'garden.yaml');
    writeFileSync(file, 'server:\n  prot: 80\ndatasets:\n  a:\n    sensors: []\n');
    const { code, stdout } = await onTerminal('serve', '--config', file);
    rmSync(folder, { recursive: true });
    expect(code).toBe(2);
    expect(stdout.split('\r\n')).toEqual([
      expect.stringMatching(/garden\.yaml:2:3: server\.prot: .* found "prot"; did you mean "port"\?$/),
      expect.stringMatching(
        /garden\.yaml:5:14: datasets\.a\.sensors: expected a list .* found an empty list$/,
      ),
      'dapberry: 2 mistakes in the configuration; nothing was started',
      '',
    ]);
  });

  it('says on a terminal that a file that was named is not there, and exits 2', async () => {
    const { code, stdout } = await onTerminal('serve', '--config', '/nowhere/config.yaml');
    expect(code).toBe(2);
    expect(stdout).toContain('/nowhere/config.yaml: expected a file that can be read, found none\r\n');
  });

  it.each([
    ['--help', 'usage: dapberry [COMMAND] [OPTIONS]'],
    // More than a pipe holds.
    ['schema', '{'],
  ])('ends well and in silence when whoever reads %s has seen enough', async (args, first) => {
    const program = `"${process.execPath}" "${COMMAND}"`;
    const script = `{ ${program} ${args}; echo "code $?" >&2; } | head -1`;
    const { stdout, stderr } = await shell(script);
    expect([stdout, stderr]).toEqual([`${first}\n`, 'code 0\n']);
  });

  it('colours what it prints where that is wanted, and never in a pipe or with NO_COLOR', async () => {
    const program = `"${process.execPath}" "${COMMAND}" doctor`;
    const { FORCE_COLOR: _forced, NO_COLOR: _none, ...environment } = process.env;
    const piped = await shell(`${program} | cat`, environment);
    expect(piped.stdout).toContain('configuration');
    expect(piped.stdout).not.toContain(ESCAPE);
    const forced = await shell(`${program} | cat`, { ...environment, FORCE_COLOR: '1' });
    expect(forced.stdout).toMatch(new RegExp(`^${ESCAPE}\\[3\\dm(ok|note|fix)${ESCAPE}\\[39m `, 'm'));
    const none = await shell(`${program} | cat`, { ...environment, NO_COLOR: '1' });
    expect(none.stdout).toContain('configuration');
    expect(none.stdout).not.toContain(ESCAPE);
  });

  it('prints where in the program an error came from only with --debug', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stdout } = await onTerminal(
      ...['serve', '--debug', '--host', '127.0.0.1', '--port', String(port)],
    );
    taken.close();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^dapberry: port \d+ of 127\.0\.0\.1 is in use/m);
    expect(stdout).toMatch(/^ {4}at .*serve-\w+\.js/m);
  });

  it('reads every simulated sensor, and ends', async () => {
    const { code, stdout } = await run('read', '--simulate', '--format', 'csv');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^roberrypi,tmp36-simulated,temperature,[\d.]+,degree_Celsius,\r$/m);
  });

  it('prints its help and its version', async () => {
    expect((await run('--help')).stdout).toContain('usage: dapberry');
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
