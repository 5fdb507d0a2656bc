// Tests that progress survives a start, that another program's file is left alone, and that a damaged file is replaced.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ProgressFile, type ProgressPlace } from '../../../server/publish/progress-file.ts';
import { SavedProgress } from '../../../server/publish/saved-progress.ts';
import { temporaryFolder } from './temporary.ts';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
});

function file(place: Partial<ProgressPlace> = {}): ProgressFile {
  return new ProgressFile({
    folders: [folder],
    owner: '/etc/dapberry/config.yaml',
    dataset: 'roof',
    kind: 'mqtt',
    identity: 'mqtt://broker:1883 roof',
    ...place,
  });
}

/** The one file in the folder. */
const path = () => join(folder, 'publish', readdirSync(join(folder, 'publish'))[0]!);

describe('the file of the progress', () => {
  it('gives what was written last', async () => {
    expect(await file().read()).toBeUndefined();
    await file().write({ time: 1.000001 });
    await file().write({ time: 1_700_000_000.123456, waiting: 7 });
    expect(await file().read()).toEqual({ time: 1_700_000_000.123456, waiting: 7 });
    expect(readFileSync(path(), 'utf8')).toBe(
      '{"dapberry":"publishing","dataset":"roof","kind":"mqtt","time":1700000000.123456,"waiting":7}\n',
    );
    expect(readdirSync(join(folder, 'publish'))).toHaveLength(1);
  });

  it.each<Partial<ProgressPlace>>([
    { owner: '/home/pi/config.yaml' },
    { dataset: 'cellar' },
    { kind: 'nats' },
    { identity: 'mqtt://other:1883 roof' },
  ])('is another one for %o', async place => {
    await file().write({ time: 1 });
    expect(await file(place).read()).toBeUndefined();
    await file(place).write({ time: 2 });
    expect(await file().read()).toEqual({ time: 1 });
  });

  it.each(['', '\0\0\0\0', '{"dapberry":"publishing","dataset":"roof","ti', '{"dapberry":"publishing"}'])(
    'counts %j as no progress, and replaces it',
    async text => {
      await file().write({ time: 1 });
      writeFileSync(path(), text);
      expect(await file().read()).toBeUndefined();
      await file().write({ time: 2 });
      expect(await file().read()).toEqual({ time: 2 });
    },
  );

  it('leaves the file of another program as it is', async () => {
    await file().write({ time: 1 });
    writeFileSync(path(), 'my notes');
    expect(await file().read()).toBeUndefined();
    await expect(file().write({ time: 2 })).rejects.toThrow(`${path()} is a file of another program`);
    expect(readFileSync(path(), 'utf8')).toBe('my notes');
  });

  it('uses the next folder if the first one cannot be written, and the newest progress of all', async () => {
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, '');
    const both = file({ folders: [join(blocked, 'below'), folder] });
    await both.write({ time: 3 });
    expect(await file().read()).toEqual({ time: 3 });
    const second = await temporaryFolder();
    await file({ folders: [second] }).write({ time: 4 });
    expect(await file({ folders: [folder, second] }).read()).toEqual({ time: 4 });
  });
});

describe('saving the progress', () => {
  it('writes at once, then not before the time is over, and at the end', async () => {
    const saved = new SavedProgress(file(), () => undefined, 3_600_000);
    saved.save({ time: 1 });
    await expect.poll(() => file().read()).toEqual({ time: 1 });
    saved.save({ time: 2 });
    saved.save({ time: 3 });
    expect(await file().read()).toEqual({ time: 1 });
    await saved.close({ time: 4, waiting: 0 });
    expect(await file().read()).toEqual({ time: 4, waiting: 0 });
  });

  it('reports one error of those that follow one another', async () => {
    const errors: unknown[] = [];
    mkdirSync(join(folder, 'publish'));
    await file().write({ time: 1 });
    writeFileSync(path(), 'my notes');
    const saved = new SavedProgress(file(), error => errors.push(error), 0);
    saved.save({ time: 2 });
    await expect.poll(() => errors).toHaveLength(1);
    await saved.close({ time: 3 });
    expect(errors).toHaveLength(1);
    expect(readFileSync(path(), 'utf8')).toBe('my notes');
  });
});
