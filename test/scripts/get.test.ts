import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../tools.ts';
import { deadBase, get, type Machine, Release, type Run, SCRIPT } from './get.ts';

let release: Release;
beforeEach(async () => {
  release = await Release.serve();
});
afterEach(() => release.close());

const run = (args: readonly string[] = [], machine: Machine = {}) =>
  get(release, ['--base', release.base, ...args], machine);

/** Expects that nothing was installed and nothing is left, and returns the complaint. */
function refusal({ code, said, complained, left }: Run): string {
  expect(said).not.toContain('installs with');
  expect(left).toEqual([]);
  expect(code).not.toBe(0);
  return complained;
}

describeWith('curl', 'the one line that installs', () => {
  it('says each step before it takes it, and passes the other options on', async () => {
    const { code, said, complained, left } = await run(['--port', '80', '--enable-i2c']);
    const where = `${release.base}/`;
    expect(said.replace(/\/\S*tmp\.\S+/, 'FOLDER').replace(/[0-9a-f]{64}/, 'SUM')).toBe(
      `note: ${release.base} is not https: whoever is between can change what is installed
fetch the list of checksums, ${where}SHA256SUMS
fetch the release, ${where}dapberry-1.2.3-arm64.tar.gz
verify its checksum, SUM
unpack it in FOLDER
run its installer: install.sh --port 80 --enable-i2c
installs with: --port 80 --enable-i2c
`,
    );
    expect(complained).toBe(`fetch the number of the newest version, ${where}latest.json\n`);
    expect({ code, left }).toEqual({ code: 0, left: [] });
    expect(release.asked).toEqual(['latest.json', 'SHA256SUMS', 'dapberry-1.2.3-arm64.tar.gz']);
  });

  it('runs the installer in the folder of the caller, to which --root may be relative', async () => {
    release.files.delete('SHA256SUMS');
    await release.add('dapberry-1.2.3-arm64', { 'systemd/install.sh': 'pwd\n' });
    const { said, left } = await run(['--root', 'card']);
    expect(said.endsWith(`\n${process.cwd()}\n`)).toBe(true);
    expect(left).toEqual([]);
  });

  it('has the exit code of the installer', async () => {
    release.files.delete('SHA256SUMS');
    await release.add('dapberry-1.2.3-arm64', { 'systemd/install.sh': 'echo refused >&2; exit 7\n' });
    const { code, complained, left } = await run();
    expect({ code, left }).toEqual({ code: 7, left: [] });
    expect(complained).toMatch(/refused\n$/);
  });

  it('installs another version on request', async () => {
    await release.add('dapberry-1.3.0-rc.1-arm64', { 'systemd/install.sh': 'echo the candidate' });
    const { code, said } = await run(['--release=1.3.0-rc.1']);
    expect(code).toBe(0);
    expect(said).toMatch(/the candidate\n$/);
    expect(release.asked).not.toContain('latest.json');
  });

  it('takes a base with a slash at its end, and no base if one is written into it', async () => {
    expect((await get(release, [`--base=${release.base}/`])).code).toBe(0);
    expect((await get(release, [], {}, SCRIPT.replace('@BASE@', release.base))).code).toBe(0);
    expect(refusal(await get(release, []))).toContain('expected an address that begins with https://');
  });

  it('asks for root before it fetches anything, except for a dry run', async () => {
    expect(refusal(await run([], { user: 1000 }))).toContain('expected to be run by root');
    expect(release.asked).toEqual([]);
    const { code, said } = await run(['--dry-run'], { user: 1000 });
    expect(code).toBe(0);
    expect(said).toContain('installs with: --dry-run');
  });

  it('prints its help', async () => {
    const { code, said } = await run(['--help']);
    expect(code).toBe(0);
    expect(said).toMatch(/^usage: curl -fsSL BASE\/get.sh \| sudo sh/);
    expect(release.asked).toEqual([]);
  });

  it.each([
    [['--base'], '--base: expected a value, found none'],
    [
      ['--base', 'ftp://example.org'],
      'expected an address that begins with https://, found ftp://example.org',
    ],
    [['--release', ''], '--release: expected a value, found an empty one'],
    [['--base='], '--base: expected a value, found an empty one'],
    [['--release', '../../x'], 'expected the number of a version, such as 1.2.3, found ../../x'],
    [['--release', '1.2.3\n9'], 'expected the number of a version'],
  ])('refuses the options %j', async (args, message) => {
    expect(refusal(await run(args))).toContain(message);
  });
});

