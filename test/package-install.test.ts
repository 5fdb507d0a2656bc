import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Registry, serveRegistry } from './registry.ts';
import { ROOT } from './sources.ts';

const { PATH } = process.env;

/** A user's folder, and a PATH with Node, npm and a shell, without a compiler, make and Python. */
let user: string;
let registry: Registry;
let environment: NodeJS.ProcessEnv;
let packed: string;

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(command: string, args: readonly string[], cwd = user): Promise<Outcome> {
  return new Promise(resolve =>
    execFile(command, args, { cwd, env: environment, encoding: 'utf8' }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    ),
  );
}

/** The address of the page that a program prints. */
async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  if (child.stdout === null) throw new Error('expected an output');
  for await (const line of createInterface(child.stdout)) {
    said += `${line}\n`;
    const [, address] = /live page\D+(http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`expected the address of the page, found ${said}`);
}

const npm = (...args: readonly string[]) =>
  run(join(user, 'bin/npm'), [...args, '--registry', registry.url, '--no-audit', '--no-fund']);

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist/server/main.js'))) throw new Error('expected a build: npm run build');
  user = mkdtempSync(join(tmpdir(), 'dapberry-npm-'));
  registry = await serveRegistry();
  mkdirSync(join(user, 'bin'));
  symlinkSync(process.execPath, join(user, 'bin/node'));
  for (const name of ['npm', 'npx']) {
    const { out } = await run('/bin/sh', ['-c', `PATH='${PATH}' command -v ${name}`]);
    symlinkSync(out.trim(), join(user, 'bin', name));
  }
  for (const name of ['sh', 'env']) symlinkSync(`/bin/${name}`, join(user, 'bin', name));
  environment = { PATH: join(user, 'bin'), HOME: user, npm_config_cache: join(user, 'cache') };
  const { out } = await run(
    join(user, 'bin/npm'),
    ['pack', '--ignore-scripts', '--json', '--pack-destination', user],
    ROOT,
  );
  const [report] = JSON.parse(out) as [{ readonly filename: string }];
  packed = join(user, report.filename);
  registry.serve(report.filename, packed);
}, 240_000);
afterAll(() => {
  registry?.close();
  rmSync(user, { recursive: true, force: true });
});

describe('the npm package on a machine without a compiler', () => {
  it('is installed by npm install -g, without the addons, and serves', { timeout: 600_000 }, async () => {
    const prefix = join(user, 'global');
    const { code, err } = await npm('install', '-g', '--prefix', prefix, packed);
    expect(code, err).toBe(0);
    expect(registry.fetched).toContain('fastify');
    const modules = join(prefix, 'lib/node_modules/dapberry/node_modules');
    // npm removes an optional module that it cannot compile.
    expect(existsSync(join(modules, 'fastify'))).toBe(true);
    expect(existsSync(join(modules, 'i2c-bus/build/Release/i2c.node'))).toBe(false);

    const command = join(prefix, 'bin/dapberry');
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await run(command, ['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    const child = spawn(command, ['--port', '0', '--host', '127.0.0.1'], { env: environment, cwd: user });
    const address = await addressOf(child);
    expect(await (await fetch(address)).text()).toContain('<title>');
    const rows = await (await fetch(`${address}/host.csv?sensor[0:1]`)).text();
    expect(rows.trim().split('\n')).toHaveLength(3);
    const health = (await (await fetch(`${address}/health`)).json()) as { readonly status: string };
    expect(health.status).toBe('ok');
    child.kill('SIGINT');
    expect((await once(child, 'close'))[0]).toBe(0);
    // A sensor that needs an addon says what is missing.
    const config = ['--config', join(user, 'i2c.yaml')];
    await run(join(user, 'bin/sh'), [
      '-c',
      'echo "datasets: {lab: {sensors: [{kind: lm75, bus: 1}]}}" >i2c.yaml',
    ]);
    const reading = await run(command, ['read', ...config]);
    expect(reading.code).toBe(1);
    expect(`${reading.out}${reading.err}`).toContain('sensors on I2C need the module i2c-bus');
  });

  it('serves at once by npx without a command', { timeout: 600_000 }, async () => {
    const file = `${registry.url}/${basename(packed)}`;
    const npx = ['--yes', '--registry', registry.url, file, '--port', '0', '--host', '127.0.0.1'];
    const child = spawn(join(user, 'bin/npx'), npx, {
      env: environment,
      cwd: user,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C goes to the whole group.
      detached: true,
    });
    let complained = '';
    child.stderr.on('data', (text: Buffer) => {
      complained += text;
    });
    const address = await addressOf(child).catch((error: Error) => {
      throw new Error(`${error.message}\n${complained}`);
    });
    const catalog = (await (await fetch(`${address}/catalog.json`)).json()) as {
      readonly datasets: readonly { readonly name: string }[];
    };
    expect(catalog.datasets.map(({ name }) => name)).toContain('host');
    const closed = once(child, 'close');
    process.kill(-(child.pid ?? Number.NaN), 'SIGINT');
    await closed;
  });
});
