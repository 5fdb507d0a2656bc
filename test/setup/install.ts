// How do the programs that tests need come onto this machine? As Debian packages, where `npm test` may install some.

import { spawnSync } from 'node:child_process';
import { missingTools } from '../tools.ts';

const MINUTE = 60_000;

/** Patience with another apt that is at work, as at a first boot, and with a slow or absent network. */
const APT_OPTIONS = [
  '-o',
  'DPkg::Lock::Timeout=300',
  '-o',
  'Acquire::Retries=2',
  '-o',
  'Acquire::http::Timeout=30',
];

interface Ended {
  readonly well: boolean;
  readonly output: string;
}

/** Runs once before the tests. It never fails: what stays missing is told by the suites that need it. */
export default function setup(): void {
  const { DAPBERRY_INSTALL_TOOLS } = process.env;
  if (!DAPBERRY_INSTALL_TOOLS) return;
  const packages = wanted();
  if (packages.length > 0) {
    const root = rootPrefix();
    if (root === undefined) say(`not installed, for want of apt-get and root rights: ${packages.join(' ')}`);
    else install(packages, root);
  }
  for (const { reason } of missingTools()) say(reason);
  const left = wanted();
  if (left.length === 0) return;
  say(`to install them: sudo apt-get install --no-install-recommends ${left.join(' ')}`);
}

function wanted(): string[] {
  return missingTools().flatMap(({ debianPackage }) => debianPackage ?? []);
}

/** What goes before a command to run it as root, without a question; undefined where that, or apt, cannot be had. */
function rootPrefix(): string[] | undefined {
  if (!run(['apt-get', '--version'], MINUTE).well) return undefined;
  if (process.getuid?.() === 0) return [];
  return run(['sudo', '-n', 'true'], MINUTE).well ? ['sudo', '-n'] : undefined;
}

/** One package after another, so that one that cannot be had does not keep the others away. */
function install(packages: readonly string[], root: readonly string[]): void {
  const apt = (...args: string[]) =>
    run(
      [...root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...APT_OPTIONS, ...args],
      10 * MINUTE,
    );
  let updated = false;
  for (const name of packages) {
    say(`installing the Debian package ${name}`);
    const add = () => apt('install', '-y', '--no-install-recommends', name);
    let ended = add();
    if (!ended.well && !updated) {
      // No package list yet, or one so old that its packages are gone.
      updated = true;
      const update = apt('update');
      ended = update.well ? add() : update;
    }
    if (!ended.well) say(`${name} could not be installed:\n${ended.output}`);
  }
}

function run([command = '', ...args]: readonly string[], timeout: number): Ended {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  return { well: status === 0, output: [stdout, stderr, error?.message].filter(Boolean).join('\n').trim() };
}

function say(text: string): void {
  process.stdout.write(`tools: ${text}\n`);
}
