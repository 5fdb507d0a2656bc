// Imitates /sys/class/gpio by a folder in which writes to `export` and `unexport` make and remove the folders of lines.

import {
  accessSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Level } from '../../../../device/host/gpio/gpio.ts';
import type { OnoffLine, OnoffModule } from '../../../../device/host/gpio/gpio-sysfs.ts';

/** The kernel's number of GPIO 0. */
export const BASE = 569;

export const text = (file: string) => readFileSync(file, 'utf8').trim();

/** The contents of a line's files; undefined for a missing file. */
export interface LineFiles {
  readonly direction?: 'in' | 'out';
  readonly edge?: 'none' | 'both' | undefined;
  readonly active_low?: 0 | 1;
  readonly value?: Level | undefined;
  /** Writes to its files have no effect, and no error. */
  readonly stubborn?: true;
}

export class FakeSysfs {
  readonly root = mkdtempSync(join(tmpdir(), 'dapberry-gpio-'));
  /** The numbers that were written to `export`. */
  readonly asked: number[] = [];
  /** The files of a line that is exported by `export`. */
  fresh: LineFiles = {};
  /** The lines that onoff has opened, in order. */
  readonly lines: FakeLine[] = [];
  readonly #stop: () => void;
  #gone = 0;

  constructor() {
    for (const file of ['export', 'unexport']) this.#put(file, '');
    // Tests run processes of other users, too.
    chmodSync(this.root, 0o777);
    this.chip('gpiochip512', 'gpio-brcmstb@107d508500', 512, 32);
    this.chip(`gpiochip${BASE}`, 'pinctrl-rp1', BASE, 54);
    const watcher = watch(this.root, (_event, name) => {
      if (name === 'export') this.#exportAsked();
      if (name === 'unexport') this.#unexportAsked();
    });
    this.#stop = () => watcher.close();
  }

  chip(name: string, label: string, base: number, lines: number): void {
    mkdirSync(join(this.root, name));
    for (const [file, value] of Object.entries({ label, base, ngpio: lines })) {
      this.#put(`${name}/${file}`, `${value}\n`);
    }
  }

  /** The folder of a pin, or a file in it. */
  at(pin: number, file = ''): string {
    return join(this.root, `gpio${BASE + pin}`, file);
  }

  /** Exports a pin for another program. */
  exportPin(pin: number, files: LineFiles = {}): void {
    this.#makeLine(BASE + pin, files);
  }

  /** Ends the export of a pin, and exports it anew. */
  exportAnew(pin: number): void {
    this.#endLine(BASE + pin);
    this.exportPin(pin);
  }

  /** Makes the kernel export nothing more. */
  refuse(): void {
    rmSync(join(this.root, 'export'));
    mkdirSync(join(this.root, 'export'));
  }

  /** Resolves once this kernel has done all exports and a file of a line may be used. */
  readonly reach = async (file: string): Promise<void> => {
    await vi.waitFor(() => {
      for (const told of ['export', 'unexport']) expect(this.#told(told)).toBe('');
    });
    accessSync(file);
  };

  /** A folder like /proc in which a program has a file open. */
  procWith(pid: number, name: string, file: string): string {
    const proc = join(this.root, 'proc');
    mkdirSync(join(proc, String(pid), 'fd'), { recursive: true });
    this.#put(`proc/${pid}/comm`, `${name}\n`);
    symlinkSync(file, join(proc, String(pid), 'fd', '5'));
    return proc;
  }

  /** The inode of this export of a pin. */
  incarnation(pin: number): string {
    return statSync(this.at(pin), { bigint: true }).ino.toString();
  }

  /** The folders of the exported lines. */
  get exported(): readonly string[] {
    return readdirSync(this.root).filter(name => /^gpio\d+$/.test(name));
  }

  /** The module onoff with lines in this folder. */
  get onoff(): OnoffModule {
    const kernel = this;
    return {
      Gpio: class extends FakeLine {
        constructor(line: number, direction: string, edge?: string) {
          super(kernel, line, direction, edge);
        }
      },
    };
  }

  dispose(): void {
    this.#stop();
    rmSync(this.root, { recursive: true });
  }

  #told(file: string): string {
    const path = join(this.root, file);
    return statSync(path).isDirectory() ? '' : text(path);
  }

  #exportAsked(): void {
    this.#unexportAsked();
    const line = this.#told('export');
    if (line === '' || existsSync(join(this.root, `gpio${line}`))) return;
    this.asked.push(Number(line));
    this.#makeLine(Number(line), this.fresh);
    writeFileSync(join(this.root, 'export'), '');
  }

  #unexportAsked(): void {
    const line = this.#told('unexport');
    if (line === '') return;
    if (existsSync(join(this.root, `gpio${line}`))) this.#endLine(Number(line));
    writeFileSync(join(this.root, 'unexport'), '');
  }

  #endLine(line: number): void {
    // Renamed instead of removed, so that no later folder gets its inode.
    renameSync(join(this.root, `gpio${line}`), join(this.root, `gone-${this.#gone++}`));
  }

  #makeLine(line: number, files: LineFiles): void {
    mkdirSync(join(this.root, `gpio${line}`));
    chmodSync(join(this.root, `gpio${line}`), 0o777);
    const all = { direction: 'in', edge: 'none', active_low: 0, value: 0, ...files };
    for (const [file, value] of Object.entries(all)) {
      if (value !== undefined) this.#put(`gpio${line}/${file}`, `${value}\n`);
    }
  }

  #put(file: string, content: string): void {
    writeFileSync(join(this.root, file), content);
    chmodSync(join(this.root, file), 0o666);
  }
}

/** A line of onoff: it uses the same files, and swallows errors in setting up. */
export class FakeLine implements OnoffLine {
  readonly #folder: string;
  #callback: ((error: Error | null | undefined, level: Level) => void) | undefined;

  constructor(kernel: FakeSysfs, line: number, direction: string, edge = 'none') {
    this.#folder = join(kernel.root, `gpio${line}`);
    if (!existsSync(join(this.#folder, 'stubborn'))) {
      writeFileSync(join(this.#folder, 'direction'), direction === 'in' ? 'in\n' : 'out\n');
      if (direction === 'in') writeFileSync(join(this.#folder, 'edge'), `${edge}\n`);
      else writeFileSync(join(this.#folder, 'value'), direction === 'high' ? '1\n' : '0\n');
    }
    kernel.lines.push(this);
  }

  readSync(): Level {
    return text(join(this.#folder, 'value')) === '1' ? 1 : 0;
  }

  writeSync(level: Level) {
    writeFileSync(join(this.#folder, 'value'), `${level}\n`, { flag: 'r+' });
  }

  watch(callback: (error: Error | null | undefined, level: Level) => void) {
    this.#callback = callback;
  }

  unwatchAll() {
    this.#callback = undefined;
  }

  direction() {
    return text(join(this.#folder, 'direction')) as 'in' | 'out';
  }

  edge() {
    return text(join(this.#folder, 'edge')) as 'none' | 'both';
  }

  unexport() {
    this.unwatchAll();
    rmSync(this.#folder, { recursive: true });
  }

  /** An interrupt, for which onoff reads the line and calls back. */
  interrupt() {
    const level = this.readSync();
    this.#callback?.(undefined, level);
  }

  get isWatched() {
    return this.#callback !== undefined;
  }
}
