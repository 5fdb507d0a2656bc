// Runs random events of a history and of its readers against a reference that keeps every row.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import type { HistoryClock } from '../../../server/history/history-clock.ts';
import { HistoryStore } from '../../../server/history/history-store.ts';
import type { HistoryLimits } from '../../../server/history/history-writer.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import type { LeftRows } from '../../../server/history/waiting-rows.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import { type Damage, damage, damageable, withParts } from './damage.ts';
import type { HistoryStep } from './history-steps.ts';
import { KeptRows } from './kept-rows.ts';
import { COLUMNS, MadeRows } from './made-rows.ts';
import { modelClock, modelOptions } from './model-options.ts';
import { ModelReaders } from './model-reader.ts';
import { HistoryTree, historyOf, MIDNIGHT } from './stores.ts';

export type ModelLimits = Pick<HistoryLimits, 'keep' | 'size'>;

export class HistoryModel {
  readonly #tree = new HistoryTree();
  readonly #kept = new KeptRows();
  readonly #rows = new MadeRows();
  readonly #memory: number;
  readonly #limits: ModelLimits;
  readonly #readers = new ModelReaders();
  #columns = COLUMNS;
  #folder!: HistoryFolder;
  #store!: HistoryStore;
  #clock!: HistoryClock;
  #synchronized: Synchronized = 'yes';
  /** Checks of the folder fail, or it cannot be opened. */
  #isFailing = false;
  #isAway = false;
  /** The difference of positions to those in the files. */
  #offset = 0;
  #first = 0;
  /** No file was damaged or deleted. */
  #isWhole: boolean;
  #running: Promise<void> = Promise.resolve();
  /** Rows that the last store could not write. */
  #left: LeftRows | undefined;

  private constructor(memory: number, limits: ModelLimits) {
    this.#memory = memory;
    this.#limits = limits;
    this.#isWhole = limits.keep >= 1e12 && limits.size >= 1e15;
  }

