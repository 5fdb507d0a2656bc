import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { replaceFiles, STAGING } from '../../../server/history/disk/replacement.ts';
import type { HistoryStore } from '../../../server/history/history-store.ts';
import { runJob } from '../../../server/history/jobs.ts';
import { makeFolder, syncFolder } from '../../../server/machine/durable.ts';
import { clockOf } from './clocks.ts';
import { type Change, LossyDisk, type Remains, restore } from './lossy-disk.ts';
import { type HistoryTree, historyOf, historyTree, MIDNIGHT, readAll } from './stores.ts';

/** Rows by their positions: from the first one to the one before the second. */
type Range = readonly [number, number];

/** From now on a history is expected to have these rows, and perhaps others that were given to it. */
interface Promised {
  readonly kind: 'promised';
  readonly rows: Range;
}

interface Recording {
  readonly changes: (Change | Promised)[];
  /** Throws in place of a change that is to fail. */
  readonly hinder?: (change: Change) => void;
}

const recorder = vi.hoisted(() => ({ recording: undefined as Recording | undefined }));

vi.mock('node:fs/promises', async importActual => {
  const actual = await importActual<typeof import('node:fs/promises')>();
  /** Makes a change, and records it. */
  const make = async <T>(change: Change, run: () => Promise<T>): Promise<T> => {
    recorder.recording?.hinder?.(change);
    const result = await run();
    recorder.recording?.changes.push(change);
    return result;
  };
  const unknown = (name: string) => () => {
    throw new Error(`expected a change that the model of the disk knows, found ${name}`);
  };
  const open = async (path: string, flags = 'r') => {
    const handle =
      flags === 'w'
        ? await make({ kind: 'create', path }, () => actual.open(path, flags))
        : await actual.open(path, flags);
    const isFolder = (await handle.stat()).isDirectory();
    const known = {
      // The disk of this machine need not be waited for.
      sync: () => make({ kind: isFolder ? 'syncFolder' : 'sync', path }, async () => undefined),
      write: (bytes: Uint8Array, from: number) =>
        make({ kind: 'write', path, bytes: Buffer.from(bytes.subarray(from)) }, () =>
          handle.write(bytes, from),
        ),
    };
    const others = ['writeFile', 'writev', 'appendFile', 'truncate', 'datasync', 'createWriteStream'];
    return new Proxy(handle, {
      get(target, key) {
        if (key in known) return known[key as keyof typeof known];
        if (others.includes(key as string)) return unknown(`FileHandle.${String(key)}`);
        const value = Reflect.get(target, key, target) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };
  const mocked = {
    ...actual,
    open,
    unlink: (path: string) => make({ kind: 'unlink', path }, () => actual.unlink(path)),
    rmdir: (path: string) => make({ kind: 'rmdir', path }, () => actual.rmdir(path)),
    rename: (path: string, to: string) => make({ kind: 'rename', path, to }, () => actual.rename(path, to)),
    rm: async (path: string, options: { recursive?: boolean; force?: boolean } = {}) => {
      const within = options.recursive
        ? await actual.readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])
        : [];
      // The files of a folder, before it.
      for (const entry of within.reverse()) {
        const kind = entry.isDirectory() ? 'rmdir' : 'unlink';
        recorder.recording?.changes.push({ kind, path: join(entry.parentPath, entry.name) });
      }
      await actual.rm(path, options);
      recorder.recording?.changes.push({ kind: options.recursive ? 'rmdir' : 'unlink', path });
    },
    mkdir: async (path: string, options: { recursive: true }) => {
      recorder.recording?.hinder?.({ kind: 'mkdir', path });
      const first = await actual.mkdir(path, options);
      const made: string[] = [];
      for (let at = path; first !== undefined && at.length >= first.length; at = dirname(at))
        made.unshift(at);
      for (const folder of made) recorder.recording?.changes.push({ kind: 'mkdir', path: folder });
      return first;
    },
  };
  for (const name of ['appendFile', 'copyFile', 'cp', 'link', 'symlink', 'truncate'] as const)
    Object.assign(mocked, { [name]: unknown(name) });
  return { ...mocked, default: mocked };
});

/** A history that is written while its changes are recorded, and the time of each row by its position. */
class Scenario {
  readonly tree: HistoryTree = historyTree();
  readonly times: number[] = [];
  readonly #recording: Recording;

  constructor(hinder?: (change: Change) => void) {
    this.#recording = { changes: [], ...(hinder === undefined ? {} : { hinder }) };
    recorder.recording = this.#recording;
  }

  get changes(): readonly (Change | Promised)[] {
    return this.#recording.changes;
  }

  append(store: HistoryStore, length: number, time: (position: number) => number): void {
    const first = store.end;
    const values = Float64Array.from({ length }, (_, row) => first + row);
    for (const value of values) this.times[value] = time(value);
    store.append({ length, columns: [values.map(time), values] });
  }

  promise(first: number, end: number): void {
    this.#recording.changes.push({ kind: 'promised', rows: [first, end] });
  }

  /**
   * Cuts the power after each change, from the `from`th on, and examines all that may be left, unless it is in `seen`.
   * @returns the number of all that were seen
   */
  async examine(from = 0, to = Number.POSITIVE_INFINITY, seen = new Set<string>()): Promise<number> {
    recorder.recording = undefined;
    const disk = new LossyDisk(this.tree.path);
    let rows: Range = [0, 0];
    for (const [index, change] of this.changes.slice(0, to).entries()) {
      if (change.kind === 'promised') rows = change.rows;
      else disk.apply(change);
      if (index < from) continue;
      for (const left of disk.cuts()) {
        const key = keyOf(left, rows);
        if (seen.has(key)) continue;
        seen.add(key);
        await this.#examine(left, rows, `${index} ${change.kind}`);
      }
    }
    return seen.size;
  }

  async #examine(left: Remains, [first, end]: Range, cut: string): Promise<void> {
    const path = mkdtempSync(join(tmpdir(), 'dapberry-cut-'));
    restore(left, path);
    const remarks: string[] = [];
    const places = `${cut}: ${[...left.keys()].join(' ')}`;
    const look = async (use?: (store: HistoryStore) => void) => {
      const folder = await HistoryFolder.open(path);
      const store = await this.tree.open({ folder, events: { onRemark: remark => remarks.push(remark) } });
      const { positions, rows } = await readAll(store);
      use?.(store);
      await store.close();
      await folder.close();
      return { positions, rows };
    };
    const { positions, rows } = await look(store => {
      // A new row is stored behind those that are left.
      const time = (store.lastTime ?? MIDNIGHT) + 1;
      store.append({ length: 1, columns: [Float64Array.of(time), Float64Array.of(-1)] });
    });
    expect(rows, places).toEqual(positions.map(position => [this.times[position], position]));
    expect(positions.filter(position => position >= first && position < end).length, places).toBe(
      end - first,
    );
    expect(
      positions.every((position, index) => index === 0 || position > positions[index - 1]!),
      places,
    ).toBe(true);
    const { rows: again } = await look();
    expect(again.slice(0, -1), places).toEqual(rows);
    expect(again.at(-1)![1], places).toBe(-1);
    expect(remarks, places).toEqual([]);
    rmSync(path, { recursive: true });
  }
}

