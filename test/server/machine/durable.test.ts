// Tests that writing a file leaves the old one or the new one under its name, also where its folder cannot be synced.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { writeDurably } from '../../../server/machine/durable.ts';

/** The folder of which the disk reports an error when it is synced. */
let broken: string | undefined;

vi.mock('node:fs/promises', async original => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    open: async (...parameters: Parameters<typeof real.open>) => {
      const handle = await real.open(...parameters);
      if (parameters[0] === broken)
        handle.sync = async () => {
          throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
        };
      return handle;
    },
  };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durable-'));
});
afterEach(async () => {
  broken = undefined;
  await rm(folder, { recursive: true });
});

const write = (text: string) => writeDurably(folder, 'config.yaml', handle => handle.writeFile(text));

it('does not delete a file that it has replaced, where the folder cannot be synced', async () => {
  await writeFile(join(folder, 'config.yaml'), 'before');
  broken = folder;
  await expect(write('after')).rejects.toThrow('EIO');
  expect(await readdir(folder)).toEqual(['config.yaml']);
  expect(await readFile(join(folder, 'config.yaml'), 'utf8')).toBe('after');
});

it('leaves no new file that a power cut may take back', async () => {
  broken = folder;
  await expect(write('new')).rejects.toThrow('EIO');
  expect(await readdir(folder)).toEqual([]);
});

it('leaves the file before where the new one cannot be written', async () => {
  await write('before');
  const failing = writeDurably(folder, 'config.yaml', async () => {
    throw new Error('no space');
  });
  await expect(failing).rejects.toThrow('no space');
  expect(await readdir(folder)).toEqual(['config.yaml']);
  expect(await readFile(join(folder, 'config.yaml'), 'utf8')).toBe('before');
});
