// What does the kernel do at /sys/class/gpio? A folder that behaves like it: lines whose numbers are written to `export` come, and go by `unexport`.

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

/** The first number of the header's lines. */
export const BASE = 569;

export const text = (file: string) => readFileSync(file, 'utf8').trim();

/** What the files of a line say; undefined where it has no such file. */
export interface LineFiles {
  readonly direction?: 'in' | 'out';
  readonly edge?: 'none' | 'both' | undefined;
  readonly active_low?: 0 | 1;
  readonly value?: Level | undefined;
  /** Errors in setting it up are swallowed. */
  readonly stubborn?: true;
}

export class FakeSysfs {
  readonly root = mkdtempSync(join(tmpdir(), 'dapberry-gpio-'));
  /** The numbers that were written to `export`. */
  readonly asked: number[] = [];
  /** What a line that is exported by the file has. */
  fresh: LineFiles = {};
  /** Instances of onoff's class, as they were made. */
  readonly lines: FakeLine[] = [];
  readonly #stop: () => void;
  #gone = 0;

  constructor() {
    for (const file of ['export', 'unexport']) this.#put(file, '');
    // Others than the user of the test may come, too.
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

  /** The pin as somebody exports it who is not asked for here. */
  exportPin(pin: number, files: LineFiles = {}): void {
    this.#makeLine(BASE + pin, files);
  }

  /** Takes the export of a pin back, and exports it anew. */
  exportAnew(pin: number): void {
    this.#endLine(BASE + pin);
    this.exportPin(pin);
  }

  /** Exports nothing from now on. */
  refuse(): void {
    rmSync(join(this.root, 'export'));
    mkdirSync(join(this.root, 'export'));
  }

  /** Whether a file may be used, as the program asks: once this kernel, which takes its time for it, has done what it was told. */
  readonly reach = async (file: string): Promise<void> => {
    await vi.waitFor(() => {
      for (const told of ['export', 'unexport']) expect(this.#told(told)).toBe('');
    });
    accessSync(file);
  };

  /** A tree of /proc in which a program has a file open. */
  procWith(pid: number, name: string, file: string): string {
    const proc = join(this.root, 'proc');
    mkdirSync(join(proc, String(pid), 'fd'), { recursive: true });
    this.#put(`proc/${pid}/comm`, `${name}\n`);
    symlinkSync(file, join(proc, String(pid), 'fd', '5'));
    return proc;
  }

  /** What tells this export of a line from every other. */
  incarnation(pin: number): string {
    return statSync(this.at(pin), { bigint: true }).ino.toString();
  }

  /** The folders of the lines that are exported now. */
  get exported(): readonly string[] {
    return readdirSync(this.root).filter(name => /^gpio\d+$/.test(name));
  }

  /** The module onoff, with lines in this folder. */
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
    // What is kept elsewhere gives its number to nobody, as the kernel gives one but once.
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

/** A line as onoff has it: the same files, and errors in setting up swallowed. */
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

  /** An interrupt, as onoff handles it: it reads the line, then tells. */
  interrupt() {
    const level = this.readSync();
    this.#callback?.(undefined, level);
  }

  get isWatched() {
    return this.#callback !== undefined;
  }
}