describeWith('curl', 'the architecture', () => {
  it.each<[string, Machine]>([
    ['arm64', { uname: 'aarch64', dpkg: 'arm64' }],
    // Raspberry Pi OS of 32 bit runs on a kernel of 64 bit.
    ['armhf', { uname: 'aarch64', dpkg: 'armhf' }],
    ['armhf', { uname: 'armv7l', dpkg: '' }],
    ['amd64', { uname: 'x86_64', dpkg: '' }],
  ])('%s is found on %j', async (architecture, machine) => {
    release.files.delete('SHA256SUMS');
    await release.add(`dapberry-1.2.3-${architecture}`, { 'systemd/install.sh': 'echo its installer' });
    expect((await run([], machine)).said).toMatch(/its installer\n$/);
  });

  it.each<[Machine, string]>([
    [{ uname: 'armv6l', dpkg: 'armhf' }, 'expected an ARMv7 processor or a newer one, found armv6l'],
    [{ uname: 'armv7l', dpkg: 'armel' }, 'expected the architecture arm64, armhf or amd64, found armel'],
    [{ uname: 'riscv64', dpkg: '' }, 'expected the architecture arm64, armhf or amd64, found riscv64'],
  ])('%j is refused before anything is fetched', async (machine, message) => {
    expect(refusal(await run([], machine))).toContain(message);
    expect(release.asked).toEqual([]);
  });

  it('that the release lacks is named with those that it has', async () => {
    const complaint = refusal(await run([], { uname: 'x86_64', dpkg: 'amd64' }));
    expect(complaint).toContain('expected a line for dapberry-1.2.3-amd64.tar.gz, found archives of arm64');
    expect(refusal(await run(['--release', '9.9.9']))).toContain(
      'found archives of no architecture, version 9.9.9',
    );
  });
});

describeWith(['curl'], 'a download that is not what was published', () => {
  const archive = 'dapberry-1.2.3-arm64.tar.gz';

  it('has another checksum, and is not unpacked', async () => {
    release.files.set(archive, 'other bytes');
    const complaint = refusal(await run());
    expect(complaint).toMatch(
      /expected the SHA-256 [0-9a-f]{64}, found [0-9a-f]{64} \(11 bytes that begin with "other bytes"\)/,
    );
  });

  it('breaks off', async () => {
    const whole = release.files.get(archive) as Uint8Array;
    release.files.set(archive, response => {
      response.writeHead(200, { 'content-length': whole.length });
      response.write(whole.subarray(0, 50), () => response.destroy());
    });
    expect(refusal(await run())).toContain(
      `${archive}: expected this file, found that curl cannot fetch it (exit code 18)`,
    );
  });

  it.each(['latest.json', 'SHA256SUMS', archive])('is missing: %s', async name => {
    release.files.delete(name);
    const complaint = refusal(await run());
    expect(complaint).toContain('404');
    expect(complaint).toContain(
      `${release.base}/${name}: expected this file, found that the server refuses it`,
    );
  });

  it.each([
    ['latest.json', 'expected the number of a version'],
    ['SHA256SUMS', 'expected checksums'],
    [archive, 'expected the SHA-256'],
  ])('leads to a page for people: %s', async (name, message) => {
    release.files.set('login', '<!DOCTYPE html><title>Log in</title>');
    release.files.set(name, response => response.writeHead(302, { location: '/release/login' }).end());
    const complaint = refusal(await run());
    expect(complaint).toContain(message);
    expect(complaint).toContain('found');
    expect(complaint).toContain('begin with "<!DOCTYPE html>');
  });

  it('contains another program', async () => {
    release.files.delete('SHA256SUMS');
    await release.add('dapberry-1.2.3-arm64', { 'README.md': 'nothing else' });
    expect(refusal(await run())).toContain(
      'expected dapberry-1.2.3-arm64/systemd/install.sh in it, found none',
    );
  });

  it('cannot be reached', async () => {
    const complaint = refusal(await get(release, ['--base', await deadBase()]));
    expect(complaint).toContain('found that curl cannot fetch it (exit code 7)');
  });

  it('needs a program that fetches', async () => {
    expect(refusal(await run([], { downloaders: [] }))).toContain('expected curl or wget, found neither');
  });
});

describeWith('wget', 'wget in place of curl', () => {
  const machine: Machine = { downloaders: ['wget'] };

  it('fetches the release', async () => {
    const { code, said } = await run([], machine);
    expect(code).toBe(0);
    expect(said).toContain('installs with:');
  });

  it('reports a missing file', async () => {
    release.files.delete('SHA256SUMS');
    expect(refusal(await run([], machine))).toContain(
      'SHA256SUMS: expected this file, found that the server refuses it',
    );
  });
});

describe('a script that breaks off while it is fetched', () => {
  it('runs nothing, wherever that is', () => {
    const bin = join(release.folder, 'bin');
    const ran = join(release.folder, 'ran');
    mkdirSync(bin);
    // Every program that the script may start leaves a trace.
    for (const name of new Set(SCRIPT.match(/\b[a-z][a-z0-9]+\b/g)))
      writeFileSync(join(bin, name), `#!/bin/sh\n: >'${ran}'\n`, { mode: 0o755 });
    const end = SCRIPT.lastIndexOf('}');
    const lines = [...SCRIPT.matchAll(/\n/g)].map(({ index }) => index).filter((_, line) => line % 4 === 0);
    const last = Array.from({ length: 120 }, (_, index) => end - index);
    const shell = (input: string) =>
      spawnSync('/bin/sh', ['-s', '--', '--base', release.base], { input, env: { PATH: bin } });
    for (const length of [...lines, ...last]) {
      if (length > end) continue;
      shell(SCRIPT.slice(0, length));
      expect(existsSync(ran), `after ${length} bytes`).toBe(false);
    }
    // The whole one does.
    shell(SCRIPT);
    expect(existsSync(ran)).toBe(true);
  });
});