function keyOf(left: Remains, rows: Range): string {
  const hash = createHash('sha1').update(String(rows));
  for (const [path, bytes] of left) hash.update(`\n${path} ${bytes?.length}\n`).update(bytes ?? '');
  return hash.digest('hex');
}

afterEach(() => {
  recorder.recording = undefined;
});

describe('a power cut at any moment loses no row that was stored, and leaves no broken file and no row twice', () => {
  it('while rows are stored, merged and deleted for their age', { timeout: 120_000 }, async () => {
    const scenario = new Scenario();
    const store = await scenario.tree.open({ memory: 300, limits: { keep: 100_000 }, keepMerged: 0 });
    for (let part = 0; part < 7; part += 1) {
      // A new day with each third part.
      scenario.append(store, 100, position => MIDNIGHT + 290 * position);
      // Rows of days that are over for so long may be deleted from now on.
      const oldest = Math.max(0, Math.ceil(store.end - 100_000 / 290));
      scenario.promise(oldest, store.end - 100);
      await store.flush();
      scenario.promise(oldest, store.end);
      await store.merge();
    }
    await store.close();
    expect(historyOf(store).failures).toBe(0);
    expect(store.first).toBeGreaterThan(0);
    expect(scenario.changes.filter(({ kind }) => kind === 'unlink').length).toBeGreaterThan(4);
    expect(await scenario.examine()).toBeGreaterThan(100);
  });

  it('while rows of the future are set aside', { timeout: 120_000 }, async () => {
    const scenario = new Scenario();
    const { clock, pass } = clockOf('no');
    const wrong = await scenario.tree.open({ clock });
    for (const part of [0, 1]) {
      scenario.append(wrong, 50, position => MIDNIGHT + 3e8 + 100_000 * part + position);
      // Rows wait for half an hour for a clock that is not synchronised.
      await wrong.flush();
      pass(1800);
      await wrong.flush();
      scenario.promise(0, wrong.end);
    }
    await wrong.close();
    const store = await scenario.tree.open({ clock: clockOf('yes', 500).clock });
    scenario.promise(0, 0);
    for (const _ of [1, 2]) {
      scenario.append(store, 50, position => MIDNIGHT + position);
      await store.flush();
      scenario.promise(100, store.end);
    }
    await store.close();
    expect(scenario.tree.files().filter(name => name.includes('.future-')).length).toBeGreaterThan(1);
    expect(await scenario.examine()).toBeGreaterThan(20);
  });

  it('after a write that failed and was tried again', { timeout: 120_000 }, async () => {
    const seen = new Set<string>();
    let failing = 0;
    for (let isOver = false; !isOver; failing += 1) {
      let made = Number.NaN;
      const scenario = new Scenario(({ kind }) => {
        if (kind === 'create' || kind === 'write') return;
        made += 1;
        if (made === failing + 1) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      });
      const store = await scenario.tree.open();
      made = 0;
      scenario.append(store, 50, position => MIDNIGHT + position);
      await store.flush();
      // In the next day.
      scenario.append(store, 50, position => MIDNIGHT + 86_400 + position);
      await store.flush();
      if (historyOf(store).unstored > 0) await store.flush();
      expect(historyOf(store)).toMatchObject({ unstored: 0, unfit: 0, lost: 0 });
      scenario.promise(0, store.end);
      const promised = scenario.changes.length;
      isOver = made <= failing;
      made = Number.NaN;
      await store.close();
      await scenario.examine(promised - 1, promised, seen);
    }
    expect(failing).toBeGreaterThan(10);
  });

  it('while files are replaced by others at once', { timeout: 120_000 }, async () => {
    const scenario = new Scenario();
    const { tree } = scenario;
    const store = await tree.open();
    for (const _ of [1, 2]) {
      scenario.append(store, 50, position => MIDNIGHT + position);
      await store.flush();
    }
    await store.close();
    scenario.promise(0, 100);
    const from = scenario.changes.length;
    const parts = tree.files();
    const folder = join(tree.path, STAGING);
    await makeFolder(folder);
    const merge = { kind: 'merge', folder: join(tree.path, 'roof'), day: MIDNIGHT / 86_400 } as const;
    const merged = await runJob({ ...merge, parts, firstPosition: 0 });
    await rename(join(tree.path, 'roof', merged.path), join(folder, 'merged'));
    await syncFolder(folder);
    await replaceFiles(tree.path, {
      add: [{ name: 'merged', path: `roof/${merged.path}` }],
      remove: parts.map(path => `roof/${path}`),
    });
    expect(tree.files()).toEqual([merged.path]);
    expect(await scenario.examine(from)).toBeGreaterThan(20);
  });
});
