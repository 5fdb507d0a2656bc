// Makes a release archive and a Debian package for each architecture. Run by `npm run package`.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES } from './package/architectures.mjs';
import { archive } from './package/archive.mjs';
import { debianPackage, debianVersion } from './package/debian.mjs';
import { run } from './package/run.mjs';
import { stage } from './package/stage.mjs';

const root = join(import.meta.dirname, '..');
const all = Object.keys(ARCHITECTURES);
const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: all.join(',') },
    out: { type: 'string', default: join(root, 'packages') },
  },
});
const wanted = values.arch.split(',');
const unknown = wanted.filter(name => !all.includes(name));
if (unknown.length > 0)
  throw new Error(`--arch: expected names of architectures (${all.join(', ')}), found ${unknown.join(', ')}`);

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
// A package of the same sources has the same bytes, whenever it is made (reproducible-builds.org).
const seconds = Number(
  process.env.SOURCE_DATE_EPOCH ?? run('git', ['log', '-1', '--format=%ct'], { cwd: root }),
);
const work = join(values.out, 'work');
mkdirSync(work, { recursive: true });
for (const architecture of wanted) {
  const folder = join(work, `dapberry-${version}-${architecture}`);
  stage(root, folder, architecture, work);
  const tar = join(values.out, `dapberry-${version}-${architecture}.tar.gz`);
  archive(folder, tar, seconds);
  const deb = join(values.out, `dapberry_${debianVersion(version)}_${architecture}.deb`);
  debianPackage(folder, deb, { version, architecture, seconds }, work);
  rmSync(folder, { recursive: true });
  process.stdout.write(`${tar}\n${deb}\n`);
}
