// Runs scripts/release/get.sh against a release on a local web server, with a PATH that contains only chosen programs.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ROOT } from '../sources.ts';

export const SCRIPT = readFileSync(join(ROOT, 'scripts/release/get.sh'), 'utf8');

const { PATH = '' } = process.env;

/** The programs that get.sh may find on a Debian, apart from curl and wget. */
const PROGRAMS = [
  ...['awk', 'bash', 'cat', 'cut', 'dirname', 'getconf', 'grep', 'gzip', 'head', 'mktemp', 'rm', 'sed', 'sh'],
  ...['sha256sum', 'tar', 'tr', 'wc'],
];

/** The answer to a request: a text or bytes, or a function that writes it. */
export type Answer = string | Uint8Array | ((response: ServerResponse) => void);

export class Release {
  /** The files of the release by name; a test changes them. */
  readonly files = new Map<string, Answer>();
  /** The names that were asked for. */
  readonly asked: string[] = [];
  /** A folder for the test, removed by `close`. */
  readonly folder = mkdtempSync(join(tmpdir(), 'dapberry-get-'));
  readonly #server = createServer((request, response) => {
    const name = (request.url ?? '').replace('/release/', '');
    this.asked.push(name);
    const answer = this.files.get(name);
    if (answer === undefined) response.writeHead(404).end('<html>not found</html>');
    else if (typeof answer === 'function') answer(response);
    else response.end(answer);
  });

  /** Serves a release of version 1.2.3 for arm64 whose installer prints its options. */
  static async serve(): Promise<Release> {
    const release = new Release();
    await new Promise<void>(resolve => release.#server.listen(0, '127.0.0.1', resolve));
    release.files.set('latest.json', '{\n  "name": "dapberry",\n  "version": "1.2.3"\n}\n');
    await release.add('dapberry-1.2.3-arm64', {
      'systemd/install.sh': '#!/usr/bin/env bash\necho "installs with: $*"; cat\n',
    });
    return release;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/release`;
  }

  /** Packs files into an archive, and puts its checksum into SHA256SUMS. */
  async add(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    const folder = join(this.folder, 'made', name);
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    await this.addFolder(folder, name);
  }

  async addFolder(folder: string, name: string): Promise<void> {
    const archive = join(this.folder, `${name}.tar.gz`);
    const options = ['-czf', archive, '-C', join(folder, '..'), `--transform=s,^[^/]*,${name},`];
    await new Promise<void>((resolve, reject) =>
      execFile('tar', [...options, folder.replace(/^.*\//, '')], error =>
        error === null ? resolve() : reject(error),
      ),
    );
    const bytes = readFileSync(archive);
    const sum = createHash('sha256').update(bytes).digest('hex');
    this.files.set(`${name}.tar.gz`, bytes);
    const others = String(this.files.get('SHA256SUMS') ?? '');
    this.files.set('SHA256SUMS', `${others}${sum}  ${name}.tar.gz\n`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true });
  }
}

export interface Machine {
  /** The output of `uname -m`. */
  readonly uname?: string;
  /** Debian's architecture; undefined without dpkg. */
  readonly dpkg?: string | undefined;
  readonly user?: number;
  readonly downloaders?: readonly string[];
  /** The file of a certificate that curl and wget trust. */
  readonly authority?: string;
}

export interface Run {
  readonly code: number;
  readonly said: string;
  readonly complained: string;
  /** The files that are left in the temporary folder. */
  readonly left: readonly string[];
}

/** Gives the script to a shell as its input, as `curl ... | sudo sh -s -- ARGUMENTS` does. */
export async function get(
  release: Release,
  args: readonly string[],
  { uname = 'aarch64', dpkg = 'arm64', user = 0, downloaders = ['curl'], authority }: Machine = {},
  script = SCRIPT,
): Promise<Run> {
  const folder = mkdtempSync(join(release.folder, 'run-'));
  const [bin, temporary] = [join(folder, 'bin'), join(folder, 'tmp')];
  mkdirSync(bin);
  mkdirSync(temporary);
  for (const name of [...PROGRAMS, ...downloaders]) symlinkSync(program(name), join(bin, name));
  if (authority !== undefined) {
    writeFileSync(join(folder, '.curlrc'), `cacert = "${authority}"\n`);
    writeFileSync(join(folder, '.wgetrc'), `ca_certificate = ${authority}\n`);
  }
  const stub = (name: string, output: string | number) =>
    writeFileSync(join(bin, name), `#!/bin/sh\necho ${output}\n`, { mode: 0o755 });
  stub('uname', uname);
  stub('id', user);
  if (dpkg !== '') stub('dpkg', dpkg);
  return new Promise(resolve => {
    const child = execFile(
      '/bin/sh',
      ['-s', '--', ...args],
      { env: { PATH: bin, TMPDIR: temporary, HOME: folder }, encoding: 'utf8' },
      (error, said, complained) => {
        const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
        resolve({ code, said, complained, left: readdirSync(temporary) });
      },
    );
    child.stdin?.end(script);
  });
}

/** The path of a program of this machine. */
function program(name: string): string {
  const folders = PATH.split(delimiter);
  const found = folders.find(folder => readNames(folder).includes(name));
  if (found === undefined) throw new Error(`expected the program ${name}, found none`);
  return join(found, name);
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A port at which nothing listens. */
export async function deadBase(): Promise<string> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  await new Promise<void>((resolve, reject) =>
    connect(port, '127.0.0.1')
      .once('error', () => resolve())
      .once('connect', () => reject(new Error('expected a free port'))),
  );
  return `http://127.0.0.1:${port}/release`;
}
