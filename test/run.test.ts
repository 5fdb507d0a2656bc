// Tests the closing line of `npm test`, and its treatment of programs that are missing.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const RUNNER = ['vitest.config.ts', 'test/run.mjs', 'test/setup', 'test/tools.ts'];

const PASSING = `import { it } from 'vitest'; it('passes', () => {});`;
const NEEDS_GETDAP = `
  import { it } from 'vitest';
  import { describeWith } from './tools.ts';
  describeWith('getdap', 'reading with getdap', () => { it('reads', () => {}); it('reads more', () => {}); });`;

/** A small project with this project's test command, and a PATH with only the programs that it needs. */
let project: string;
let bin: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'dapberry-run-'));
  for (const file of RUNNER) cpSync(join(ROOT, file), join(project, file), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  scripts({});
  bin = join(project, 'bin');
  mkdirSync(bin);
  for (const name of ['sh', 'env', 'npm', 'chmod', 'touch']) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(found, join(bin, name));
  }
  symlinkSync(process.execPath, join(bin, 'node'));
  for (const name of [
    'true',
    'apt-ftparchive',
    'apache2',
    'caddy',
    'cdo',
    'chromium',
    'curl',
    'faketime',
    'firefox-esr',
    'jq',
    'WebKitWebDriver',
    'Xvfb',
    'ncdump',
    'ncks',
    'octave',
    'Rscript',
    'udunits2',
    'python3',
    'shellcheck',
    'openssl',
    'systemd-analyze',
  ]) {
    program(name, 'exit 0');
  }
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

function scripts(given: Record<string, string>): void {
  const all = { lint: 'exit 0', types: 'exit 0', build: 'exit 0', ...given };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', scripts: all }));
}

