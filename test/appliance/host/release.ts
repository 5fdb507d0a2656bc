// Makes the folders of two releases and of two that were damaged, and serves them to guests.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LATER, type Packages } from './packages.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const KEY = 'releases@example.org';

const script = (name: string) => import(pathToFileURL(join(PROJECT, 'scripts/release', name)).href);
const { checksums } = (await script('checksums.mjs')) as {
  checksums(folder: string, names: readonly string[]): string;
};
const { addToRepository, indexRepository } = (await script('apt-repository.mjs')) as {
  addToRepository(folder: string, file: string): void;
  indexRepository(folder: string, options: { base: string; seconds: number; keyText: string }): void;
};
const { publicKey, sign } = (await script('signing.mjs')) as {
  publicKey(key: string): string;
  sign(file: string, key: string): void;
};

export interface PublishedReleases {
  /** The address in the guest of the folders `first`, `later`, `torn` and `forged`. */
  readonly base: string;
  close(): void;
}

/** Serves the release of the project as `first`, the same with a later version as `later`, and damaged ones. */
export async function publishReleases(
  folder: string,
  architecture: string,
  made: Packages,
): Promise<PublishedReleases> {
  const site = mkdtempSync(join(tmpdir(), 'dapberry-site-'));
  const server = createServer((request, response) => {
    const path = join(site, normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/')));
    if (!existsSync(path) || !statSync(path).isFile()) response.writeHead(404).end('not found');
    else {
      response.writeHead(200, { 'content-length': statSync(path).size });
      createReadStream(path).pipe(response);
    }
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  // QEMU's user network has this machine's loopback interface at that address.
  const base = `http://10.0.2.2:${(server.address() as AddressInfo).port}`;

  const home = join(site, '.gnupg');
  mkdirSync(home, { mode: 0o700 });
  Object.assign(process.env, { GNUPGHOME: home });
  const generate = ['--quick-generate-key', `dapberry <${KEY}>`, 'ed25519', 'sign', 'never'];
  execFileSync('gpg', ['--batch', '--quiet', '--passphrase', '', ...generate], { stdio: 'ignore' });

  const first = join(site, 'first');
  const options = ['--arch', architecture, '--packages', folder, '--out', first, '--sign-with', KEY];
  execFileSync(
    process.execPath,
    [join(PROJECT, 'scripts/release.mjs'), ...options, '--base', `${base}/first`],
    {
      cwd: PROJECT,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  publishLater(site, folder, architecture, made, `${base}/later`);

  cpSync(join(site, 'later'), join(site, 'torn'), { recursive: true });
  const archive = join(site, 'torn', `dapberry-${LATER}-${architecture}.tar.gz`);
  writeFileSync(archive, readFileSync(archive).subarray(0, 100_000));
  cpSync(join(site, 'later/apt'), join(site, 'forged/apt'), { recursive: true });
  const list = join(site, `forged/apt/dists/stable/InRelease`);
  writeFileSync(list, readFileSync(list, 'utf8').replace('Label: dapberry', 'Label: another'));
  return {
    base,
    close: () => {
      server.closeAllConnections();
      server.close();
      execFileSync('gpgconf', ['--kill', 'all']);
      rmSync(site, { recursive: true, force: true });
    },
  };
}

/** The release after the first: the same program under another version, beside the first one in its repository. */
function publishLater(
  site: string,
  folder: string,
  architecture: string,
  made: Packages,
  base: string,
): void {
  const later = join(site, 'later');
  const name = `dapberry-${LATER}-${architecture}`;
  mkdirSync(later);
  execFileSync('tar', ['-xzf', join(folder, made.archive), '-C', site]);
  const unpacked = join(site, made.archive.replace(/\.tar\.gz$/, ''));
  const manifest = join(unpacked, 'package.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/^( {2}"version": ")[^"]+/m, `$1${LATER}`));
  const rename = `--transform=s,^[^/]*,${name},`;
  const from = ['-C', site, made.archive.replace(/\.tar\.gz$/, '')];
  execFileSync('tar', ['-czf', join(later, `${name}.tar.gz`), rename, ...from]);
  rmSync(unpacked, { recursive: true });
  copyFileSync(join(site, 'first/get.sh'), join(later, 'get.sh'));
  writeFileSync(join(later, 'SHA256SUMS'), checksums(later, [`${name}.tar.gz`]));
  writeFileSync(join(later, 'latest.json'), `{ "name": "dapberry", "version": "${LATER}" }\n`);

  const repository = join(later, 'apt');
  cpSync(join(site, 'first/apt'), repository, { recursive: true });
  const debian = join(site, `dapberry_${LATER}_${architecture}.deb`);
  copyFileSync(join(folder, made.laterDebian), debian);
  addToRepository(repository, debian);
  rmSync(debian);
  const seconds = Math.floor(Date.now() / 1000);
  indexRepository(repository, { base, seconds, keyText: publicKey(KEY) });
  sign(join(repository, 'dists/stable/Release'), KEY);
}
