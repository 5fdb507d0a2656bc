// Gives a test a folder of its own for notes of exported lines, and reads and writes notes there.

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportFolders } from '../../../../device/host/gpio/export-folders.ts';
import { thisProcess } from '../../../../device/host/process-life.ts';
import { BASE } from './fake-sysfs.ts';

const BOOT = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

interface NoteFile {
  readonly start?: string;
  readonly boot?: string;
  /** The inode of the export; `-` before it is known. */
  readonly incarnation?: string;
}

export class NotesFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'dapberry-notes-'));
  readonly folders: ExportFolders = { own: () => this.path, all: () => [this.path] };

  constructor() {
    chmodSync(this.path, 0o755);
  }

  /** The notes, each with its name and text. */
  get notes(): readonly string[] {
    return readdirSync(this.path).map(
      name => `${name}: ${readFileSync(join(this.path, name), 'utf8').trimEnd()}`,
    );
  }

  modeOf(name: string): number {
    return statSync(join(this.path, name)).mode & 0o777;
  }

  /** Writes the note of a dapberry with a process number about a pin. */
  note(pin: number, pid: number, { start = '1', boot = BOOT, incarnation = '-' }: NoteFile = {}): void {
    writeFileSync(join(this.path, `gpio${BASE + pin}-${pid}`), `${pid} ${start} ${boot} ${incarnation}\n`);
  }

  dispose(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** The start of this process, as the kernel counts it. */
export function ownStart(): string {
  return thisProcess().start!;
}
