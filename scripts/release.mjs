// Makes everything that a release page needs into one folder: packages, checksums, an apt repository, get.sh. Run by `npm run release`.

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES } from './package/architectures.mjs';
import { debianVersion } from './package/debian.mjs';
import { run } from './package/run.mjs';
import { addToRepository, expectUnchanged, indexRepository } from './release/apt-repository.mjs';
import { changesOf } from './release/changes.mjs';
import { checksums, earlierFiles } from './release/checksums.mjs';
import { billOfMaterials } from './release/sbom.mjs';
import { needTools, publicKey, sign, unsign } from './release/signing.mjs';

const root = join(import.meta.dirname, '..');
const all = Object.keys(ARCHITECTURES);
const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: all.join(',') },
    // A placeholder: the publisher gives the address.
    base: { type: 'string', default: 'https://example.org/dapberry' },
    out: { type: 'string', default: join(root, 'packages/release') },
    packages: { type: 'string' },
    'sign-with': { type: 'string' },
  },
});
const out = resolve(values.out);
const base = baseOf(values.base);
const key = values['sign-with'];
needTools({ 'apt-ftparchive': 'apt-utils', 'dpkg-deb': 'dpkg', ...(key && { gpg: 'gpg', gpgv: 'gpgv' }) });
// A wrong key is found before minutes of compiling.
const keyText = key === undefined ? undefined : publicKey(key);

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const seconds = Number(
  process.env.SOURCE_DATE_EPOCH ?? run('git', ['log', '-1', '--format=%ct'], { cwd: root }),
);
const architectures = values.arch.split(',');
const packages = resolve(values.packages ?? join(root, 'packages'));
if (values.packages === undefined) {
  const script = join(root, 'scripts/package.mjs');
  run(process.execPath, [script, '--arch', values.arch, '--out', packages], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

const repository = join(out, 'apt');
const files = architectures.flatMap(architecture => [
  `dapberry-${version}-${architecture}.tar.gz`,
  `dapberry_${debianVersion(version)}_${architecture}.deb`,
]);
const debians = files.filter(name => name.endsWith('.deb')).map(name => join(packages, name));
// Nothing is written before all packages are known to be right.
for (const name of files)
  if (!existsSync(join(packages, name)))
    throw new Error(`${join(packages, name)}: expected this package of version ${version}, found none`);
for (const file of debians) expectUnchanged(repository, file);

mkdirSync(out, { recursive: true });
const made = [...files];
for (const name of files) copyFileSync(join(packages, name), join(out, name));
for (const file of debians) addToRepository(repository, file);
// The build is there; its scripts would make it again.
run('npm', ['pack', '--ignore-scripts', '--pack-destination', out], { cwd: root });
made.push(`dapberry-${version}.tgz`);
write(`dapberry-${version}.cdx.json`, billOfMaterials(root, seconds));
const changes = changesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version);
if (changes.note !== undefined) process.stderr.write(`release: ${changes.note}\n`);
write(`CHANGES-${version}.md`, changes.text);
write('get.sh', readFileSync(join(root, 'scripts/release/get.sh'), 'utf8').replace('@BASE@', base));
chmodSync(join(out, 'get.sh'), 0o755);

indexRepository(repository, { base, seconds, keyText });
const release = join(repository, 'dists/stable/Release');
write('SHA256SUMS', checksums(out, [...made, ...earlierFiles(out, made)]));
if (key === undefined) {
  unsign(release);
  unsign(join(out, 'SHA256SUMS'));
  process.stderr.write(
    'release: the apt repository is not signed, so apt refuses it. Sign it with --sign-with KEYID, a key that gpg --list-secret-keys prints\n',
  );
} else {
  sign(release, key);
  sign(join(out, 'SHA256SUMS'), key);
}
// Comes last: get.sh and `dapberry version --check` read it first.
const date = new Date(seconds * 1000).toISOString();
write(
  'latest.json',
  `${JSON.stringify({ name: 'dapberry', version, date, changes: `CHANGES-${version}.md` }, null, 2)}\n`,
);
process.stdout.write(`${[...made, 'apt/'].map(name => join(out, name)).join('\n')}\n`);

function write(name, text) {
  writeFileSync(join(out, name), text);
  made.push(name);
}

/** The address that is written into get.sh and the apt source: what a shell and apt read in it must be only an address. */
function baseOf(text) {
  if (/^https?:\/\/[A-Za-z0-9.:/~_%-]+$/.test(text)) return text.replace(/\/+$/, '');
  throw new Error(
    `--base: expected an address such as https://example.org/dapberry, found ${JSON.stringify(text)}`,
  );
}
