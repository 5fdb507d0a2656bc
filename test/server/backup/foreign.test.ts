import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHECKSUMS, MANIFEST } from '../../../server/backup/manifest.ts';
import { backUp, home, restoreTo, tar, temporary, treeOf, write } from './backups.ts';

let good: Buffer;
beforeAll(async () => {
  const { archive } = await backUp(home().file);
  good = readFileSync(archive);
});

/** What becomes of a restoration; a folder that must stay as it is. */
async function refused(archive: Uint8Array | string): Promise<string> {
  const target = temporary();
  write(join(target, 'config.yaml'), 'simulate: true\n');
  const before = treeOf(target);
  let path = archive as string;
  if (typeof archive !== 'string') {
    path = join(temporary(), 'x.tar.gz');
    writeFileSync(path, archive);
  }
  const said = await restoreTo(path, join(target, 'config.yaml')).then(
    () => 'restored',
    (error: Error) => error.message,
  );
  expect(treeOf(target)).toEqual(before);
  return said;
}

/** An archive with these entries behind the manifest of a good one. */
function withEntries(
  ...entries: readonly Partial<ConstructorParameters<typeof Header>[0] & object>[]
): Buffer {
  const blocks = gunzipSync(good);
  const manifest = new Header(blocks, 0);
  const begin = blocks.subarray(0, 512 + 512 * Math.ceil(manifest.size! / 512));
  const added = entries.map(fields => {
    const block = Buffer.alloc(512);
    new Header({ mode: 0o644, size: 0, type: 'File', mtime: new Date(), ...fields }).encode(block);
    return block;
  });
  return gzipSync(Buffer.concat([begin, ...added, Buffer.alloc(1024)]));
}

describe('restore refuses, with nothing changed,', () => {
  it('an archive of another program, a text and a picture', async () => {
    const folder = temporary();
    write(join(folder, 'a/letter.txt'), 'Dear reader');
    tar('-czf', join(folder, 'x.tar.gz'), '-C', folder, 'a/letter.txt');
    expect(await refused(join(folder, 'x.tar.gz'))).toMatch(
      /expected a backup of dapberry, found an archive of something else, with a\/letter\.txt; nothing was changed$/,
    );
    tar('-czf', join(folder, 'y.tar.gz'), '-C', folder, 'a');
    expect(await refused(join(folder, 'y.tar.gz'))).toMatch(/found an entry of the type Directory/);
    expect(await refused(Buffer.from('no archive'))).toMatch(/expected a compressed archive \(\.tar\.gz\)/);
    expect(await refused(gzipSync('x'.repeat(5000)))).toMatch(
      /expected a whole tar archive, found a damaged one/,
    );
    expect(await refused(gzipSync(''))).toMatch(/expected/);
    expect(await refused(Buffer.alloc(0))).toMatch(/expected a whole archive/);
    expect(await refused('/nowhere/x.tar.gz')).toMatch(/ENOENT/);
  });

  it('a torn archive, wherever it ends', async () => {
    const step = Math.max(1, Math.floor(good.length / 40));
    for (let length = 20; length < good.length; length += step)
      expect(await refused(good.subarray(0, length))).toMatch(
        /expected a whole archive, found one that ends too early/,
      );
    const blocks = gunzipSync(good);
    for (let length = 512; length < blocks.length - 1024; length += 512) {
      const said = await refused(gzipSync(blocks.subarray(0, length)));
      expect(said).toMatch(/expected a whole backup|found a damaged one|which ends too early|expected JSON/);
    }
  });

  it.each([
    ['a name with ".."', { path: 'config/../../../etc/passwd' }, /found a name with "\.\."/],
    ['an absolute name', { path: '/etc/passwd' }, /found an absolute name: \/etc\/passwd/],
    [
      'a symbolic link',
      { path: 'config/a', type: 'SymbolicLink', linkpath: '/etc' },
      /of the type SymbolicLink/,
    ],
    ['a link', { path: 'config/a', type: 'Link', linkpath: 'config/garden.yaml' }, /of the type Link/],
    ['a device', { path: 'config/a', type: 'CharacterDevice' }, /of the type CharacterDevice/],
    ['a FIFO', { path: 'config/a', type: 'FIFO' }, /of the type FIFO/],
    ['a folder', { path: 'config/', type: 'Directory' }, /of the type Directory/],
    [
      'a file that the manifest does not name',
      { path: 'config/evil.js' },
      /that the manifest names, found another one: config\/evil\.js/,
    ],
    ['a second manifest', { path: MANIFEST }, /expected each file once/],
    [
      'rows in a backup without history',
      { path: 'history/roof/2026/11/2026-11-28.parquet' },
      /that the manifest names/,
    ],
  ] as const)('%s', async (_title, entry, expected) => {
    expect(await refused(withEntries(entry))).toMatch(expected);
  });

  it('an archive with a link that the system’s own tar has made', async () => {
    const folder = temporary();
    mkdirSync(join(folder, 'a'));
    writeFileSync(
      join(folder, 'a', MANIFEST),
      gunzipSync(good).subarray(512, 512 + new Header(gunzipSync(good), 0).size!),
    );
    symlinkSync('/etc', join(folder, 'a/config'));
    tar('-czf', join(folder, 'x.tar.gz'), '-C', join(folder, 'a'), MANIFEST, 'config');
    expect(await refused(join(folder, 'x.tar.gz'))).toMatch(
      /found an entry of the type SymbolicLink: config/,
    );
  });

  it('a backup with another content than its checksums say', async () => {
    const blocks = gunzipSync(good);
    const at = blocks.indexOf('# My garden');
    blocks.write('# My gardin', at);
    expect(await refused(gzipSync(blocks))).toMatch(
      /expected the checksum of config\/garden\.yaml, found another one: the backup is damaged/,
    );
  });

  it('a backup of a newer format', async () => {
    const blocks = gunzipSync(good);
    blocks.write('"format": 9', blocks.indexOf('"format": 1'));
    expect(await refused(gzipSync(blocks))).toMatch(/expected a backup of the format 1, found the format 9/);
  });
});

it('a backup never replaces a file without --force, and leaves none behind that is not whole', async () => {
  const { file } = home();
  const { archive, code } = await backUp(file);
  expect(code).toBe(0);
  const { machineWith } = await import('../cli/commands/machines.ts');
  const machine = await machineWith({});
  const before = readFileSync(archive);
  const again = await machine.dapberry('backup', archive, '--config', file);
  expect(again).toMatchObject({
    code: 1,
    err: expect.stringContaining('expected no file of this name, found one'),
  });
  expect(readFileSync(archive).equals(before)).toBe(true);
  expect(await machine.dapberry('backup', archive, '--config', file, '--force')).toMatchObject({ code: 0 });
  const missing = join(mkdtempSync(join(dirname(archive), 'm-')), 'gone/x.tar.gz');
  expect(await machine.dapberry('backup', missing, '--config', file)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/expected a file that can be written/),
  });
  rmSync(join(dirname(file), 'drivers/mine.js'));
  const other = join(dirname(archive), 'other.tar.gz');
  expect(await machine.dapberry('backup', other, '--config', file)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/drivers\/mine\.js: expected a file that can be read, found/),
  });
  expect(Object.keys(treeOf(dirname(archive)))).toEqual(['backup.tar.gz']);
  expect(gunzipSync(readFileSync(archive)).includes(CHECKSUMS)).toBe(true);
  await machine.tree.dispose();
});
