// A model of a disk that loses at a power cut what was not synced: names of folders, and bytes of files.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a program asked the file system to do. */
export type Change =
  | { readonly kind: 'create' | 'sync' | 'syncFolder' | 'mkdir' | 'unlink' | 'rmdir'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly bytes: Buffer }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string };

class FileNode {
  bytes = Buffer.alloc(0);
  /** The first bytes, which are on the disk. */
  synced = 0;
}

type Entry = FileNode | FolderNode;

class FolderNode {
  readonly now = new Map<string, Entry>();
  readonly durable = new Map<string, Entry>();
}

/** A change of one name, which reaches the disk when its folder is synced, or before. */
interface NameChange {
  readonly folder: FolderNode;
  readonly name: string;
  /** Undefined: the name is removed. */
  readonly entry: Entry | undefined;
  /** A rename removes the old name not before it has added the new one. */
  readonly after: NameChange | undefined;
}

const BLOCK = 4096;

/** What a power cut may leave of bytes that were not synced; all of their length, unless the file kept its old one. */
const REMAINS: readonly ((bytes: Buffer, synced: number) => Buffer)[] = [
  (bytes, synced) => bytes.subarray(0, synced),
  bytes => bytes,
  (bytes, synced) => bytes.subarray(0, synced + Math.ceil((bytes.length - synced) / 2)),
  (bytes, synced) => zeroed(bytes, synced, bytes.length),
  // Blocks are written in any order.
  (bytes, synced) => zeroed(bytes, synced, Math.min(synced + BLOCK, Math.ceil((synced + bytes.length) / 2))),
];

function zeroed(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.from(bytes).fill(0, from, to);
}

/** What is left on the disk: the files by their paths, and the folders without bytes. */
export type Remains = ReadonlyMap<string, Buffer | undefined>;

export class LossyDisk {
  readonly #root = new FolderNode();
  readonly #path: string;
  /** In their order. */
  #pending: NameChange[] = [];

  /** @param path a folder that is on the disk already */
  constructor(path: string) {
    this.#path = path;
  }

  apply(change: Change): void {
    const { path } = change;
    if (path === this.#path && change.kind === 'syncFolder') this.#settle(this.#root);
    const folder = this.#find(dirname(path));
    // Changes above the folder are of no interest.
    if (folder === undefined) return;
    const name = path.slice(dirname(path).length + 1);
    const entry = folder.now.get(name);
    switch (change.kind) {
      case 'create':
        this.#change(folder, name, new FileNode());
        break;
      case 'mkdir':
        this.#change(folder, name, new FolderNode());
        break;
      case 'unlink':
      case 'rmdir':
        this.#change(folder, name, undefined);
        break;
      case 'rename': {
        const target = this.#find(dirname(change.to));
        if (target === undefined) throw new Error(`expected a folder on the disk, found ${change.to}`);
        const added = this.#change(target, change.to.slice(dirname(change.to).length + 1), entry);
        this.#change(folder, name, undefined, added);
        break;
      }
      case 'write':
        if (entry instanceof FileNode) entry.bytes = Buffer.concat([entry.bytes, change.bytes]);
        break;
      case 'sync':
        if (entry instanceof FileNode) entry.synced = entry.bytes.length;
        break;
      case 'syncFolder':
        if (entry instanceof FolderNode) this.#settle(entry);
        break;
    }
  }

  /**
   * What a power cut may leave: of the changes of names that are not synced, any number of the first ones, each one alone, or all
   * but one; of the bytes that are not synced, none, all, the first half, or zeros in the place of some or of all.
   */
  *cuts(): Generator<Remains> {
    const all = this.#pending;
    const choices = [
      ...Array.from({ length: all.length + 1 }, (_, count) => all.slice(0, count)),
      ...all.map(change => [change]),
      ...all.map(lost => all.filter(change => change !== lost)),
      [...all].reverse(),
    ];
    for (const choice of choices) {
      const kept = new Set(choice);
      // A rename into another folder is one change.
      for (const change of all)
        if (change.after !== undefined && change.after.folder !== change.folder && kept.has(change.after))
          kept.add(change);
      const changes = [...kept].filter(({ after }) => after === undefined || kept.has(after));
      for (const remain of REMAINS) yield this.#after(changes, remain);
    }
  }

  #after(changes: readonly NameChange[], remain: (typeof REMAINS)[number]): Remains {
    const names = new Map<FolderNode, Map<string, Entry>>();
    const namesOf = (folder: FolderNode) => {
      const found = names.get(folder) ?? new Map(folder.durable);
      names.set(folder, found);
      return found;
    };
    for (const { folder, name, entry } of changes) {
      if (entry === undefined) namesOf(folder).delete(name);
      else namesOf(folder).set(name, entry);
    }
    const left = new Map<string, Buffer | undefined>();
    const list = (folder: FolderNode, path: string) => {
      for (const [name, entry] of namesOf(folder)) {
        const at = join(path, name);
        left.set(at, entry instanceof FileNode ? remain(entry.bytes, entry.synced) : undefined);
        if (entry instanceof FolderNode) list(entry, at);
      }
    };
    list(this.#root, '');
    return left;
  }

  #find(path: string): FolderNode | undefined {
    if (path === this.#path) return this.#root;
    if (!path.startsWith(this.#path)) return undefined;
    const entry = this.#find(dirname(path))?.now.get(path.slice(dirname(path).length + 1));
    return entry instanceof FolderNode ? entry : undefined;
  }

  #change(folder: FolderNode, name: string, entry: Entry | undefined, after?: NameChange): NameChange {
    if (entry === undefined) folder.now.delete(name);
    else folder.now.set(name, entry);
    const change = { folder, name, entry, after };
    this.#pending.push(change);
    return change;
  }

  /** A sync of a folder takes both names of a rename to the disk. */
  #settle(folder: FolderNode): void {
    const due = this.#pending.filter(change => change.folder === folder || change.after?.folder === folder);
    const settled = new Set(
      due.flatMap(change => [change, ...(change.after === undefined ? [] : [change.after])]),
    );
    for (const change of this.#pending) {
      if (!settled.has(change)) continue;
      if (change.entry === undefined) change.folder.durable.delete(change.name);
      else change.folder.durable.set(change.name, change.entry);
    }
    this.#pending = this.#pending.filter(change => !settled.has(change));
  }
}

/** Writes what is left on a disk into a folder. */
export function restore(left: Remains, folder: string): void {
  for (const [path, bytes] of left) {
    if (bytes === undefined) mkdirSync(join(folder, path), { recursive: true });
    else writeFileSync(join(folder, path), bytes);
  }
}
