#!/usr/bin/env node
// Runs `npm test`: lint, types, build and every test, then one line with the counts.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? '.', '..');

/** The timeout of all tests in milliseconds: a test that hangs must not hide the closing line. */
const LONGEST_RUN = 60 * 60_000;

/** The timeout of making the images of a guest, in seconds: their packages come over the network. */
const LONGEST_MAKING = 20 * 60;

const total = { passed: 0, failed: 0, skipped: 0 };
const notes = [];

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
}

/** Prints a title, runs an npm script, and counts a failure. */
function script(name, title) {
  process.stdout.write(`\n${title}\n`);
  const { status } = run('npm', ['run', '--silent', name]);
  if (status === 0) return;
  total.failed += 1;
  notes.push(`failed: ${title} (npm run ${name})`);
}

function lint() {
  // Biome has no binary for some machines of the project, such as 32-bit ARM.
  const biome = join(root, 'node_modules', '.bin', 'biome');
  if (!process.env.CI && run(biome, ['--version'], { stdio: 'ignore' }).status !== 0) {
    total.skipped += 1;
    notes.push(`skipped: lint and format (Biome does not run on ${process.platform}-${process.arch})`);
    return;
  }
  script('lint', 'lint and format');
}

/** Runs vitest with a reporter of its own (setup/outcome.ts), which writes the counts to a file. */
function tests(title, args, environment = {}) {
  process.stdout.write(`\n${title}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-test-'));
  const file = join(folder, 'outcome.json');
  try {
    const { status } = run(
      process.execPath,
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        'run',
        '--reporter=default',
        `--reporter=${join(root, 'test', 'setup', 'outcome.ts')}`,
        ...args,
      ],
      {
        env: { ...process.env, DAPBERRY_TEST_OUTCOME: file, DAPBERRY_INSTALL_TOOLS: '1', ...environment },
        timeout: LONGEST_RUN,
      },
    );
    const outcome = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    const { passed, failed, skipped, skippedSuites, secondTries } = outcome ?? {
      passed: 0,
      failed: 0,
      skipped: 0,
      skippedSuites: [],
      secondTries: [],
    };
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    notes.push(...skippedSuites.map(name => `skipped: ${name}`));
    notes.push(...secondTries.map(name => `passed at the second try only: ${name}`));
    if (failed > 0 || (status === 0 && outcome !== undefined)) return;
    total.failed += 1;
    notes.push(`failed: vitest ended with ${status === null ? 'a signal' : `exit code ${status}`}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const GUEST_CACHE =
  process.env.DAPBERRY_APPLIANCE_CACHE ?? join(root, 'node_modules/.cache/dapberry-appliance');

/**
 * Begins to make the images of a guest, beside what runs meanwhile. Needs root and minutes, so that it is done only where `CI` is set.
 * Returns a function that waits for the end and tells whether they are made; undefined where there is to be no guest.
 */
function makeGuest() {
  const make = join(root, 'test/appliance/images/make.sh');
  if (!process.env.CI || !existsSync(make)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-guest-'));
  const file = join(folder, 'log');
  const log = openSync(file, 'w');
  const making = spawn('timeout', [`${LONGEST_MAKING}`, 'bash', make, 'pc'], {
    cwd: root,
    env: { ...process.env, DAPBERRY_APPLIANCE_CACHE: GUEST_CACHE },
    stdio: ['ignore', log, log],
  });
  const ended = new Promise(resolve => {
    making.once('error', () => resolve(undefined));
    making.once('exit', resolve);
  });
  return async () => {
    const code = await ended;
    closeSync(log);
    process.stdout.write(readFileSync(file, 'utf8'));
    rmSync(folder, { recursive: true, force: true });
    return code === 0;
  };
}

/** Boots a PC with a real kernel, systemd and simulated chips, and reads its data: a part of npm run test:appliance. */
async function guest(isMade) {
  process.stdout.write('\na guest with a real kernel\n');
  if (!(await isMade())) {
    total.skipped += 1;
    notes.push('skipped: the guest with a real kernel, which could not be made on this machine');
    return;
  }
  const args = ['--config', 'test/appliance/vitest.config.ts', '--retry', '1', 'appliance/pc'];
  tests('tests in it', args, { DAPBERRY_APPLIANCE_CACHE: GUEST_CACHE, CI: '' });
}

/** The reason why no test can run on this machine; undefined if tests can run. */
function obstacle() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19) || (major === 22 && minor < 12)) {
    return `dapberry needs Node 20.19 or later (of Node 22, 22.12 or later); this is Node ${process.versions.node}`;
  }
  if (!existsSync(join(root, 'node_modules', 'vitest'))) {
    return 'the packages that the tests need are not installed; run `npm install` first';
  }
  return undefined;
}

// Biome and vitest write escape sequences into files and pipes too, where they are of no use.
if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1';

const why = obstacle();
if (why === undefined) {
  const args = process.argv.slice(2);
  const isMade = args.length === 0 ? makeGuest() : undefined;
  lint();
  script('types', 'types');
  script('build', 'build');
  // A test that fails once on a busy machine of others is named in the closing lines, and fails where it fails again.
  tests('tests', process.env.CI ? ['--retry', '1', ...args] : args);
  if (isMade !== undefined) await guest(isMade);
} else {
  total.failed += 1;
  notes.push(why);
}

const { passed, failed, skipped } = total;
process.stdout.write(`\n${notes.map(note => `${note}\n`).join('')}`);
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
