// Runs shell scripts with the real dpkg in a copy of this machine, and makes packages of a small program for them.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error A script without types.
import { debianPackage } from '../../scripts/package/debian.mjs';
import { ROOT } from '../sources.ts';

const ENTER = join(import.meta.dirname, 'copy/enter.sh');
const { PATH } = process.env;
const NAMESPACES = ['--mount', '--net', '--pid', '--fork', '--kill-child'];

/** Why no copy can be made here; undefined if one can. */
export function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  if (spawnSync('dpkg-deb', ['--version']).status !== 0) return 'needs dpkg';
  const script =
    'mount --make-rprivate / && mount -t tmpfs x /mnt && mkdir /mnt/a /mnt/b /mnt/c && mount -t overlay x -o lowerdir=/,upperdir=/mnt/a,workdir=/mnt/b /mnt/c';
  if (spawnSync('unshare', [...NAMESPACES, 'sh', '-c', script]).status !== 0) return 'needs mount namespaces';
  return undefined;
}

/** The line between the outputs of parts. */
const MARK = '-- the next part --';

/** What every script begins with. */
const PRELUDE = `
exec 2>&1
export DEBIAN_FRONTEND=noninteractive DAPBERRY_PATIENCE=8 DAPBERRY_PROOF=0
cd /packages
put() { dpkg --force-unsafe-io -i "$1" </dev/null; }
served() { node -e 'fetch("http://127.0.0.1:8080/health").then(answer => answer.text()).then(console.log, () => console.log("nothing"))'; }
state() { dpkg-query -W -f '\${db:Status-Status}\\n' dapberry 2>/dev/null || echo unknown; }
process() { systemctl show --property=MainPID --value dapberry.service; }
starts() { grep -c . /run/stand-in/did; }
versions() { ls /var/lib/dapberry-package/versions | tr '\\n' ' '; }
`;

/** The folder with the packages of a test file, /packages in the copy. */
export class Packages {
  readonly folder = mkdtempSync(join(tmpdir(), 'dapberry-packages-'));

  close(): void {
    rmSync(this.folder, { recursive: true });
  }

  /**
   * Makes VERSION.deb, and the release archive's folder VERSION, of a program that serves its version.
   * @param begin lines of JavaScript that it begins with
   * @param change changes the files before they are packed
   */
  make(version: string, begin = '', change: (folder: string) => void = () => undefined): void {
    const folder = join(this.folder, version);
    mkdirSync(join(folder, 'dist/server'), { recursive: true });
    for (const name of ['systemd', 'README.md', 'LICENSE', 'CHANGELOG.md'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    mkdirSync(join(folder, 'docs'));
    for (const name of ['i2c-bus', 'onoff', 'koffi']) {
      mkdirSync(join(folder, 'node_modules', name), { recursive: true });
      writeFileSync(join(folder, 'node_modules', name, 'index.js'), '');
    }
    writeFileSync(
      join(folder, 'package.json'),
      `{\n  "name": "dapberry",\n  "version": "${version}",\n  "type": "module"\n}\n`,
    );
    const architecture = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
    writeFileSync(join(folder, 'ARCHITECTURE'), `${architecture}\n`);
    writeFileSync(join(folder, 'dist/server/main.js'), program(begin), { mode: 0o755 });
    change(folder);
    const file = join(this.folder, `${version}.deb`);
    debianPackage(folder, file, { version, architecture, seconds: 1_790_000_000 }, join(this.folder, 'work'));
  }

  /** Runs a script of bash as root in a copy, and returns its output. @throws with the output if the script fails */
  run(script: string): string {
    const file = join(this.folder, 'script');
    writeFileSync(file, `set -euo pipefail\n${PRELUDE}\n${script}`);
    const { status, stdout, stderr } = spawnSync('unshare', [...NAMESPACES, ENTER, this.folder, file], {
      encoding: 'utf8',
      timeout: 900_000,
      killSignal: 'SIGKILL',
      env: { PATH, LC_ALL: 'C.UTF-8', NODE: process.execPath },
    });
    if (status !== 0) throw new Error(`expected exit code 0, found ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Runs parts of one script, and returns the output of each. */
  runParts<Name extends string>(parts: Readonly<Record<Name, string>>): Readonly<Record<Name, string>> {
    const names = Object.keys(parts) as Name[];
    const [, ...outputs] = this.run(names.map(name => `echo '${MARK}'\n${parts[name]}\n`).join('')).split(
      `${MARK}\n`,
    );
    return Object.fromEntries(names.map((name, index) => [name, outputs[index] ?? ''])) as Record<
      Name,
      string
    >;
  }
}

function program(begin: string): string {
  return `#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
const [command, ...options] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
${begin}
const port = options.includes('--port') ? Number(options[options.indexOf('--port') + 1]) : 8080;
if (command === '--version') console.log(version);
if (command === 'check') console.log('live page  http://localhost:' + port + '/');
if (command === 'serve') {
  createServer((request, response) => {
    response.setHeader('xopendap-server', 'dapberry/' + version);
    response.end(version + ' ' + readFileSync('/etc/dapberry/config.yaml', 'utf8').split('\\n')[0]);
  }).listen(port, () => writeFileSync('/run/stand-in/ready', ''));
}
`;
}
