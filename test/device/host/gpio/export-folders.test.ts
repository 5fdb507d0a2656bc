import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportFolders } from '../../../../device/host/gpio/export-folders.ts';

const UID = process.geteuid!();
const isRoot = UID === 0;
/** Another user. */
const OTHER = 65534;

let root: string;
const at = (name: string) => join(root, name);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dapberry-folders-'));
  for (const name of ['run', 'xdg', 'tmp']) mkdirSync(at(name), { mode: 0o700 });
  chmodSync(at('tmp'), 0o1777);
});
afterEach(() => rmSync(root, { recursive: true }));

const foldersOf = (environment: Record<string, string> = {}) =>
  exportFolders({ environment, ofService: at('run/dapberry'), temporary: at('tmp') });

describe('exports are noted', () => {
  it('in the folder that systemd has made for it', () => {
    mkdirSync(at('run/dapberry'));
    const folders = foldersOf({ RUNTIME_DIRECTORY: `${at('run/dapberry')}:${at('run/more')}` });
    expect([folders.own(), folders.all()]).toEqual([at('run/dapberry'), [at('run/dapberry')]]);
  });

  it('in the runtime folder of the user, else in a private folder for temporary files', () => {
    for (const [environment, expected] of [
      [{ XDG_RUNTIME_DIR: at('xdg') }, at('xdg/dapberry')],
      [{}, at(`tmp/dapberry-${UID}`)],
      [{ XDG_RUNTIME_DIR: at('gone') }, at(`tmp/dapberry-${UID}`)],
    ] as const) {
      const folders = foldersOf(environment);
      expect([folders.own(), folders.own()]).toEqual([expected, expected]);
      expect(statSync(expected).mode & 0o777).toBe(0o700);
      expect(folders.all()).toContain(expected);
    }
  });

  it('in the folder of the service if this user owns it', () => {
    mkdirSync(at('run/dapberry'));
    expect(foldersOf({ XDG_RUNTIME_DIR: at('xdg') }).own()).toBe(at('run/dapberry'));
  });

  it.each(['a file', 'a link', 'a folder where anyone writes'])(
    'nowhere if the path of the folder is %s',
    what => {
      const place = at(`tmp/dapberry-${UID}`);
      if (what === 'a file') writeFileSync(place, '');
      else if (what === 'a link') symlinkSync(at('xdg'), place);
      else {
        mkdirSync(place);
        chmodSync(place, 0o777);
      }
      const folders = foldersOf();
      expect([folders.own(), folders.all()]).toEqual([undefined, []]);
    },
  );
});

describe.skipIf(!isRoot)(
  `the notes of another user${isRoot ? '' : ' (only root can make folders of other users)'}`,
  () => {
    it('are trusted in the folder of the service only', () => {
      for (const name of ['run/dapberry', `tmp/dapberry-${UID}`]) {
        mkdirSync(at(name));
        chownSync(at(name), OTHER, OTHER);
      }
      const folders = foldersOf();
      expect([folders.own(), folders.all()]).toEqual([undefined, [at('run/dapberry')]]);
    });

    it('are not written by another in its runtime folder', () => {
      chownSync(at('xdg'), OTHER, OTHER);
      expect(foldersOf({ XDG_RUNTIME_DIR: at('xdg') }).own()).toBe(at(`tmp/dapberry-${UID}`));
    });
  },
);
