// Keeps parts for a while after they were merged, so that a copy of the folder that runs meanwhile has their rows in one form or the other.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteFiles } from './deleting.ts';
import { hasRowsOf } from './same-rows.ts';
import { overlapText, type StoredFile } from './stored-file.ts';

/** Seconds: a copy of the folder reads the names of a month first, and comes to the parts of a day a little later. */
const KEEP = 60;

export interface MergedPart {
  readonly part: StoredFile;
  /** The file that has its rows, or seems to have them by their times. */
  readonly into: StoredFile;
}

interface KeptPart extends MergedPart {
  /** When it was merged or found, by `performance.now()`. */
  readonly since: number;
  /** This process has merged it. Else it may be of another history, copied into this one. */
  readonly isMerged: boolean;
}

export class MergedParts {
  readonly #folder: string;
  readonly #keep: number;
  #kept: KeptPart[];

  /**
   * @param found parts in the dataset's folder whose times are within those of another file
   * @param keep seconds until a part is deleted
   */
  constructor(folder: string, found: readonly MergedPart[], keep = KEEP) {
    this.#folder = folder;
    this.#keep = keep;
    this.#kept = found.map(({ part, into }) => ({ part, into, since: performance.now(), isMerged: false }));
  }

  get bytes(): number {
    return this.#kept.reduce((sum, { part }) => sum + part.bytes, 0);
  }

  /** Whether there are parts that have been kept long enough. */
  get isDue(): boolean {
    return this.#kept.some(kept => hasBeenKept(kept, this.#keep));
  }

  add(parts: readonly StoredFile[], into: StoredFile): void {
    this.#kept.push(...parts.map(part => ({ part, into, since: performance.now(), isMerged: true })));
  }

  /** Gives up the parts of a file that is going to be deleted, so that they are deleted with it. */
  takeOf(into: StoredFile): readonly StoredFile[] {
    const [own, others] = [[] as KeptPart[], [] as KeptPart[]];
    for (const kept of this.#kept) (kept.into.path === into.path ? own : others).push(kept);
    this.#kept = others;
    return own.map(({ part }) => part);
  }

  /**
   * Deletes the parts that have been kept for `seconds`. Parts of a file that is no longer there stay for the next start.
   * @returns a sentence for each part whose rows are not those of the other file, and which is left alone
   */
  async delete(isStored: (file: StoredFile) => boolean, seconds = this.#keep): Promise<readonly string[]> {
    const remarks: string[] = [];
    const deleted: StoredFile[] = [];
    for (const kept of this.#kept.filter(one => hasBeenKept(one, seconds))) {
      const { part, into, isMerged } = kept;
      if (!isStored(into)) this.#take(kept);
      if (!isStored(into) || !(await this.#isWhole(into))) continue;
      const hasRows = isMerged || (await hasRowsOf(this.#folder, into, part));
      // The other file may have been deleted meanwhile, and this part with it.
      if (!hasRows && !(await this.#isWhole(into))) continue;
      if (!this.#take(kept)) continue;
      if (hasRows) deleted.push(part);
      else remarks.push(`${join(this.#folder, part.path)}: ${overlapText(into)}`);
    }
    await deleteFiles(this.#folder, deleted);
    return remarks;
  }

  /** Keeps a part no longer; false if it was not kept any more. */
  #take(kept: KeptPart): boolean {
    const isKept = this.#kept.includes(kept);
    this.#kept = this.#kept.filter(other => other !== kept);
    return isKept;
  }

  async #isWhole({ path, bytes }: StoredFile): Promise<boolean> {
    return (await stat(join(this.#folder, path)).catch(() => undefined))?.size === bytes;
  }
}

function hasBeenKept({ since }: KeptPart, seconds: number): boolean {
  return performance.now() - since >= seconds * 1000;
}
