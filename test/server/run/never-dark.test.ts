import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND, driverText, giving, Site } from '../drivers/command.ts';

const PATIENCE = { timeout: 20_000 };

let site: Site;
beforeEach(() => {
  site = new Site();
  mkdirSync(site.path('config.d'));
  site.env = { XDG_STATE_HOME: site.path('state') };
});
afterEach(() => site.dispose());

interface Health {
  readonly status: string;
  readonly configuration: {
    readonly problems: readonly string[];
    readonly problemsSince?: number;
    readonly inUse: string;
    readonly lastGood?: number;
    readonly failed: readonly string[];
  };
  readonly datasets: readonly { readonly name: string; readonly rows: number }[];
}

const GOOD = 'datasets: { garden: { interval: 0.1, sensors: [{ kind: tmp36-simulated }] } }\n';
const WRONG = 'datasets: { garden: { intervall: 0.1, sensors: [{ kind: tmp36-simulated }] } }\n';

const health = async (address: string) => (await (await fetch(`${address}health`)).json()) as Health;
const names = async (address: string) => (await health(address)).datasets.map(({ name }) => name);
const latest = async (address: string, name: string) => {
  const answer = await fetch(`${address}${name}/latest.json`);
  const { values } = (await answer.json()) as { readonly values?: { readonly depth: number | null } };
  return values?.depth;
};
const logged = () => site.logged.join('\n');

async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  site.signal(signal);
  await site.ended();
}

/** Serves this configuration once, so that it becomes the last good one. */
async function serveOnce(config: string, signal?: NodeJS.Signals): Promise<void> {
  site.write('config.yaml', config);
  await site.serve();
  await stop(signal);
}

const kept = () => {
  const folder = site.path('state/dapberry/last-good');
  return readdirSync(folder).map(name => join(folder, name));
};

