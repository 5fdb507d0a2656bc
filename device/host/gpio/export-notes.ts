// Which dapberry has exported a line, and does it still live? By notes, one a line and process, which outlive a process that is killed.

import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, thisProcess } from '../process-life.ts';
import { type ExportFolders, exportFolders } from './export-folders.ts';

/** The dapberry that has exported a line. */
export interface Exporter {
  readonly pid: number;
  readonly isAlive: boolean;
}

/**
 * Notes of exports, as a dapberry leaves them: announced before the line is exported and removed after it is given back, so that one that
 * is killed at any moment has left no line without a note. A note without its line means nothing.
 */
export interface ExportNotes {
  /** Says that this process is about to export the line. Does not throw: where nothing can be noted the line goes unmarked. */
  announce(line: number): void;
  /** Says which of its exports the line is: one that is given back and exported by another is that other's. Does not throw. */
  confirm(line: number, incarnation: string): void;
  /** Takes back what was said. Does not throw. */
  remove(line: number): void;
  /** The dapberry that has exported the line as it is now, one that lives before others; undefined where none has. Does not throw. */
  exporterOf(line: number, incarnation: string): Exporter | undefined;
  /** Removes what dead processes have said of the line, as far as this user may. Does not throw. */
  forget(line: number): void;
}

export interface ExportNotesOptions {
  readonly folders?: ExportFolders;
  readonly proc?: string;
}

interface Note extends ProcessIdentity {
  readonly file: string;
  readonly boot: string;
  readonly incarnation: string | undefined;
}

/** What stands where something is not known. */
const UNKNOWN = '-';

/** PID, start, boot, incarnation. */
const NOTE = /^(\d+) (\d+|-) ([\w-]+) (\d+|-)\n$/;

export function exportNotes({
  folders = exportFolders(),
  proc = '/proc',
}: ExportNotesOptions = {}): ExportNotes {
  const self = thisProcess(proc);
  const boot = bootId(proc);
  const written = new Map<number, string>();

  const write = (file: string, incarnation: string) => {
    // Whole or not at all, also where this process is killed meanwhile.
    const draft = join(file, '..', `.${self.pid}`);
    try {
      writeFileSync(draft, `${self.pid} ${self.start ?? UNKNOWN} ${boot} ${incarnation}\n`);
      // The service's files are its own but for these.
      chmodSync(draft, 0o644);
      renameSync(draft, file);
      return true;
    } catch {
      removeFile(draft);
      return false;
    }
  };

  const notesOf = (line: number): readonly Note[] =>
    folders.all().flatMap(folder =>
      namesIn(folder)
        .filter(name => name.startsWith(`gpio${line}-`))
        .flatMap(name => readNote(join(folder, name)) ?? []),
    );

  const lives = (note: Note) => note.boot === boot && isAlive(note, proc);

  return {
    announce: line => {
      const folder = folders.own();
      if (folder === undefined) return;
      const file = join(folder, `gpio${line}-${self.pid}`);
      if (write(file, UNKNOWN)) written.set(line, file);
    },
    confirm: (line, incarnation) => {
      const file = written.get(line);
      if (file !== undefined) write(file, incarnation);
    },
    remove: line => {
      const file = written.get(line);
      if (file === undefined) return;
      written.delete(line);
      removeFile(file);
    },
    exporterOf: (line, incarnation) => {
      const notes = notesOf(line).filter(
        note => note.boot === boot && (note.incarnation ?? incarnation) === incarnation,
      );
      const [exporter] = notes
        .map(note => ({ pid: note.pid, isAlive: lives(note) }))
        .toSorted((a, b) => Number(b.isAlive) - Number(a.isAlive));
      return exporter;
    },
    forget: line => {
      for (const note of notesOf(line)) if (!lives(note)) removeFile(note.file);
    },
  };
}

function readNote(file: string): Note | undefined {
  try {
    const [, pid, start, boot, incarnation] = NOTE.exec(readFileSync(file, 'utf8')) ?? [];
    if (pid === undefined) return undefined;
    const { uid } = statSync(file);
    return {
      file,
      pid: Number(pid),
      start: known(start!),
      uid,
      boot: boot!,
      incarnation: known(incarnation!),
    };
  } catch {
    return undefined;
  }
}

function known(field: string): string | undefined {
  return field === UNKNOWN ? undefined : field;
}

/** What tells this boot from those before, of which notes may be left among temporary files. */
function bootId(proc: string): string {
  try {
    return readFileSync(join(proc, 'sys/kernel/random/boot_id'), 'utf8').trim();
  } catch {
    return UNKNOWN;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Another user's, or on a system that is read-only.
  }
}
