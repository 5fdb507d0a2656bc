// Decides what becomes of stored rows that lie in the future of a synchronised clock: one of two clocks was wrong.

import { spoken } from '../text/terminal-text.ts';
import type { DiskRows } from './disk/disk-rows.ts';
import { areMarked } from './disk/future-files.ts';
import { type HistoryClock, instant } from './history-clock.ts';
import type { MemoryTail } from './memory-tail.ts';

/**
 * Seconds that rows wait for the present clock to be set, if the files say nothing against the clock that made their rows. A time
 * service that runs sets a clock that someone has moved within about half an hour.
 */
const LONGEST_DOUBT = 3600;

export class FutureRows {
  readonly #clock: HistoryClock;
  readonly #tell: (what: string) => void;
  /** When the contradiction was found, by the monotonic clock. */
  #since: number | undefined;

  /** @param tell receives what the journal says about them */
  constructor(clock: HistoryClock, tell: (what: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /**
   * Whether the stored rows end in the future of a synchronised clock. Not if new rows do so too: their times run ahead of a clock
   * that was set back, and they follow the stored rows.
   */
  isContradicted({ lastTime }: Pick<DiskRows, 'lastTime'>, { memory }: Pick<MemoryTail, 'memory'>): boolean {
    return (
      this.#clock.isFuture(lastTime) && !this.#clock.isFuture(memory.lastTime ?? Number.NEGATIVE_INFINITY)
    );
  }

  /** As `#settleReadable`, whatever files are damaged: these are set aside as such. */
  async settle(disk: DiskRows, tail: MemoryTail, isPressed: boolean): Promise<boolean> {
    for (;;) {
      try {
        return await this.#settleReadable(disk, tail, isPressed);
      } catch (error) {
        // Else no row would be stored as long as the file is there.
        if (!(await disk.upkeep.setAsideBroken(error))) throw error;
      }
    }
  }

  /**
   * Sets aside the files of such rows: at once if they are marked as rows of a clock that was wrong, else if the present clock has not
   * been set again for an hour. Until then no row is stored.
   * @param isPressed there is no room for rows to wait
   * @returns whether rows are to wait
   */
  async #settleReadable(disk: DiskRows, tail: MemoryTail, isPressed: boolean): Promise<boolean> {
    const clock = this.#clock;
    if (!this.isContradicted(disk, tail)) {
      this.#since = undefined;
      clock.trust();
      return false;
    }
    const now = clock.wall;
    const future = disk.files.filter(file => file.lastTime > now);
    if (this.#since === undefined && !(await areMarked(disk.path, future))) {
      this.#since = clock.monotonic;
      const { lastTime } = disk;
      this.#tell(
        `the stored rows end at ${instant(lastTime)}, ${spoken(lastTime - now)} ahead of the synchronised clock; rows wait in memory for ${spoken(LONGEST_DOUBT)} at most, in case the clock is set again`,
      );
    }
    const { firstTime } = tail;
    if (firstTime !== undefined) clock.doubt(firstTime);
    const isOpen = this.#since !== undefined && clock.monotonic - this.#since < LONGEST_DOUBT;
    if (isOpen && !isPressed) return true;
    await disk.upkeep.setAsideAfter(now);
    this.#since = undefined;
    clock.trust();
    return false;
  }
}
