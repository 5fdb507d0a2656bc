// Runs the built `dapberry pull` as a process of its own, in a folder of its own, and watches its output.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as nap } from 'node:timers/promises';

const COMMAND = resolve(import.meta.dirname, '../../../dist/server/main.js');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `pull` that runs. */
export class PullProcess {
  readonly child: ChildProcess;
  readonly #ended: Promise<CommandResult>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], cwd: string) {
    this.child = spawn(process.execPath, [COMMAND, 'pull', ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.setEncoding('utf8').on('data', text => {
      this.stdout += text;
    });
    this.child.stderr!.setEncoding('utf8').on('data', text => {
      this.stderr += text;
    });
    this.#ended = once(this.child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  ended(): Promise<CommandResult> {
    return this.#ended;
  }

  /** Ends the command as Ctrl-C does. */
  stop(): Promise<CommandResult> {
    this.child.kill('SIGINT');
    return this.#ended;
  }

  /** Ends it as a power cut does. */
  kill(): Promise<CommandResult> {
    this.child.kill('SIGKILL');
    return this.#ended;
  }
}

/** A folder for files, and the processes that run in it. */
export class PullFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'dapberry-pull-'));
  readonly #processes: PullProcess[] = [];

  start(...args: readonly string[]): PullProcess {
    const started = new PullProcess(args, this.path);
    this.#processes.push(started);
    return started;
  }

  /** Runs it to its end. */
  run(...args: readonly string[]): Promise<CommandResult> {
    return this.start(...args).ended();
  }

  /** Runs a script of bash, in which PULL stands for the command. */
  shell(script: string): Promise<CommandResult> {
    const command = script.replaceAll('PULL', `"${process.execPath}" "${COMMAND}" pull`);
    return new Promise(done => {
      execFile(
        '/bin/bash',
        ['-o', 'pipefail', '-c', command],
        { cwd: this.path, timeout: 20_000 },
        (error, stdout, stderr) =>
          done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
      );
    });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** What a file holds; nothing for one that is not there. */
  text(name: string): string {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), 'utf8') : '';
  }

  async dispose(): Promise<void> {
    for (const process of this.#processes) if (process.child.exitCode === null) await process.kill();
    rmSync(this.path, { recursive: true });
  }
}

/** Resolves as soon as `holds` is true of what is on the disk, which tells nobody when it changes. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nap(10);
}
