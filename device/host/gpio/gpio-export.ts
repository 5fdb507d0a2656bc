// Whose is a line in /sys/class/gpio, and how does it become this program's? Free, or left by a dapberry that died: by exporting it.

import { existsSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { constants as os } from 'node:os';
import { join } from 'node:path';
import { errnoOf, kernelError } from '../errno.ts';
import type { ExportNotes } from './export-notes.ts';
import { exportedError, openingError } from './gpio-error.ts';
import { programWith } from './gpio-holder.ts';

/** A line as the kernel counts it. */
export interface KernelLine {
  readonly pin: number;
  readonly line: number;
  /** Its files are here while it is exported. */
  readonly folder: string;
}

/** A line that this program has exported. */
export interface OwnExport {
  /** Notes which of the line's exports it is, once its files are there. */
  confirm(): void;
  /** Whether it was taken away, and the line has been exported by another program since. */
  isTaken(): boolean;
  unexport(): void;
  /** Ends the note of it, unless the line is still exported. */
  end(): void;
}

export interface LineExports {
  /** Whether a program that is no dapberry has exported the line, or did once. */
  isOthers(line: KernelLine): boolean;
  /**
   * Exports a line for this program alone.
   * @param why it cannot be shared with another one, a part of a sentence
   * @throws one sentence where another program has exported it, which may be hidden from this user, or the kernel refuses
   */
  claim(line: KernelLine, why: string): Promise<OwnExport>;
}

export interface LineExportsOptions {
  readonly root: string;
  readonly proc: string;
  readonly notes: ExportNotes;
  readonly whoHolds: (pin: number) => Promise<string | undefined>;
}

export function lineExports({ root, proc, notes, whoHolds }: LineExportsOptions): LineExports {
  const exporter = join(root, 'export');
  const unexporter = join(root, 'unexport');
  const unexport = (line: number) => writeFileSync(unexporter, String(line));
  const heldBy = (pin: number, holder: string) =>
    openingError(kernelError('export', os.errno.EBUSY), pin, exporter, `${holder}, which has exported it`);

  /** Frees a line that a dapberry that died has left exported; throws where it is exported by anyone else. */
  const freeLeft = async ({ pin, line, folder }: KernelLine, why: string): Promise<void> => {
    const incarnation = incarnationOf(folder);
    if (incarnation === undefined) return;
    const noted = notes.exporterOf(line, incarnation);
    if (noted?.isAlive) throw heldBy(pin, `dapberry (process ${noted.pid})`);
    const holder = await programWith(join(folder, 'value'), proc);
    if (holder !== undefined) throw heldBy(pin, holder);
    if (noted === undefined) throw exportedError(pin, line, why, unexporter);
    // Not used as it is, since other notes of the dead are about this export too. Another dapberry may have been faster.
    try {
      if (incarnationOf(folder) === incarnation) unexport(line);
    } catch (error) {
      throw openingError(error, pin, unexporter, undefined);
    }
    notes.forget(line);
  };

  return {
    isOthers: ({ line, folder }) => {
      const incarnation = incarnationOf(folder);
      return incarnation !== undefined && notes.exporterOf(line, incarnation) === undefined;
    },
    claim: async (wanted, why) => {
      const { pin, line, folder } = wanted;
      await freeLeft(wanted, why);
      notes.announce(line);
      try {
        await writeFile(exporter, String(line));
      } catch (error) {
        notes.remove(line);
        const isHeld = errnoOf(error) === os.errno.EBUSY;
        // Another program may have exported it meanwhile.
        if (isHeld) await freeLeft(wanted, why);
        throw openingError(error, pin, exporter, isHeld ? await whoHolds(pin) : undefined);
      }
      let own: string | undefined;
      const isTaken = () => own !== undefined && ![undefined, own].includes(incarnationOf(folder));
      return {
        confirm: () => {
          own = incarnationOf(folder);
          if (own !== undefined) notes.confirm(line, own);
        },
        isTaken,
        unexport: () => unexport(line),
        end: () => {
          if (!existsSync(folder) || isTaken()) notes.remove(line);
        },
      };
    },
  };
}

/** What tells one export of a line from every other: the kernel gives the number to no other folder. Undefined where it is not exported. */
function incarnationOf(folder: string): string | undefined {
  return statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino.toString();
}
