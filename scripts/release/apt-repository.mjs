// Makes an apt repository as a folder for any web server, with Debian's own tools.

import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from '../package/run.mjs';
import { sha256 } from './checksums.mjs';

const POOL = 'pool/main/d/dapberry';
const SUITE = 'dists/stable';

/** @throws if the pool has another package of the same name, since apt keeps the checksum that it has of a version */
export function expectUnchanged(folder, file) {
  const target = join(folder, POOL, basename(file));
  if (existsSync(target) && sha256(target) !== sha256(file))
    throw new Error(
      `${target}: expected the same package as ${file}, found another one of this version. A published version does not change: raise the version in package.json; if nobody has installed it, remove this file and run this again`,
    );
}

/** Copies a package into the pool, where those of earlier versions stay, so that `apt install dapberry=VERSION` can go back. */
export function addToRepository(folder, file) {
  mkdirSync(join(folder, POOL), { recursive: true });
  copyFileSync(file, join(folder, POOL, basename(file)));
}

/**
 * Writes the lists of all packages in the pool; with a key also this key, and the source for /etc/apt/sources.list.d.
 * @param base the address of the release, whose folder `apt` is the repository
 * @param seconds the date of the lists, in seconds since 1970
 * @param keyText the public key; undefined if nothing is signed
 */
export function indexRepository(folder, { base, seconds, keyText }) {
  const architectures = [
    ...new Set(readdirSync(join(folder, POOL)).flatMap(name => /_([a-z0-9]+)\.deb$/.exec(name)?.[1] ?? [])),
  ].sort();
  const inFolder = { cwd: folder };
  rmSync(join(folder, SUITE), { recursive: true, force: true });
  for (const architecture of architectures) {
    const list = join(folder, SUITE, 'main', `binary-${architecture}`);
    mkdirSync(list, { recursive: true });
    const packages = run('apt-ftparchive', ['--arch', architecture, 'packages', POOL], inFolder);
    writeFileSync(join(list, 'Packages'), packages);
    run('gzip', ['-9nk', join(list, 'Packages')]);
  }
  const facts = {
    Origin: 'dapberry',
    Label: 'dapberry',
    Suite: 'stable',
    Codename: 'stable',
    Components: 'main',
    Date: new Date(seconds * 1000).toUTCString().replace('GMT', 'UTC'),
    Architectures: architectures.join(' '),
    Description: 'Packages of dapberry',
  };
  const options = Object.entries(facts).flatMap(([name, value]) => [
    '-o',
    `APT::FTPArchive::Release::${name}=${value}`,
  ]);
  const release = run('apt-ftparchive', [...options, 'release', SUITE], inFolder);
  writeFileSync(join(folder, SUITE, 'Release'), release);
  for (const name of ['dapberry.asc', 'dapberry.sources']) rmSync(join(folder, name), { force: true });
  if (keyText === undefined) return;
  writeFileSync(join(folder, 'dapberry.asc'), keyText);
  writeFileSync(join(folder, 'dapberry.sources'), source(base));
}

/** The source in the format of sources.list(5), for /etc/apt/sources.list.d/dapberry.sources. */
function source(base) {
  return `Types: deb
URIs: ${base}/apt
Suites: stable
Components: main
Signed-By: /etc/apt/keyrings/dapberry.asc
`;
}
