// Installs the Debian packages of the programs that tests need, where `npm test` may install packages.

import { spawnSync } from 'node:child_process';
import { missingTools } from '../tools.ts';

const MINUTE = 60_000;

const { CI } = process.env;

/** Options that wait for another apt, as at a first boot, and limit the wait for a slow or missing network. */
const APT_OPTIONS = [
  '-o',
  'DPkg::Lock::Timeout=300',
  '-o',
  'Acquire::Retries=2',
  '-o',
  'Acquire::http::Timeout=30',
  // A machine that is made for one run need not outlast a power cut, which half of the time of an installation would go to.
  ...(CI ? ['-o', 'Dpkg::Options::=--force-unsafe-io'] : []),
];

interface Outcome {
  readonly succeeded: boolean;
  readonly output: string;
}

/** Runs once before the tests. It never fails: the suites that need a missing program report it. */
export default function setup(): void {
  const { DAPBERRY_INSTALL_TOOLS } = process.env;
  if (!DAPBERRY_INSTALL_TOOLS) return;
  const packages = wanted();
  if (packages.length > 0) {
    const root = rootPrefix();
    if (root === undefined)
      say(`not installed, for apt-get or the rights of root are missing: ${packages.join(' ')}`);
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

/** The prefix of a command that runs as root without a password; undefined if that is impossible or apt is missing. */
function rootPrefix(): string[] | undefined {
  if (!run(['apt-get', '--version'], MINUTE).succeeded) return undefined;
  if (process.getuid?.() === 0) return [];
  return run(['sudo', '-n', 'true'], MINUTE).succeeded ? ['sudo', '-n'] : undefined;
}

/** Installs all packages at once, which takes half of the time; where that fails one by one, so that a missing one keeps none away. */
function install(packages: readonly string[], root: readonly string[]): void {
  const apt = (...args: string[]) =>
    run(
      [...root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...APT_OPTIONS, ...args],
      20 * MINUTE,
    );
  const add = (...names: string[]) => apt('install', '-y', '--no-install-recommends', ...names);
  say(`installing the Debian packages ${packages.join(' ')}`);
  if (add(...packages).succeeded) return;
  // There is no package list yet, or its packages have been replaced at the mirror.
  const update = apt('update');
  if (!update.succeeded) say(`the lists of packages could not be updated:\n${update.output}`);
  if (add(...packages).succeeded) return;
  for (const name of packages) {
    const { succeeded, output } = add(name);
    if (!succeeded) say(`${name} could not be installed:\n${output}`);
  }
}

function run([command = '', ...args]: readonly string[], timeout: number): Outcome {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  return {
    succeeded: status === 0,
    output: [stdout, stderr, error?.message].filter(Boolean).join('\n').trim(),
  };
}

function say(text: string): void {
  process.stdout.write(`tools: ${text}\n`);
}
