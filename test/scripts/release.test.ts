import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT, textOf } from '../sources.ts';
import { describeWith } from '../tools.ts';

const script = (name: string) => import(pathToFileURL(join(ROOT, 'scripts/release', name)).href);
const { IN_PAGE } = (await script('sbom.mjs')) as { IN_PAGE: readonly string[] };
const { version } = JSON.parse(textOf('package.json')) as { version: string };

const ARCHITECTURES = ['arm64', 'armhf'];
const KEY = 'release@example.org';

let work: string;
let home: string;
let packages: string;

/** Makes what `npm run package` makes, from small packages. */
function makePackages(folder: string, number: string, content = 'first') {
  for (const architecture of ARCHITECTURES) {
    const tree = join(work, 'tree');
    rmSync(tree, { recursive: true, force: true });
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
    writeFileSync(join(tree, 'content'), content);
    const control = {
      Package: 'dapberry',
      Version: number,
      Architecture: architecture,
      Maintainer: 'a <a@b.c>',
      Description: 'd',
    };
    const lines = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
    writeFileSync(join(tree, 'DEBIAN/control'), lines.join(''));
    mkdirSync(folder, { recursive: true });
    const deb = join(folder, `dapberry_${number}_${architecture}.deb`);
    execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, deb], {
      env: { ...process.env, SOURCE_DATE_EPOCH: '1764000000' },
    });
    writeFileSync(join(folder, `dapberry-${number}-${architecture}.tar.gz`), `an archive of ${architecture}`);
  }
}

function makeRelease(out: string, ...args: readonly string[]) {
  const options = ['--packages', packages, '--out', out, '--arch', ARCHITECTURES.join(',')];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'scripts/release.mjs'), ...options, ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, GNUPGHOME: home, SOURCE_DATE_EPOCH: '1764000000' },
    },
  );
  return { status, said: stdout, complained: stderr };
}

const readable = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8');

/** A hash of the bytes of every file. */
const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .map(path => [
        path.slice(folder.length + 1),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ]),
  );

