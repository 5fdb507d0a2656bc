import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../../server/cli/commands/catalogue.ts';
import { serving } from '../../../serving.ts';
import { textOf } from '../../../sources.ts';
import { machineWith } from './machines.ts';

/** A folder as the examples take it: with garden.yaml, and dapberry on the path. */
let folder: string;
const [, garden = ''] = /```yaml\n(.*?)```/s.exec(textOf('docs/configuration.md')) ?? [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-examples-'));
  writeFileSync(join(folder, 'garden.yaml'), garden);
  const program = resolve(import.meta.dirname, '../../../../dist/server/main.js');
  writeFileSync(join(folder, 'dapberry'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, {
    mode: 0o755,
  });
  writeFileSync(join(folder, 'roof-2026-01.csv'), 'sensor.time,sensor.temperature\n1767225600,20.5\n');
  const backup = ['import', 'roof-2026-01.csv', '--dataset', 'roof', '--history', 'backup/history'];
  execFileSync(join(folder, 'dapberry'), backup, { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true }));

const { PATH } = process.env;
const environment = () => ({ ...process.env, PATH: `${folder}:${PATH}` });

describe('the help', () => {
  it('of the program shows every command, the exit codes and examples', async () => {
    const { dapberry, tree } = await machineWith({});
    const { code, out } = await dapberry('--help');
    await tree.dispose();
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('output/help.txt');
  });

  it.each(COMMANDS.map(({ name }) => name))('of %s is what a person needs', async name => {
    const { dapberry, tree } = await machineWith({});
    const asked = await dapberry(name, '--help');
    expect(asked).toEqual(await dapberry('help', name));
    expect(asked).toEqual(await dapberry('-h', name));
    await tree.dispose();
    await expect(asked.out).toMatchFileSnapshot(`output/help-${name}.txt`);
  });

  it('fits a terminal of eighty columns', async () => {
    const { dapberry, tree } = await machineWith({});
    const helps = await Promise.all(
      [['--help'], ...COMMANDS.map(({ name }) => ['help', name])].map(args => dapberry(...args)),
    );
    await tree.dispose();
    const long = helps.flatMap(({ out }) => out.split('\n')).filter(line => line.length > 80);
    expect(long).toEqual([]);
  });

  it.each(['help.txt', 'check-example.txt', 'doctor-pi.txt'])(
    'in docs/command-line.md is that of now: %s',
    file => {
      const shown = textOf(`test/server/cli/commands/output/${file}`);
      expect(textOf('docs/command-line.md'), `copy ${file} into its place`).toContain(
        `\`\`\`\n${shown}\`\`\`\n`,
      );
    },
  );

  const examples = COMMANDS.flatMap(command => command.examples);

  // Those of setup, edit, and of password without --stdin, need a terminal and a person, others root; version.test.ts checks a release.
  it.each(
    examples.filter(example => !/ (serve|pull|edit|setup)( |$)|password anna$|--check |^sudo /.test(example)),
  )('has an example that runs: %s', async example => {
    const [code, out, err] = await new Promise<[number, string, string]>(done =>
      execFile('/bin/sh', ['-c', example], { cwd: folder, env: environment() }, (error, stdout, stderr) =>
        done([error === null ? 0 : Number(error.code ?? -1), stdout, stderr]),
      ),
    );
    // Sensors may fail, and the doctor may find problems, on the machine that runs the tests.
    expect(['read', 'doctor'].some(name => example.includes(` ${name}`)) ? 0 : code).toBe(0);
    expect([code === 0 || code === 1, err]).toEqual([true, '']);
    // Nothing is an answer too where no sensor of the configuration is a device below /dev.
    expect(out !== '' || example.includes('>') || example.includes(' devices')).toBe(true);
  });

  it.each(examples.filter(example => example.includes(' serve ')))(
    'has an example that serves: %s',
    async example => {
      // The last of several ports counts: whatever runs on this machine stays undisturbed.
      const child = spawn('/bin/sh', ['-c', `exec ${example} --port 0`], { cwd: folder, env: environment() });
      const lines = createInterface(child.stdout);
      let served = false;
      for await (const line of lines)
        if (line.includes('live page')) {
          served = true;
          break;
        }
      child.kill('SIGTERM');
      const [code] = await once(child, 'close');
      expect([served, code]).toEqual([true, 0]);
    },
  );

  it.each(examples.filter(example => example.includes(' pull ')))(
    'has an example that pulls: %s',
    async example => {
      const { url, close } = await serving();
      const line = `${example.replace('http://pi:8080/roof', `${url}/roberrypi`)} --rows 3`;
      const child = spawn('/bin/sh', ['-c', line], { cwd: folder, env: environment(), stdio: 'ignore' });
      const [code] = await once(child, 'close');
      await close();
      expect(code).toBe(0);
    },
  );
});