describe('a server that starts with a wrong configuration', { timeout: 60_000 }, () => {
  it('runs the last good one after a kill, says so everywhere, and takes the mended file over at once', async () => {
    await serveOnce(GOOD, 'SIGKILL');
    const [file = ''] = kept();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    site.write('config.yaml', WRONG);
    const address = await site.serve();
    const { status, configuration } = await health(address);
    expect(status).toBe('degraded');
    expect(configuration).toMatchObject({
      inUse: 'last-good',
      problems: [expect.stringContaining('found "intervall"; did you mean "interval"?')],
      problemsSince: expect.any(Number),
      lastGood: expect.any(Number),
    });
    expect(await names(address)).toEqual(['garden']);
    expect(logged()).toMatch(/the configuration is wrong, and the last good one, of \S+Z, is in use: /);
    const metrics = await (await fetch(`${address}metrics`)).text();
    expect(metrics).toContain('dapberry_configuration_mistakes 1\n');
    expect(metrics).toContain('dapberry_configuration_in_use{configuration="last-good"} 1\n');
    // The kept texts stay: the wrong ones never replace them.
    const before = readFileSync(file, 'utf8');
    site.write('config.yaml', GOOD.replace('garden', 'roof'));
    await expect.poll(() => names(address), PATIENCE).toEqual(['roof']);
    expect((await health(address)).configuration).toMatchObject({ inUse: 'current', problems: [] });
    await expect.poll(() => readFileSync(file, 'utf8'), PATIENCE).not.toBe(before);
    await stop();
    site.write('config.yaml', WRONG);
    expect(await names(await site.serve())).toEqual(['roof']);
  });

  it('runs the last good one where a file of the folder is wrong', async () => {
    writeFileSync(site.path('config.d/roof.yaml'), 'sensors: [{ kind: tmp36-simulated }]\n');
    await serveOnce(GOOD);
    writeFileSync(site.path('config.d/roof.yaml'), 'sensors: [\n');
    const address = await site.serve();
    expect(await names(address)).toEqual(['garden', 'roof']);
    // The wrong file may go: nothing has to be put back.
    rmSync(site.path('config.d/roof.yaml'));
    await expect.poll(() => names(address), PATIENCE).toEqual(['garden']);
    expect((await health(address)).status).toBe('ok');
  });

  it('runs the drivers of the last good one, which are wrong or gone, until they are mended', async () => {
    for (const name of ['mine', 'gone']) site.write(`${name}.js`, giving(1));
    const both =
      'datasets: { mine: { interval: 0.1, sensors: [{ driver: ./mine.js }] }, gone: { interval: 0.1, sensors: [{ driver: ./gone.js }] } }\n';
    await serveOnce(both);
    rmSync(site.path('gone.js'));
    site.write('mine.js', 'export default 7;\n');
    const address = await site.serve();
    expect((await health(address)).configuration).toMatchObject({ inUse: 'last-good' });
    expect(await names(address)).toEqual(['mine', 'gone']);
    await expect.poll(() => latest(address, 'mine'), PATIENCE).toBe(1);
    await expect.poll(() => latest(address, 'gone'), PATIENCE).toBe(1);
    for (const name of ['mine', 'gone']) site.write(`${name}.js`, giving(2));
    await expect.poll(() => latest(address, 'gone'), PATIENCE).toBe(2);
    expect((await health(address)).configuration).toMatchObject({ inUse: 'current', problems: [] });
    // Only the copies of the texts that took effect last are kept.
    const copies = () => kept().flatMap(path => (path.endsWith('.drivers') ? readdirSync(path) : []));
    await expect.poll(copies, PATIENCE).toHaveLength(1);
    await stop();
    rmSync(site.path('mine.js'));
    const copy = kept().find(path => path.endsWith('.drivers'))!;
    for (const name of readdirSync(copy)) writeFileSync(join(copy, name), 'damaged');
    expect(await names(await site.serve())).toEqual(['host']);
  });

  it('serves the load of the machine where there is no last good one, or its driver and the copy are gone', async () => {
    site.write('config.yaml', WRONG.replace('datasets', 'server: { maxStreams: 7, prot: 1 }\ndatasets'));
    const first = await site.serve();
    expect(await names(first)).toEqual(['host']);
    expect((await health(first)).configuration).toMatchObject({ inUse: 'host-only', files: [] });
    site.write('mine.js', driverText());
    site.write('config.yaml', 'datasets: { mine: { interval: 0.1, sensors: [{ driver: ./mine.js }] } }\n');
    await expect.poll(() => names(first), PATIENCE).toEqual(['mine']);
    await expect.poll(() => kept().length, PATIENCE).toBe(2);
    await stop();
    rmSync(site.path('mine.js'));
    rmSync(kept().find(path => path.endsWith('.drivers'))!, { recursive: true });
    const second = await site.serve();
    expect(await names(second)).toEqual(['host']);
    expect((await health(second)).configuration.problems[0]).toContain('mine.js');
    expect(logged()).toContain('only the load of this machine is served');
    site.write('mine.js', driverText());
    await expect.poll(() => names(second), PATIENCE).toEqual(['mine']);
  });

  it('says that the last good one is damaged, and replaces it after the next good start', async () => {
    await serveOnce(GOOD);
    const [file = ''] = kept();
    writeFileSync(file, readFileSync(file, 'utf8').replace('garden', 'gordon'));
    site.write('config.yaml', WRONG);
    expect(await names(await site.serve())).toEqual(['host']);
    expect(logged()).toContain(`the last good configuration is damaged and cannot be used: ${file}`);
    await stop();
    await serveOnce(GOOD);
    site.write('config.yaml', WRONG);
    expect(await names(await site.serve())).toEqual(['garden']);
  });

  it('goes on without a folder for its state, and says so once', async () => {
    writeFileSync(site.path('state'), 'not a folder');
    site.write('config.yaml', GOOD);
    const address = await site.serve();
    site.write('config.yaml', GOOD.replace('garden', 'roof'));
    await expect.poll(() => names(address), PATIENCE).toEqual(['roof']);
    await expect
      .poll(() => site.logged.filter(line => line.includes('cannot be kept')).length, PATIENCE)
      .toBe(1);
    expect(readFileSync(site.path('state'), 'utf8')).toBe('not a folder');
  });

  it('prefers the folder that systemd has made for the service', async () => {
    mkdirSync(site.path('service'));
    site.env = { ...site.env, STATE_DIRECTORY: site.path('service') };
    await serveOnce(GOOD);
    expect(readdirSync(site.path('service'))).toContain('last-good');
    site.write('config.yaml', 'datasets: [');
    expect(await names(await site.serve())).toEqual(['garden']);
  });

  it('ends with all mistakes and exit code 2 on a terminal, where a person reads them', async () => {
    site.write('config.yaml', WRONG);
    const command = `'${process.execPath}' '${COMMAND}' serve --config config.yaml`;
    const { code, out } = await new Promise<{ code: unknown; out: string }>(done => {
      const options = { cwd: site.folder, timeout: 25_000 };
      execFile('script', ['-qec', command, '/dev/null'], options, (error, stdout) =>
        done({ code: error?.code ?? 0, out: stdout }),
      );
    });
    expect(out).toContain('dapberry: 1 mistake in the configuration; nothing was started');
    expect(code).toBe(2);
  });
});

describe('a port that is taken', { timeout: 60_000 }, () => {
  it('is waited for; meanwhile a mended address is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    site.write('config.yaml', `server: { host: 127.0.0.1, port: ${port} }\n${GOOD}`);
    const address = site.serveAsConfigured();
    await expect
      .poll(logged, PATIENCE)
      .toContain(
        `waiting: port ${port} of 127.0.0.1 is in use by another program: find it with sudo ss -ltnp 'sport = :${port}' and stop it, or choose another port with server.port`,
      );
    site.write('config.yaml', `server: { host: 127.0.0.1, port: 0 }\n${GOOD}`);
    expect(await names(await address)).toEqual(['garden']);
    expect(logged()).toContain('the wait for the address is over');
    expect(site.logged.filter(line => line.includes('waiting: port'))).toHaveLength(1);
    taken.close();
  });
});
