// Exports lines in /sys/class/gpio for this process, and frees lines that a killed dapberry has left exported.

import { existsSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { constants as os } from 'node:os';
import { join } from 'node:path';
import type { Gpio } from 'onoff';
import { errnoOf, kernelError } from '../errno.ts';
import type { ExportNotes } from './export-notes.ts';
import { exportedError, openingError } from './gpio-error.ts';
import { programWith } from './gpio-holder.ts';

/** A line by the kernel's number. */
export interface KernelLine {
  readonly pin: number;
  readonly line: number;
  /** The folder of its files while it is exported. */
  readonly folder: string;
}

/** This process's export of a line. */
export interface OwnExport {
  /** Notes the incarnation of the export, once its files exist. */
  confirm(): void;
  /**
   * Unexports the line, through onoff if it has opened the line, and removes the note. If the export was ended from outside and
   * another program has exported the line since, only the watch of onoff ends.
   */
  release(opened: Pick<Gpio, 'unexport' | 'unwatchAll'> | undefined): void;
}

export interface LineExports {
  /** Whether another program than dapberry has exported the line. */
  isForeign(line: KernelLine): boolean;
  /**
   * Exports a line for this process.
   * @param why it cannot be shared with another program, a part of a sentence
   * @throws one sentence, if another program has exported it, which may be hidden from this user, or if the kernel refuses
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

  /** Frees a line that a dead dapberry has left exported; throws if any other program has exported it. */
  const freeOrphan = async ({ pin, line, folder }: KernelLine, why: string): Promise<void> => {
    const incarnation = incarnationOf(folder);
    if (incarnation === undefined) return;
    const noted = notes.exporterOf(line, incarnation);
    if (noted?.isAlive) throw heldBy(pin, `dapberry (process ${noted.pid})`);
    const holder = await programWith(join(folder, 'value'), proc);
    if (holder !== undefined) throw heldBy(pin, holder);
    if (noted === undefined) throw exportedError(pin, line, why, unexporter);
    // Exported anew, so that notes of other dead processes do not fit it. Another dapberry may have been faster.
    try {
      if (incarnationOf(folder) === incarnation) unexport(line);
    } catch (error) {
      throw openingError(error, pin, unexporter, undefined);
    }
    notes.forget(line);
  };

  return {
    isForeign: ({ line, folder }) => {
      const incarnation = incarnationOf(folder);
      return incarnation !== undefined && notes.exporterOf(line, incarnation) === undefined;
    },
    claim: async (wanted, why) => {
      const { pin, line, folder } = wanted;
      await freeOrphan(wanted, why);
      notes.announce(line);
      try {
        await writeFile(exporter, String(line));
      } catch (error) {
        notes.remove(line);
        const isHeld = errnoOf(error) === os.errno.EBUSY;
        // Another program may have exported it meanwhile, which this finds out.
        if (isHeld) await freeOrphan(wanted, why);
        throw openingError(error, pin, exporter, isHeld ? await whoHolds(pin) : undefined);
      }
      let own: string | undefined;
      const isTaken = () => own !== undefined && ![undefined, own].includes(incarnationOf(folder));
      return {
        confirm: () => {
          own = incarnationOf(folder);
          if (own !== undefined) notes.confirm(line, own);
        },
        release: opened => {
          try {
            if (isTaken()) opened?.unwatchAll();
            else if (opened === undefined) unexport(line);
            else opened.unexport();
          } finally {
            if (!existsSync(folder) || isTaken()) notes.remove(line);
          }
        },
      };
    },
  };
}

/** The inode of the line's folder, which no other export has; undefined if the line is not exported. */
function incarnationOf(folder: string): string | undefined {
  return statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino.toString();
}
