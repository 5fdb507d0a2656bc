import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HistoryFolder } from '../../../server/history/history-folder.ts';
import { historyOf, historyTree, MIDNIGHT, readAll } from './stores.ts';

/** What a program asked the file system to do, in its order. */
type Change =
  | { readonly kind: 'create' | 'sync' | 'syncFolder' | 'mkdir' | 'unlink' | 'rmdir'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly bytes: Buffer }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  /** Rows up to this position were reported as stored. */
  | { readonly kind: 'stored'; readonly end: number };

const recording = vi.hoisted(() => ({ changes: undefined as Change[] | undefined }));

vi.mock('node:fs/promises', async importActual => {
  const actual = await importActual<typeof import('node:fs/promises')>();
  const record = (change: Change) => recording.changes?.push(change);
  const after =
    <Rest extends unknown[], T>(kind: 'unlink' | 'rmdir', run: (path: string, ...rest: Rest) => Promise<T>) =>
    async (path: string, ...rest: Rest) => {
      const result = await run(path, ...rest);
      record({ kind, path });
      return result;
    };
  const mocked = {
    ...actual,
    unlink: after('unlink', actual.unlink as (path: string) => Promise<void>),
    rmdir: after('rmdir', actual.rmdir as (path: string) => Promise<void>),
    rename: async (path: string, to: string) => {
      await actual.rename(path, to);
      record({ kind: 'rename', path, to });
    },
    mkdir: async (path: string, options: { recursive: true }) => {
      const first = await actual.mkdir(path, options);
      if (first !== undefined) {
        for (let at = path; at.length >= first.length; at = dirname(at)) record({ kind: 'mkdir', path: at });
      }
      return first;
    },
    open: async (path: string, flags?: string) => {
      const handle = await actual.open(path, flags);
      const isFolder = (await handle.stat()).isDirectory();
      if (flags === 'w') record({ kind: 'create', path });
      return new Proxy(handle, {
        get(target, key) {
          if (key === 'sync')
            return async () => {
              await target.sync();
              record({ kind: isFolder ? 'syncFolder' : 'sync', path });
            };
          if (key === 'write')
            return async (bytes: Uint8Array, from: number) => {
              const result = await target.write(bytes, from);
              record({
                kind: 'write',
                path,
                bytes: Buffer.from(bytes.subarray(from, from + result.bytesWritten)),
              });
              return result;
            };
          const value = Reflect.get(target, key, target) as unknown;
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
    },
  };
  return { ...mocked, default: mocked };
});

interface Inode {
  bytes: Buffer;
  synced: Buffer;
}

/** A file system that loses at a power cut what was not synced: names of each folder, and bytes of each file. */
class LossyDisk {
  /** Changes of names in a folder that are not synced, in their order. */
  readonly #pending = new Map<string, ((names: Map<string, Inode | 'folder'>) => void)[]>();
  readonly #durable = new Map<string, Map<string, Inode | 'folder'>>();
  readonly #now = new Map<string, Inode | 'folder'>();

  apply(change: Change): void {
    switch (change.kind) {
      case 'create': {
        const inode = { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
        this.#now.set(change.path, inode);
        this.#name(change.path, (names, name) => names.set(name, inode));
        break;
      }
      case 'write': {
        const inode = this.#now.get(change.path) as Inode;
        inode.bytes = Buffer.concat([inode.bytes, change.bytes]);
        break;
      }
      case 'sync': {
        const inode = this.#now.get(change.path) as Inode;
        inode.synced = inode.bytes;
        break;
      }
      case 'mkdir':
        this.#now.set(change.path, 'folder');
        this.#name(change.path, (names, name) => names.set(name, 'folder'));
        break;
      case 'unlink':
      case 'rmdir':
        this.#now.delete(change.path);
        this.#name(change.path, (names, name) => names.delete(name));
        break;
      case 'rename': {
        const inode = this.#now.get(change.path)!;
        this.#now.delete(change.path);
        this.#now.set(change.to, inode);
        const to = change.to.slice(dirname(change.to).length + 1);
        this.#name(change.path, (names, name) => {
          names.delete(name);
          names.set(to, inode);
        });
        break;
      }
      case 'syncFolder':
        this.#settle(change.path, Number.POSITIVE_INFINITY);
        break;
    }
  }

  #name(path: string, change: (names: Map<string, Inode | 'folder'>, name: string) => void): void {
    const folder = dirname(path);
    const name = path.slice(folder.length + 1);
    this.#pending.set(folder, [...(this.#pending.get(folder) ?? []), names => change(names, name)]);
  }

  #settle(folder: string, count: number): void {
    const names = this.#durable.get(folder) ?? new Map<string, Inode | 'folder'>();
    for (const change of (this.#pending.get(folder) ?? []).splice(0, count)) change(names);
    this.#durable.set(folder, names);
  }

  /** Writes what is left after a power cut into `target`: of the changes that were not synced, some have reached the disk. */
  cut(root: string, target: string): void {
    for (const [folder, changes] of this.#pending)
      this.#settle(folder, Math.floor(Math.random() * (changes.length + 1)));
    const copy = (folder: string, to: string) => {
      mkdirSync(to, { recursive: true });
      for (const [name, inode] of this.#durable.get(folder) ?? []) {
        if (inode === 'folder') copy(join(folder, name), join(to, name));
        else {
          const unsynced = Math.floor(Math.random() * (inode.bytes.length - inode.synced.length + 1));
          writeFileSync(join(to, name), inode.bytes.subarray(0, inode.synced.length + unsynced));
        }
      }
    };
    copy(root, target);
  }
}

describe('a power cut at any moment', () => {
  let changes: Change[];
  beforeEach(() => {
    changes = recording.changes = [];
  });
  afterEach(() => {
    recording.changes = undefined;
  });

  it('loses no row that was stored, and leaves no broken file and no row twice', {
    timeout: 120_000,
  }, async () => {
    const tree = historyTree();
    const store = await tree.open({ memory: 300 });
    for (let part = 0; part < 9; part += 1) {
      const first = store.end;
      const values = Float64Array.from({ length: 100 }, (_, row) => first + row);
      // A new day with each third part.
      store.append({ length: 100, columns: [values.map(value => MIDNIGHT + 290 * value), values] });
      await store.flush();
      changes.push({ kind: 'stored', end: store.end });
      await store.merge();
    }
    await store.close();
    recording.changes = undefined;
    expect(historyOf(store)).toMatchObject({ rows: 900, failures: 0 });
    expect(changes.filter(({ kind }) => kind === 'unlink').length).toBeGreaterThan(4);
    for (let cut = 0; cut <= changes.length; cut += 1) {
      const disk = new LossyDisk();
      let stored = 0;
      for (const change of changes.slice(0, cut)) {
        if (change.kind === 'stored') stored = change.end;
        else disk.apply(change);
      }
      const path = mkdtempSync(join(tmpdir(), 'dapberry-cut-'));
      disk.cut(tree.path, path);
      const remarks: string[] = [];
      const folder = await HistoryFolder.open(path);
      const left = await tree.open({ folder, events: { onRemark: remark => remarks.push(remark) } });
      const { positions, rows } = await readAll(left);
      expect(remarks).toEqual([]);
      expect(left.end).toBeGreaterThanOrEqual(stored);
      expect(positions).toEqual(rows.map((_, index) => index));
      expect(rows).toEqual(rows.map((_, index) => [MIDNIGHT + 290 * index, index]));
      expect(rows.length).toBe(left.end);
      await left.close();
      await folder.close();
      rmSync(path, { recursive: true });
    }
  });
});