/** Runs apt with a configuration of its own, whose only source is a repository. */
function apt(repository: string, source: string, program: string, ...args: readonly string[]) {
  const folder = mkdtempSync(join(work, 'apt-'));
  for (const name of ['lists/partial', 'cache/archives/partial', 'etc'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(
    join(folder, 'etc/dapberry.sources'),
    source.replace(/^URIs: .*$/m, `URIs: file:${repository}`),
  );
  const options = {
    'APT::Architecture': 'arm64',
    'APT::Sandbox::User': 'root',
    'Dir::Etc::sourcelist': join(folder, 'etc/dapberry.sources'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
  };
  const all = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const run = (command: string, words: readonly string[]) =>
    spawnSync(command, [...all, ...words], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  const { status, stderr: complained } = run('apt-get', ['update']);
  const { stdout } = run(program, args);
  return { updated: status === 0 && !/^[EW]:/m.test(complained), complained, stdout };
}

describeWith(['apt-ftparchive', 'gpg', 'gpgv'], 'npm run release', () => {
  let out: string;
  let source: string;

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'dapberry-release-'));
    [home, packages, out] = [join(work, 'gnupg'), join(work, 'packages'), join(work, 'out')];
    mkdirSync(home, { mode: 0o700 });
    const key = ['--quick-generate-key', `Who publishes <${KEY}>`, 'ed25519', 'sign', 'never'];
    execFileSync('gpg', ['--batch', '--quiet', '--passphrase', '', ...key], {
      env: { ...process.env, GNUPGHOME: home },
      stdio: 'ignore',
    });
    makePackages(packages, version);
    const { status, complained } = makeRelease(out, '--sign-with', KEY, '--base', 'https://example.org/pi/');
    expect(complained).not.toMatch(/not signed/);
    expect(status, complained).toBe(0);
    source = readable(out, 'apt/dapberry.sources').replace('/etc/apt/keyrings', join(out, 'apt'));
  });
  afterAll(() => {
    spawnSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, GNUPGHOME: home } });
    rmSync(work, { recursive: true, force: true });
  });

  it('makes all files of a release page, and their checksums', () => {
    const files = readdirSync(out).sort();
    expect(files).toEqual(
      [
        'SHA256SUMS',
        'SHA256SUMS.asc',
        'apt',
        ...ARCHITECTURES.flatMap(name => [
          `dapberry-${version}-${name}.tar.gz`,
          `dapberry_${version}_${name}.deb`,
        ]),
        ...[`dapberry-${version}.tgz`, `dapberry-${version}.cdx.json`, `CHANGES-${version}.md`],
        ...['get.sh', 'latest.json'],
      ].sort(),
    );
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: out });
    const listed = readable(out, 'SHA256SUMS').trim().split('\n').length;
    // Neither the repository, which has lists of its own, nor the lists themselves.
    expect(listed).toBe(files.length - 4);
    expect(JSON.parse(readable(out, 'latest.json'))).toEqual({
      name: 'dapberry',
      version,
      date: '2025-11-24T16:00:00.000Z',
      changes: `CHANGES-${version}.md`,
    });
    expect(readable(out, 'get.sh')).toContain("base='https://example.org/pi'");
  });

  it('signs them with the key of the caller', () => {
    const ring = join(work, 'ring.gpg');
    execFileSync('gpg', ['--batch', '--yes', '--dearmor', '--output', ring, join(out, 'apt/dapberry.asc')], {
      env: { ...process.env, GNUPGHOME: home },
      stdio: 'ignore',
    });
    const accepts = (...files: readonly string[]) =>
      spawnSync('gpgv', ['--keyring', ring, ...files.map(file => join(out, file))]).status === 0;
    expect(accepts('SHA256SUMS.asc', 'SHA256SUMS')).toBe(true);
    expect(accepts('SHA256SUMS.asc', 'latest.json')).toBe(false);
    expect(accepts('apt/dists/stable/Release.gpg', 'apt/dists/stable/Release')).toBe(true);
    expect(accepts('apt/dists/stable/InRelease')).toBe(true);
  });

  it('makes a repository from which apt takes the package of its architecture', () => {
    const { updated, complained, stdout } = apt(join(out, 'apt'), source, 'apt-cache', 'show', 'dapberry');
    expect(updated, complained).toBe(true);
    expect(stdout).toContain(`Version: ${version}\n`);
    expect(stdout).toContain('Architecture: arm64\n');
    const { stdout: addresses } = apt(
      join(out, 'apt'),
      source,
      'apt-get',
      '--print-uris',
      'download',
      'dapberry',
    );
    expect(addresses).toContain(`file:${out}/apt/pool/main/d/dapberry/dapberry_${version}_arm64.deb`);
  });

  it('makes a repository that apt refuses after a change of its lists', () => {
    const changed = join(work, 'changed');
    cpSync(join(out, 'apt'), changed, { recursive: true });
    const list = 'dists/stable/main/binary-arm64/Packages';
    writeFileSync(join(changed, list), readable(changed, list).replace(version, '6.6.6'));
    rmSync(join(changed, `${list}.gz`));
    expect(apt(changed, source, 'apt-cache', 'policy').updated).toBe(false);
    const other = readable(out, 'apt/dists/stable/InRelease').replace('Origin: dapberry', 'Origin: another');
    cpSync(join(out, 'apt'), changed, { recursive: true });
    writeFileSync(join(changed, 'dists/stable/InRelease'), other);
    expect(apt(changed, source, 'apt-cache', 'policy').updated).toBe(false);
  });

  it('makes the same bytes again, except for the signatures', () => {
    const again = join(work, 'again');
    expect(makeRelease(again, '--sign-with', KEY, '--base', 'https://example.org/pi').status).toBe(0);
    const unsigned = (folder: string) =>
      Object.fromEntries(
        Object.entries(contents(folder)).filter(([path]) => !/\.asc$|Release\.gpg$|InRelease$/.test(path)),
      );
    expect(unsigned(again)).toEqual(unsigned(out));
  });

  it('keeps earlier packages and the checksums of earlier archives, so that apt and get.sh can go back', () => {
    const [later, older] = [join(work, 'later'), join(work, 'older')];
    cpSync(out, later, { recursive: true });
    makePackages(older, '0.0.9');
    for (const name of readdirSync(older).filter(each => each.endsWith('.deb')))
      cpSync(join(older, name), join(later, 'apt/pool/main/d/dapberry', name));
    const archive = 'dapberry-0.0.9-arm64.tar.gz';
    cpSync(join(older, archive), join(later, archive));
    writeFileSync(join(later, 'notes.txt'), 'of the publisher');
    expect(makeRelease(later, '--sign-with', KEY).status).toBe(0);
    const { complained, stdout } = apt(join(later, 'apt'), source, 'apt-cache', 'madison', 'dapberry');
    expect(stdout.match(/[\d.]+(?= \|)/g), complained).toEqual([version, '0.0.9']);
    const sums = readable(later, 'SHA256SUMS');
    expect(sums).toContain(`  ${archive}\n`);
    expect(sums).toContain(`  dapberry-${version}-arm64.tar.gz\n`);
    expect(sums).not.toContain('notes.txt');
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: later });
  });

  it('refuses to change a package that has been published', () => {
    const whole = packages;
    packages = join(work, 'changed-packages');
    makePackages(packages, version, 'other');
    const before = contents(out);
    const { status, complained } = makeRelease(out, '--sign-with', KEY);
    packages = whole;
    expect(status).not.toBe(0);
    expect(complained).toContain('A published version does not change: raise the version in package.json');
    expect(contents(out)).toEqual(before);
  });

  it('says how to sign without a key, and leaves no signature of an earlier content', () => {
    const unsigned = join(work, 'unsigned');
    cpSync(out, unsigned, { recursive: true });
    const { status, complained } = makeRelease(unsigned);
    expect(status).toBe(0);
    expect(complained).toContain(
      'the apt repository is not signed, so apt refuses it. Sign it with --sign-with KEYID',
    );
    const signatures = ['SHA256SUMS.asc', 'apt/dapberry.asc', 'apt/dapberry.sources'].concat(
      ['InRelease', 'Release.gpg'].map(name => `apt/dists/stable/${name}`),
    );
    expect(signatures.filter(path => existsSync(join(unsigned, path)))).toEqual([]);
    expect(apt(join(unsigned, 'apt'), source, 'apt-cache', 'policy').updated).toBe(false);
  });

  it.each([
    [['--sign-with', 'nobody@example.org'], '--sign-with: expected a key that gpg --list-secret-keys prints'],
    [
      ['--base', "https://example.org/'; rm -rf /"],
      '--base: expected an address such as https://example.org/dapberry',
    ],
    [['--packages', '/nonexistent'], 'expected this package of version'],
  ])('refuses the options %j before it writes a list', (args, message) => {
    const nothing = mkdtempSync(join(work, 'nothing-'));
    const { status, complained } = makeRelease(nothing, ...args);
    expect(status).not.toBe(0);
    expect(complained).toContain(message);
    expect(readdirSync(nothing)).toEqual([]);
  });

  it('lists the software in it: all modules of the program and of the page, none that only developers need', () => {
    const list = JSON.parse(readable(out, `dapberry-${version}.cdx.json`)) as {
      bomFormat: string;
      metadata: { component: { name: string; version: string } };
      components: readonly { name: string; version: string; scope: string; hashes: readonly object[] }[];
      dependencies: readonly { ref: string; dependsOn: readonly string[] }[];
    };
    expect(list).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'dapberry', version } },
    });
    const names = list.components.map(({ name }) => name);
    const { dependencies, optionalDependencies } = JSON.parse(textOf('package.json')) as Record<
      string,
      object
    >;
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...IN_PAGE])
      expect(names).toContain(name);
    expect(names).not.toContain('vitest');
    const references = new Set(list.dependencies.map(({ ref }) => ref));
    expect(
      list.dependencies.flatMap(({ dependsOn }) => dependsOn).filter(ref => !references.has(ref)),
    ).toEqual([]);
  });
});