  static async start(memory: number, limits: ModelLimits): Promise<HistoryModel> {
    const model = new HistoryModel(memory, limits);
    const folder = await HistoryFolder.open(model.#tree.path);
    model.#folder = folder;
    const check = folder.check.bind(folder);
    folder.check = () => (model.#isFailing ? Promise.reject(new Error('the disk fails')) : check());
    await model.#open();
    return model;
  }

  async take(step: HistoryStep): Promise<void> {
    switch (step.kind) {
      case 'append':
        this.#append(step.gaps, step.repeat);
        break;
      case 'flush':
      case 'merge': {
        const done = this.#store[step.kind]();
        this.#running = Promise.all([this.#running, done]).then(() => undefined);
        if (step.isAwaited) await done;
        break;
      }
      case 'restart':
        await this.#restart(step.columns);
        break;
      case 'reload':
        await this.#reload(step.columns);
        break;
      case 'kill':
        await this.#kill();
        await this.#open();
        break;
      case 'start late':
        await this.#kill();
        this.#isAway = true;
        await this.#open();
        break;
      case 'read':
        this.#read(step);
        break;
      case 'pause':
      case 'go on':
        this.#readers.pause(step.which, step.kind === 'pause');
        break;
      case 'fail':
        this.#isFailing = true;
        break;
      case 'recover':
        await this.#recover();
        break;
      case 'clock':
        await this.#setClock(step.state, step.step);
        break;
      case 'damage':
        await this.#damage(step.which, step.at, step.how);
        break;
      case 'settle':
        await this.#settle();
    }
    this.#sync();
    this.#readers.start();
    await turn();
  }

  /** Everything that can still be stored is, and is read again after a start, with and without the index. */
  async finish(): Promise<void> {
    await this.#settle();
    await this.#recover();
    await this.#restart(this.#columns);
    await this.#readAll();
    rmSync(join(this.#tree.path, 'roof/.dapberry-index.json'), { force: true });
    await this.#restart(this.#columns);
    await this.#readAll();
  }

  async remove(): Promise<void> {
    this.#isFailing = false;
    await this.#readers.stop().catch(() => undefined);
    await this.#store.close();
    await this.#folder.close();
    this.#tree.remove();
  }

  /** @param taken rows that a store before could not write, of the same process */
  async #open(taken?: LeftRows): Promise<void> {
    this.#clock = modelClock(() => this.#synchronized);
    const leave = (rows: LeftRows) => {
      this.#left = rows;
    };
    const others = { limits: { flush: 3600, ...this.#limits }, clock: this.#clock, taken, leave };
    const options = modelOptions(this.#columns, this.#memory, others);
    if (taken === undefined || !this.#isAway) {
      this.#kept.move(-this.#offset);
      this.#offset = 0;
    }
    if (taken !== undefined) this.#kept.reload();
    else if (this.#isAway) {
      const { end } = this.#kept;
      this.#kept.restart(end, this.#limits);
      this.#kept.move(-end);
      this.#offset = -end;
    }
    const claim = async () => (this.#isAway ? Promise.reject(new Error('the disk is away')) : this.#folder);
    const release = async () => undefined;
    this.#store = await HistoryStore.start(options, { path: this.#tree.path, claim, release });
    if (taken === undefined && !this.#isAway) {
      this.#kept.restart(this.#store.end, this.#limits);
      // Memory may have had rows that are deleted from the disk.
      if (this.#first >= 0) this.#noteDeletions(this.#store.first);
    }
    this.#first = this.#store.first;
  }

  #append(gaps: readonly number[], repeat: number): void {
    const batch = this.#rows.batch(this.#columns, gaps, repeat);
    this.#kept.add(this.#store.end, this.#columns, batch, this.#synchronized);
    this.#store.append(batch);
  }

  /** Notes which rows are stored by now, and that only old ones were deleted. */
  #sync(): void {
    const { end, first } = this.#store;
    const { unstored, lost } = historyOf(this.#store);
    if (lost > 0) throw new Error(`expected no lost row, found ${lost}`);
    this.#kept.storedUpTo(end - unstored);
    if (first < this.#first && this.#offset === 0)
      throw new Error(`first went from ${this.#first} to ${first}`);
    this.#noteDeletions(first);
  }

  /** Rows before `first` are not there any more, for their age or for the size of all. */
  #noteDeletions(first: number): void {
    this.#kept.delete(this.#first, first, this.#limits);
    this.#first = first;
  }

  async #idle(): Promise<void> {
    await this.#running;
    // A write that the store began itself.
    await this.#store.flush();
    await this.#store.merge();
    this.#sync();
  }

  async #restart(columns: readonly FileColumn[]): Promise<void> {
    await this.#readers.stop();
    if (this.#limits.keep < 1e12) await this.#storeLate();
    await this.#store.close();
    this.#sync();
    this.#check();
    this.#columns = columns;
    [this.#isFailing, this.#isAway] = [false, false];
    await this.#open();
    this.#kept.checkAge(this.#store.first, this.#store.end, this.#limits.keep);
  }

  async #reload(columns: readonly FileColumn[]): Promise<void> {
    await this.#readers.stop();
    await this.#running;
    this.#left = undefined;
    await this.#store.close();
    this.#sync();
    this.#columns = columns;
    await this.#open(this.#left);
  }

  /** Parts that are being merged are not deleted for their age, but with the next row that is stored. */
  async #storeLate(): Promise<void> {
    await Promise.all([this.#running, this.#store.merge()]);
    this.#append([1], 1);
  }

  async #kill(): Promise<void> {
    await this.#readers.stop();
    await this.#running;
    this.#isFailing = true;
    await this.#store.flush();
    this.#sync();
    await this.#store.close();
    [this.#isFailing, this.#isAway] = [false, false];
  }

  async #recover(): Promise<void> {
    [this.#isFailing, this.#isAway] = [false, false];
    await this.#idle();
    this.#check();
  }

  async #setClock(state: Synchronized, step: number): Promise<void> {
    await this.#idle();
    if (step > 0) {
      this.#rows.time += step;
      this.#kept.correct(this.#rows.time, step);
      this.#clock.stepped({ time: this.#rows.time, seconds: step, ahead: 0 });
    }
    this.#synchronized = state;
  }

  async #damage(which: number, at: number, how: Damage): Promise<void> {
    const file = await damageable(this.#tree.path, which);
    if (file === undefined) return;
    const { firstPosition, rows } = file.footer;
    this.#kept.mayMiss((_row, position) => position >= firstPosition && position < firstPosition + rows);
    this.#isWhole = false;
    const files = how === 'delete' ? await withParts(this.#tree.path, file) : [file.path];
    for (const path of files) damage(path, at, how);
  }

  #read({ most, from, isIncluded }: HistoryStep & { kind: 'read' }): void {
    const { all } = this.#kept;
    const time =
      all[Math.floor(from * all.length)]?.[1].time ?? (from < 0 ? MIDNIGHT - 1 : this.#rows.time + 1);
    const position = this.#store.find(time, isIncluded);
    for (const [before, row] of this.#kept.expected(this.#store.first, position)) {
      const isWanted = isIncluded ? row.time >= time : row.time > time;
      if (isWanted && row.time === row.storedTime)
        throw new Error(`find(${time}, ${isIncluded}) gave ${position}, behind the row at ${before}`);
    }
    this.#addReader(position, most);
  }

  #addReader(position: number, most: number): void {
    this.#readers.add({ store: this.#store, kept: this.#kept, columns: this.#columns, position, most });
  }

  async #readAll(): Promise<void> {
    const { first } = this.#store;
    const missed = this.#kept.expected(Number.NEGATIVE_INFINITY, first);
    if (missed.length > 0)
      throw new Error(`expected the row at ${missed[0]![0]}, found ${first} as the first`);
    this.#addReader(first, 100);
    await this.#settle();
  }

  async #settle(): Promise<void> {
    this.#sync();
    this.#readers.start();
    await this.#readers.settled();
  }

  #check(): void {
    const isKnown = !this.#isFailing && !this.#isAway;
    if (isKnown) this.#kept.checkCounts(historyOf(this.#store), this.#isWhole);
  }
}
