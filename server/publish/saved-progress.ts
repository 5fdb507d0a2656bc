// Saves the progress of a feed now and then: not with each row, which would wear the disk, and at the end.

import type { Progress, ProgressFile } from './progress-file.ts';

/** The least time between two writes, in milliseconds: a crash repeats the rows of this time at the most. */
export const SAVE_EVERY = 10_000;

export class SavedProgress {
  readonly #file: ProgressFile;
  readonly #every: number;
  readonly #onError: (error: unknown) => void;
  #wanted: Progress | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #writtenAt = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  /** @param onError receives the first error of those that follow one another */
  constructor(file: ProgressFile, onError: (error: unknown) => void, every = SAVE_EVERY) {
    this.#file = file;
    this.#onError = onError;
    this.#every = every;
  }

  save(progress: Progress): void {
    this.#wanted = progress;
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#writtenAt + this.#every - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#write();
    }, wait).unref();
  }

  /** Writes the last progress. Does not reject. */
  async close(progress: Progress | undefined): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (progress !== undefined) this.#wanted = progress;
    await this.#write();
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const progress = this.#wanted;
      if (progress === undefined) return;
      this.#wanted = undefined;
      this.#writtenAt = performance.now();
      try {
        await this.#file.write(progress);
        this.#isFailing = false;
      } catch (error) {
        if (!this.#isFailing) this.#onError(error);
        this.#isFailing = true;
      }
    });
    return this.#writing;
  }
}
