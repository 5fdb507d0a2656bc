import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driverText, PATIENCE, Site } from '../drivers/command.ts';

let site: Site;
beforeEach(() => {
  site = new Site();
  site.write('config.yaml', 'datasets: { one: { interval: 0.1, sensors: [{ kind: tmp36-simulated }] } }\n');
});
afterEach(() => site.dispose());

const fifo = (name: string) => execFileSync('mkfifo', [site.path(name)]);

interface Health {
  readonly configuration: { readonly problems: readonly string[] };
  readonly datasets: readonly { readonly name: string }[];
}
const health = async (address: string) => (await (await fetch(`${address}health`)).json()) as Health;

describe('a name with the end of a line in it', () => {
  it('passes for no second problem', async () => {
    const { err } = await site.run(['check', '--config', 'one.yaml\nfake.yaml']);
    expect(err).toBe(
      'one.yaml\\nfake.yaml: expected a file that can be read, found none\ndapberry: 1 mistake in the configuration\n',
    );
  });
});

describe('what is no regular file', { timeout: 60_000 }, () => {
  it.each(['check', 'read', 'list', 'doctor', 'devices'])(
    'is named by %s, which ends with an error',
    async command => {
      mkdirSync(site.path('config.d'));
      fifo('config.d/a.yaml');
      const { out, err, code } = await site.run([command, '--config', 'config.yaml']);
      expect(code).toBe(command === 'doctor' ? 1 : 2);
      expect(`${out}${err}`.replaceAll(/\s+/g, ' ')).toContain(
        'config.d/a.yaml: expected a regular file, found a FIFO (named pipe)',
      );
    },
  );

  it.each([
    ['a FIFO', (name: string) => void fifo(name), 'a regular file, found a FIFO (named pipe)'],
    [
      'a device',
      (name: string) => symlinkSync('/dev/zero', site.path(name)),
      'a regular file, found a device',
    ],
    [
      'a file of a gigabyte',
      (name: string) => {
        writeFileSync(site.path(name), '');
        truncateSync(site.path(name), 1e9);
      },
      'a file of at most',
    ],
  ])('is said of a driver and of a recording: %s', async (_what, make, problem) => {
    make('mine.mjs');
    make('old.csv');
    site.write('config.yaml', 'datasets: { one: { sensors: [{ driver: mine.mjs }] } }\n');
    const driver = await site.run(['check', '--config', 'config.yaml']);
    expect(driver.err).toContain(`expected ${problem}`);
    expect(driver.err).toContain('mine.mjs');
    expect(driver.code).toBe(2);
    site.write(
      'config.yaml',
      'datasets: { one: { sensors: [{ kind: replay, file: old.csv, columns: [a] }] } }\n',
    );
    const recording = await site.run(['read', '--config', 'config.yaml']);
    expect(`${recording.out}${recording.err}`).toContain(`old.csv: expected ${problem}`);
    expect(recording.code).toBe(1);
  });

  it('is a problem of a running server, which goes on, reads later changes, and ends', async () => {
    mkdirSync(site.path('config.d'));
    const address = await site.serve();
    fifo('config.d/a.yaml');
    await expect
      .poll(async () => (await health(address)).configuration.problems, PATIENCE)
      .toEqual(['config.d/a.yaml: expected a regular file, found a FIFO (named pipe)']);
    site.write('config.d/a.yaml', 'sensors: [{ kind: tmp36-simulated }]\n');
    await expect
      .poll(async () => (await health(address)).datasets.map(({ name }) => name), PATIENCE)
      .toEqual(['one', 'a']);
    site.signal('SIGTERM');
    expect(await site.ended()).toBe(0);
  });

  it('keeps no server from ending, though a driver waits for it', async () => {
    fifo('sensor');
    site.write(
      'mine.mjs',
      `import { open } from 'node:fs/promises';\n${driverText({ read: `async () => open(${JSON.stringify(site.path('sensor'))})` })}`,
    );
    site.write(
      'config.yaml',
      'datasets: { one: { interval: 0.1, sensors: [{ driver: mine.mjs }, { kind: tmp36-simulated }] } }\n',
    );
    const address = await site.serve();
    const rows = await (await fetch(`${address}one.asc?sensor[0:1]`)).text();
    expect(rows).toContain('NaN');
    site.signal('SIGTERM');
    // Of a signal, without an exit code.
    expect(await site.ended()).toBeNull();
  });
});
