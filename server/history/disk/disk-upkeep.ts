// Merges the parts of past days, deletes the oldest files, and sets aside those with rows of the future.

import { messageOf } from '../../../device/index.ts';
import { dayOf } from './day.ts';
import { type DerivedFiles, deleteFiles } from './deleting.ts';
import type { DiskFiles } from './disk-files.ts';
import { copyUntil, futureText } from './future-files.ts';
import { writeIndexFile } from './index-file.ts';
import { PartError, type RunJob } from './jobs.ts';
import { LostFiles } from './lost-files.ts';
import { plannedMerges } from './merging.ts';
import type { StoredFile } from './stored-file.ts';

export interface DiskUpkeepOptions {
  /** Runs jobs beside the event loop. */
  readonly runBeside: RunJob;
  /** Aborts when no work may go on. */
  readonly stopping: AbortSignal;
}

export class DiskUpkeep {
  readonly #files: DiskFiles;
  readonly #runBeside: RunJob;
  readonly #stopping: AbortSignal;
  readonly #lost: LostFiles;
  #isMerging = false;

  constructor(files: DiskFiles, { runBeside, stopping }: DiskUpkeepOptions) {
    this.#files = files;
    this.#runBeside = runBeside;
    this.#stopping = stopping;
    this.#lost = new LostFiles(files.path);
  }

  /** Forgets the files that somebody has deleted, and returns them. Rejects if the folder is not that of this history any more. */
  async forgetLost(): Promise<readonly StoredFile[]> {
    const lost = await this.#lost.among([...this.#files.index.files]);
    if (lost.length === 0) return lost;
    // The disk may have been pulled out meanwhile.
    await this.#files.check();
    const known = new Set(this.#files.index.files);
    // This server may have merged or deleted one of them itself meanwhile.
    const forgotten = lost.filter(file => known.has(file));
    for (const file of forgotten) this.#files.remove(file);
    return forgotten;
  }

  /**
   * Deletes the oldest files while there are rows from before `since`, or more than `size` bytes, but never the newest file. Rejects
   * if one cannot be deleted: its rows are served on.
   * @param most files that are deleted for their age at the most
   * @param derived its bytes count too
   * @param onDeleted receives each file when it is deleted
   */
  async deleteOld(
    { since, size }: { readonly since: number; readonly size: number },
    most: number,
    derived: DerivedFiles,
    onDeleted: (file: StoredFile, reason: 'age' | 'size') => void,
  ): Promise<void> {
    const isWithin = () => this.#files.index.bytes + this.#files.merged.bytes + derived.bytes <= size;
    for (let deleted = 0; ; ) {
      const [oldest, next] = this.#files.index.files;
      if (oldest === undefined || next === undefined) return;
      const isOld = deleted < most && oldest.lastTime < since;
      if (!isOld && isWithin()) return;
      if (!isOld && this.#files.merged.bytes > 0) {
        await this.#deleteMerged(0);
        if (isWithin()) return;
      }
      if (this.#isMerging && oldest.isPart) return;
      if (isOld) deleted += 1;
      await deleteFiles(this.#files.path, [oldest]);
      this.#files.deletedOldest(oldest);
      onDeleted(oldest, isOld ? 'age' : 'size');
      await deleteFiles(this.#files.path, this.#files.merged.takeOf(oldest));
      await derived.removeOrphans(this.#files.index.files);
    }
  }

  /** Whether merged parts have been kept long enough: the next merge deletes them. */
  get hasDueParts(): boolean {
    return this.#files.merged.isDue;
  }

  /** Merges the parts of days that are over. A part that cannot be read is set aside. Rejects if a file cannot be written. */
  async merge(): Promise<void> {
    if (this.#isMerging || this.#files.index.files.length === 0) return;
    this.#isMerging = true;
    const files = [...this.#files.index.files];
    try {
      const merges = await plannedMerges(this.#files.path, files, dayOf(files.at(-1)!.lastTime));
      for (const { job, parts } of merges) {
        await this.#files.check();
        const firstPosition = this.#files.positionInFiles(job.firstPosition);
        const file = await this.#runBeside({ ...job, firstPosition });
        this.#files.index.replace(parts, [this.#files.placed(file)]);
        this.#files.merged.add(parts, file);
        for (const part of parts) this.#files.groups.forget(part);
      }
      const inFiles = this.#files.index.files.map(file => this.#files.unplaced(file));
      if (merges.length > 0) await writeIndexFile(this.#files.path, inFiles);
      await this.#deleteMerged();
    } catch (error) {
      if (this.#stopping.aborted) return;
      if (!(await this.setAsideBroken(error))) throw error;
    } finally {
      this.#isMerging = false;
    }
  }

  /** Sets aside the file that work could not read; false for any other error. */
  async setAsideBroken(error: unknown): Promise<boolean> {
    if (!(error instanceof PartError)) return false;
    const file = this.#files.index.files.find(({ path }) => path === error.part);
    if (file !== undefined) await this.#files.setAside(file, 'broken', messageOf(error));
    return file !== undefined;
  }

  /** Sets aside files with rows after `time`, which a clock that was wrong has made. Their rows until then stay. Throws a PartError. */
  async setAsideAfter(time: number): Promise<void> {
    for (const file of [...this.#files.index.files].reverse()) {
      if (file.lastTime <= time) break;
      const job = copyUntil(this.#files.path, this.#files.unplaced(file), time);
      const copy = job && this.#files.placed(await this.#runBeside(job));
      await this.#files.setAside(file, 'future', futureText(file, copy));
      await deleteFiles(this.#files.path, this.#files.merged.takeOf(file));
      if (copy !== undefined) this.#files.index.add(copy);
    }
  }

  /** Deletes parts that were merged more than `seconds` ago, by default those that are due. */
  async #deleteMerged(seconds?: number): Promise<void> {
    const paths = new Set(this.#files.index.files.map(({ path }) => path));
    const isStored = ({ path }: StoredFile) => paths.has(path);
    const { unserved } = this.#files;
    for (const remark of await this.#files.merged.delete(isStored, seconds)) unserved.leftAlone(remark);
  }
}
