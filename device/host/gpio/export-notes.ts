// Notes which dapberry has exported which line, in a file per line and process that outlives a killed process.

import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, thisProcess } from '../process-life.ts';
import { type ExportFolders, exportFolders } from './export-folders.ts';

/** A dapberry process that has exported a line. */
export interface Exporter {
  readonly pid: number;
  readonly isAlive: boolean;
}

/**
 * The notes of exports. A process writes a note before it exports a line and removes it after the unexport, so that a process
 * that is killed at any moment leaves no line without a note. A note without an exported line has no meaning.
 */
export interface ExportNotes {
  /** Notes that this process is about to export the line. Does not throw: if it cannot write, the line has no note. */
  announce(line: number): void;
  /** Adds the incarnation of the export to the note, which tells it from later exports by other programs. Does not throw. */
  confirm(line: number, incarnation: string): void;
  /** Removes this process's note. Does not throw. */
  remove(line: number): void;
  /** The dapberry that has made this export of the line, a living one first; undefined if there is none. Does not throw. */
  exporterOf(line: number, incarnation: string): Exporter | undefined;
  /** Removes the notes of dead processes about the line, as far as this user may. Does not throw. */
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

/** Stands for an unknown field. */
const UNKNOWN = '-';

/** The fields of a note: PID, start, boot, incarnation. */
const NOTE = /^(\d+) (\d+|-) ([\w-]+) (\d+|-)\n$/;

export function exportNotes({
  folders = exportFolders(),
  proc = '/proc',
}: ExportNotesOptions = {}): ExportNotes {
  const self = thisProcess(proc);
  const boot = bootId(proc);
  const written = new Map<number, string>();

  const write = (file: string, incarnation: string) => {
    // By renaming, so that a note is whole even if this process is killed meanwhile.
    const draft = join(file, '..', `.${self.pid}`);
    try {
      writeFileSync(draft, `${self.pid} ${self.start ?? UNKNOWN} ${boot} ${incarnation}\n`);
      // The service's umask would hide the note from other users.
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

/** The kernel's number of this boot; notes of earlier boots may be left among temporary files. */
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
    // It belongs to another user, or its file system is read-only.
  }
}
