// Decides where the history of a backup goes, who has to stop for it, and says what becomes of it.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { historyPlace, type OpenedBackup } from '../../backup/open-backup.ts';
import type { FileOwner } from '../../backup/restored-files.ts';
import { historyFolders, restoreHistory } from '../../backup/restored-history.ts';
import type { Config } from '../../config/config.ts';
import { secondsText } from '../../config/configuration-state.ts';
import { LOCK } from '../../history/disk/history-folder.ts';
import type { DatasetCounts } from '../../importing/dataset-import.ts';
import { isRunning, ownerIn } from '../../machine/lock-owner.ts';
import type { Machine } from '../../machine/machine.ts';
import { servicePid } from '../../machine/service-control.ts';
import type { ServiceUnit } from '../../machine/service-unit.ts';
import { sizeText } from '../../text/terminal-text.ts';
import { nearestFolder } from '../history-plan.ts';
import { importSummary } from '../import-summary.ts';

/** Seconds that the clocks of two machines may differ. */
const CLOCKS = 60;

interface Place {
  /** As `--history` names it; false leaves the history out. */
  readonly named: string | false | undefined;
  readonly config: Config | undefined;
  /** The installed service, if the files are for it. */
  readonly unit: ServiceUnit | undefined;
  readonly service: FileOwner | undefined;
}

export class HistoryPart {
  readonly #machine: Machine;
  readonly #backup: OpenedBackup;
  readonly #place: Place;
  #holder: { readonly text: string; readonly isService: boolean } | undefined;

  private constructor(machine: Machine, backup: OpenedBackup, place: Place) {
    this.#machine = machine;
    this.#backup = backup;
    this.#place = place;
  }

  static async of(machine: Machine, backup: OpenedBackup, place: Place): Promise<HistoryPart> {
    const part = new HistoryPart(machine, backup, place);
    await part.#findHolder();
    return part;
  }

  get isWanted(): boolean {
    return this.#folders.size > 0;
  }

  /** Whether the service has to stop meanwhile. */
  get isServiceHolder(): boolean {
    return this.#holder?.isService ?? false;
  }

  /** What is going to happen, a sentence each. */
  get lines(): readonly string[] {
    const { history } = this.#backup;
    const unseen = this.#unseen();
    if (history.size === 0) return unseen;
    if (this.#place.named === false) return ['the history of the backup is left out'];
    const lines = [...unseen];
    lines.push(
      ...[...this.#folders].map(
        ([folder, bytes]) =>
          `history: ${sizeText(bytes)} into ${folder}; days that are there too are merged row by row`,
      ),
    );
    const homeless = new Set([...history.keys()].map(entry => historyPlace(entry)!.dataset));
    for (const dataset of homeless) if (this.#folderOf(dataset) !== undefined) homeless.delete(dataset);
    if (homeless.size > 0)
      lines.push(
        `the history of ${[...homeless].join(', ')} has no folder here, and is left out: give one with --history DIR`,
      );
    return lines;
  }

  /** The service does not see the homes of people. */
  #unseen(): readonly string[] {
    const { unit, config } = this.#place;
    const paths = new Set(config?.datasets.flatMap(({ history }) => history?.path ?? []));
    const hidden = unit?.hidesHomes ? [...paths].filter(path => /^\/(home|root|run\/user)\//.test(path)) : [];
    return hidden.map(
      path =>
        `the service does not see ${path}, where the configuration keeps the history: write another folder into it with --history DIR, such as ${unit?.histories[0]}`,
    );
  }

  /** Rejects with a sentence if the rows cannot be restored now. */
  async check(): Promise<void> {
    if (!this.isWanted) return;
    const { time } = this.#backup.manifest;
    const now = Date.now() / 1000;
    // A board without a clock begins in its past, in which rows of the future cannot be stored.
    if (time > now + CLOCKS)
      throw new Error(
        `expected a clock that is set, found ${secondsText(now)}, before the time of the backup, ${secondsText(time)}: set it, or leave the history out with --history off; nothing was changed`,
      );
    const holder = this.#holder;
    if (holder !== undefined && !holder.isService) throw new Error(holder.text);
    for (const [folder, bytes] of this.#folders) {
      const free = await this.#machine.freeSpace(await nearestFolder(this.#machine, folder));
      if (free !== undefined && free < bytes)
        throw new Error(
          `${folder}: expected ${sizeText(bytes)} of free space, found ${sizeText(free)}; nothing was changed`,
        );
    }
  }

  /** @returns what has become of the rows, a sentence each */
  async restore(options: {
    readonly signal: AbortSignal;
    readonly onProgress: (text: string) => void;
  }): Promise<readonly string[]> {
    if (!this.isWanted) return [];
    const remarks: string[] = [];
    const counts: readonly DatasetCounts[] = await restoreHistory({
      ...options,
      backup: this.#backup,
      folderOf: dataset => this.#folderOf(dataset),
      owner: this.#place.service,
      onRemark: sentence => remarks.push(sentence),
    });
    return [...remarks, ...counts.flatMap(importSummary)];
  }

  get #folders(): ReadonlyMap<string, number> {
    return historyFolders({ backup: this.#backup, folderOf: dataset => this.#folderOf(dataset) });
  }

  /** That of the dataset, else the first of the configuration, else that of the service. */
  #folderOf(dataset: string): string | undefined {
    const { named, config, unit } = this.#place;
    if (named !== undefined) return named === false ? undefined : resolve(named);
    const histories = config?.datasets ?? [];
    const own = histories.find(({ info }) => info.name === dataset)?.history;
    const any = histories.find(({ history }) => history !== undefined)?.history;
    return own?.path ?? any?.path ?? unit?.histories[0];
  }

  async #findHolder(): Promise<void> {
    for (const folder of this.#folders.keys()) {
      const path = join(folder, LOCK);
      const owner = ownerIn(await readFile(path, 'utf8').catch(() => ''));
      if (owner === undefined || (await isRunning(owner)) === false) continue;
      const isService = this.#place.unit !== undefined && (await servicePid(this.#machine)) === owner.pid;
      const text = `${folder}: expected no server that keeps its history there, found process ${owner.pid} on ${owner.host}: stop it, or leave the history out with --history off; nothing was changed`;
      if (this.#holder === undefined || !isService) this.#holder = { text, isService };
    }
  }
}