function program(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

function test(name: string, source: string): void {
  writeFileSync(join(project, 'test', `${name}.test.ts`), source);
}

interface Run {
  readonly status: number | null;
  readonly closing: string;
  readonly output: string;
}

function npmTest({ args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {}): Run {
  const { status, stdout, stderr } = spawnSync('npm', ['test', '--', ...args], {
    cwd: project,
    encoding: 'utf8',
    env: { PATH: bin, HOME: project, NO_COLOR: '1', npm_config_update_notifier: 'false', ...env },
  });
  return { status, closing: stdout.trimEnd().split('\n').at(-1) ?? '', output: `${stdout}\n${stderr}` };
}

/** Each run starts npm four times and vitest once. */
const timeout = 180_000;

describe('npm test', { timeout }, () => {
  it('ends with one line that counts, and with exit code 0', () => {
    scripts({ test: 'node test/run.mjs' });
    test('a', `${PASSING} it.skip('is for later', () => {}); it.todo('is to be written');`);
    test('b', PASSING);
    const { status, closing } = npmTest();
    expect(closing).toBe('2 passed, 0 failed, 2 skipped');
    expect(status).toBe(0);
  });

  it('runs only the named tests', () => {
    scripts({ test: 'node test/run.mjs' });
    test('wanted', PASSING);
    test('other', `import { it } from 'vitest'; it('fails', () => { throw new Error('no'); });`);
    const { status, closing } = npmTest({ args: ['test/wanted'] });
    expect(closing).toBe('1 passed, 0 failed');
    expect(status).toBe(0);
  });

  it('fails when no test was run', () => {
    scripts({ test: 'node test/run.mjs' });
    test('a', PASSING);
    const { status, closing } = npmTest({ args: ['test/nothing-is-called-so'] });
    expect(closing).toBe('0 passed, 1 failed');
    expect(status).not.toBe(0);
  });

  it('counts a failed lint, type check and build as one failure each, and still runs the tests', () => {
    scripts({ test: 'node test/run.mjs', lint: 'exit 1', types: 'exit 2', build: 'exit 3' });
    test('a', PASSING);
    const { status, closing } = npmTest();
    expect(closing).toBe('1 passed, 3 failed');
    expect(status).not.toBe(0);
  });

  it('counts what fails outside of a test', () => {
    scripts({ test: 'node test/run.mjs' });
    test('a', PASSING);
    test('does-not-load', `throw new Error('this file does not load');`);
    test(
      'no-set-up',
      `
      import { beforeAll, describe, it } from 'vitest';
      describe('a server', () => { beforeAll(() => { throw new Error('it does not start'); }); it('serves', () => {}); });`,
    );
    test(
      'forgotten',
      `
      import { it } from 'vitest';
      it('passes, but leaves a rejection behind', () => { void Promise.reject(new Error('nobody caught this')); });`,
    );
    const { status, closing, output } = npmTest();
    expect(output).toContain('nobody caught this');
    expect(closing).toBe('2 passed, 3 failed, 1 skipped');
    expect(status).not.toBe(0);
  });
});

describe('a missing program that tests need', { timeout }, () => {
  beforeEach(() => {
    scripts({ test: 'node test/run.mjs' });
    test('a', PASSING);
    test('getdap', NEEDS_GETDAP);
  });

  it('is named, and its tests are skipped, if no package may be installed', () => {
    const { status, closing, output } = npmTest();
    // Libraries are looked for in the machine itself, which may lack some.
    expect(output).toMatch(/sudo apt-get install --no-install-recommends (?:\S+ )*libdap-bin\b/);
    expect(output).toContain('skipped: reading with getdap (no getdap: Debian package libdap-bin)\n');
    expect(closing).toBe('1 passed, 0 failed, 2 skipped');
    expect(status).toBe(0);
  });

  it('is a failure if CI is set', () => {
    const { status, closing, output } = npmTest({ env: { CI: 'true' } });
    expect(output).toContain('expected on this machine: getdap; found no getdap: Debian package libdap-bin');
    expect(closing).toBe('1 passed, 1 failed');
    expect(status).not.toBe(0);
  });

  it('is installed if packages may be installed, after a new package list if needed', () => {
    program('sudo', 'shift; exec "$@"');
    program(
      'apt-get',
      `for word; do last=$word; done
       echo "$DEBIAN_FRONTEND: $*" >> ${project}/apt.log
       case "$*" in
         *--version*) exit 0 ;;
         *update*) touch ${project}/updated ;;
         *) [ -e ${project}/updated ] || { echo "E: Unable to locate package $last"; exit 100; }
            echo '#!/bin/sh' > ${bin}/getdap; chmod +x ${bin}/getdap ;;
       esac`,
    );
    const { status, closing, output } = npmTest({ env: { CI: 'true' } });
    expect(closing).toBe('3 passed, 0 failed');
    expect(status).toBe(0);
    expect(output).not.toContain('Unable to locate');
    const installed = readFileSync(join(project, 'apt.log'), 'utf8')
      .split('\n')
      .filter(line => / install .*\blibdap-bin\b/.test(line));
    expect(installed).toHaveLength(2);
    expect(installed[1]).toMatch(
      /^noninteractive: .* install -y --no-install-recommends (?:\S+ )*libdap-bin\b/,
    );
  });

  it('is not fatal if it cannot be installed: the reason is shown and the rest runs', () => {
    program('sudo', 'shift; exec "$@"');
    program(
      'apt-get',
      `case "$*" in *--version*) ;; *) echo 'E: Temporary failure resolving the name'; exit 100 ;; esac`,
    );
    const { status, closing, output } = npmTest();
    expect(output).toContain('E: Temporary failure resolving the name');
    expect(closing).toBe('1 passed, 0 failed, 2 skipped');
    expect(status).toBe(0);
    expect(existsSync(join(bin, 'getdap'))).toBe(false);
  });

  it('can be a browser of another name', () => {
    test(
      'browser',
      `
      import { expect } from 'vitest'; import { it } from 'vitest';
      import { describeWith, tools } from './tools.ts';
      describeWith('chromium', 'the page', () => { it('opens', () => expect(tools.chromium).toMatch(/my-browser$/)); });`,
    );
    program('getdap', 'exit 0');
    rmSync(join(bin, 'chromium'));
    program('my-browser', 'exit 0');
    expect(npmTest({ env: { DAPBERRY_CHROMIUM: join(bin, 'my-browser') } }).closing).toBe(
      '4 passed, 0 failed',
    );
    const { output, closing } = npmTest({ env: { DAPBERRY_CHROMIUM: '/nowhere/browser' } });
    expect(output).toContain('no chromium: DAPBERRY_CHROMIUM is /nowhere/browser, no program');
    expect(closing).toBe('3 passed, 0 failed, 1 skipped');
  });
});
