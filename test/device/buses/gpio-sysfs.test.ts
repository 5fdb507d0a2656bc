import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { kernelError } from '../../../device/buses/errno.ts';
import type { Edge, Level } from '../../../device/buses/gpio.ts';
import { programWith } from '../../../device/buses/gpio-holder.ts';
import { type OnoffLine, sysfsGpio } from '../../../device/buses/gpio-sysfs.ts';
import { systemClock } from '../../../device/clock.ts';
import { FakeClock } from '../fake-clock.ts';

const BASE = 569;
const text = (file: string) => readFileSync(file, 'utf8').trim();

let root: string;
let stop: () => void;
let asked: string[];

/** What the kernel does: a line whose number is written to `export` gets a folder. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dapberry-gpio-'));
  asked = [];
  writeFileSync(join(root, 'export'), '');
  chip('gpiochip512', 'gpio-brcmstb@107d508500', 512, 32);
  chip(`gpiochip${BASE}`, 'pinctrl-rp1', BASE, 54);
  const watcher = watch(root, (_event, name) => {
    const line = name === 'export' ? text(join(root, 'export')) : '';
    if (line === '' || existsSync(join(root, `gpio${line}`))) return;
    asked.push(line);
    exportLine(Number(line));
  });
  stop = () => watcher.close();
});

afterEach(() => {
  stop();
  rmSync(root, { recursive: true });
});

function chip(name: string, label: string, base: number, lines: number) {
  mkdirSync(join(root, name));
  for (const [file, value] of Object.entries({ label, base, ngpio: lines })) {
    writeFileSync(join(root, name, file), `${value}\n`);
  }
}

function exportLine(line: number, { edge = true } = {}) {
  const folder = join(root, `gpio${line}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'direction'), 'in\n');
  if (edge) writeFileSync(join(folder, 'edge'), 'none\n');
  writeFileSync(join(folder, 'value'), '0\n');
}

const lines: FakeLine[] = [];

/** A line as onoff has it: the same files, and errors in setting up swallowed. */
class FakeLine implements OnoffLine {
  readonly line: number;
  readonly #folder: string;
  #callback: ((error: Error | null | undefined, level: Level) => void) | undefined;

  constructor(line: number, direction: string, edge = 'none') {
    this.line = line;
    this.#folder = join(root, `gpio${line}`);
    if (!existsSync(join(this.#folder, 'stubborn'))) {
      writeFileSync(join(this.#folder, 'direction'), direction === 'in' ? 'in\n' : 'out\n');
      if (direction === 'in') writeFileSync(join(this.#folder, 'edge'), `${edge}\n`);
      else writeFileSync(join(this.#folder, 'value'), direction === 'high' ? '1\n' : '0\n');
    }
    lines.push(this);
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

const gpioOf = (options: Partial<Parameters<typeof sysfsGpio>[0]> = {}) =>
  sysfsGpio({ clock: systemClock, root, load: async () => ({ Gpio: FakeLine }), ...options });

const exported = () => readdirSync(root).filter(name => /^gpio\d+$/.test(name));

describe('a pin by onoff and sysfs', () => {
  it('is the line that the kernel has for it now, whatever its numbers begin with', async () => {
    const input = await gpioOf().input(17);
    expect(asked).toEqual([String(BASE + 17)]);
    expect(input.place).toBe('GPIO17');
    expect(input.read()).toBe(0);
    writeFileSync(join(root, `gpio${BASE + 17}`, 'value'), '1\n', { flag: 'r+' });
    expect(input.read()).toBe(1);
    input.close();
    expect(exported()).toEqual([]);
  });

  it.each([
    ['pinctrl-bcm2835', 54],
    ['pinctrl-bcm2711', 58],
  ])('is found on a board with %s, too', async (label, count) => {
    rmSync(join(root, `gpiochip${BASE}`), { recursive: true });
    chip('gpiochip544', label, 544, count);
    const input = await gpioOf().input(4);
    expect(asked).toEqual(['548']);
    input.close();
  });

  it('tells its edges once each, also one that came and went unseen', async () => {
    const edges: Edge[] = [];
    const before = systemClock.monotonic();
    const input = await gpioOf().input(17, { onEdge: edge => edges.push(edge) });
    const line = lines.at(-1)!;
    expect(line.edge()).toBe('both');
    line.writeSync(1);
    line.interrupt();
    line.interrupt();
    line.writeSync(0);
    line.interrupt();
    expect(edges.map(({ level }) => level).join('')).toBe('1010');
    for (const { time } of edges) {
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(systemClock.monotonic());
    }
    input.close();
    expect(line.isWatched).toBe(false);
  });

  it('tells an edge that a reading comes upon before the news of it, and does not tell it twice', async () => {
    const levels: Level[] = [];
    const input = await gpioOf().input(17, { onEdge: ({ level }) => levels.push(level) });
    const line = lines.at(-1)!;
    line.writeSync(1);
    expect([input.read(), levels.join('')]).toEqual([1, '1']);
    line.interrupt();
    expect(levels.join('')).toBe('1');
    line.writeSync(0);
    line.interrupt();
    line.interrupt();
    expect(levels.join('')).toBe('1010');
    input.close();
  });

  it('does not end the process where its driver goes while edges are watched', async () => {
    const input = await gpioOf().input(17, { onEdge: () => {} });
    const line = lines.at(-1)!;
    rmSync(join(root, `gpio${BASE + 17}`), { recursive: true });
    line.interrupt();
    expect(() => input.read()).toThrow(
      /^GPIO17 has gone since it was opened \(ENOENT.*was its driver unloaded/,
    );
    input.close();
  });

  it('is an output at the level that is asked for', async () => {
    const output = await gpioOf().output(25, 1);
    const value = join(root, `gpio${BASE + 25}`, 'value');
    expect([lines.at(-1)!.direction(), text(value)]).toEqual(['out', '1']);
    output.write(0);
    expect(text(value)).toBe('0');
    output.close();
    expect(exported()).toEqual([]);
  });

  it('is taken over from a program that was killed before it could give it back', async () => {
    exportLine(BASE + 17);
    const input = await gpioOf().input(17);
    expect(asked).toEqual([]);
    input.close();
    expect(exported()).toEqual([]);
  });

  it('is taken over with its levels as they are on the wire, though the program had them turned over', async () => {
    exportLine(BASE + 17);
    const turnedOver = join(root, `gpio${BASE + 17}`, 'active_low');
    writeFileSync(turnedOver, '1\n');
    const input = await gpioOf().input(17);
    expect(readFileSync(turnedOver, 'utf8')[0]).toBe('0');
    input.close();
  });

  it('is left to a program that has it open', async () => {
    exportLine(BASE + 17);
    const proc = join(root, 'proc');
    mkdirSync(join(proc, '812', 'fd'), { recursive: true });
    writeFileSync(join(proc, '812', 'comm'), 'python3\n');
    symlinkSync(join(root, `gpio${BASE + 17}`, 'value'), join(proc, '812', 'fd', '5'));
    await expect(gpioOf({ proc }).input(17)).rejects.toThrow(
      'GPIO17 is in use by python3 (process 812), which has exported it: choose another pin, or end what uses it',
    );
    expect(exported()).toEqual([`gpio${BASE + 17}`]);
  });

  it('is refused where it did not become what was asked for', async () => {
    exportLine(BASE + 17);
    writeFileSync(join(root, `gpio${BASE + 17}`, 'stubborn'), '');
    await expect(gpioOf().output(17, 0)).rejects.toThrow('GPIO17: expected to make it out, found in in');
    expect(exported()).toEqual([]);
  });

  it.each(['value', 'edge'])('is given back where its file %s cannot be used', async file => {
    const line = BASE + 17;
    const path = join(root, `gpio${line}`, file);
    exportLine(line);
    rmSync(path);
    writeFileSync(join(root, 'unexport'), '');
    await expect(gpioOf({ clock: new FakeClock() }).input(17, { onEdge: () => {} })).rejects.toThrow(
      `GPIO17 could not be opened: ENOENT: no such file or directory, access '${path}'`,
    );
    expect(text(join(root, 'unexport'))).toBe(String(line));
  });

  it('is refused where the header does not have it', async () => {
    await expect(gpioOf().input(60)).rejects.toThrow(
      'GPIO60: expected a pin from 0 to 53, as pinctrl-rp1 has',
    );
  });

  it('is refused on another machine, by the chips that it has', async () => {
    rmSync(join(root, `gpiochip${BASE}`), { recursive: true });
    await expect(gpioOf().input(17)).rejects.toThrow(
      /expected the GPIO chip of a Raspberry Pi \(pinctrl-bcm2835, pinctrl-bcm2711, pinctrl-rp1\) among .*, found gpio-brcmstb@107d508500$/,
    );
  });
});

describe('a line whose files udev gives to the group gpio only after a while', () => {
  const EACCES = 13;

  /** Lines whose files may be used after so many seconds, and the names of those that were found so. */
  const lateBy = (seconds: number) => {
    const clock = new FakeClock();
    const usableAt = clock.monotonic() + seconds;
    const reached = new Set<string>();
    const reach = async (file: string) => {
      if (clock.monotonic() < usableAt) throw kernelError('access', EACCES);
      // The kernel of this test makes them in its own time.
      await vi.waitFor(() => expect(existsSync(file)).toBe(true));
      reached.add(basename(file));
    };
    const Gpio = class extends FakeLine {
      constructor(line: number, direction: string, edge?: string) {
        if (clock.monotonic() < usableAt)
          throw new Error('onoff was asked for a line that may not be used yet');
        super(line, direction, edge);
      }
    };
    return { clock, reached, gpio: gpioOf({ clock, reach, load: async () => ({ Gpio }) }) };
  };

  it.each([0.05, 5])('is opened once it may be, %s s after it was exported', async seconds => {
    const { gpio, reached } = lateBy(seconds);
    const input = await gpio.input(17, { onEdge: () => {} });
    expect([...reached].sort()).toEqual(['direction', 'edge', 'value']);
    expect(input.read()).toBe(0);
    input.close();
  });

  it('is taken over once it may be, too, with its levels as they are on the wire', async () => {
    exportLine(BASE + 17);
    const turnedOver = join(root, `gpio${BASE + 17}`, 'active_low');
    writeFileSync(turnedOver, '1\n');
    const { gpio, reached } = lateBy(1);
    const input = await gpio.input(17);
    expect(reached).toContain('active_low');
    expect(readFileSync(turnedOver, 'utf8')[0]).toBe('0');
    input.close();
  });

  it('is given back, with what to do, where that takes longer than a person waits', async () => {
    exportLine(BASE + 17);
    writeFileSync(join(root, 'unexport'), '');
    const { gpio, clock } = lateBy(3600);
    const began = clock.monotonic();
    await expect(gpio.input(17)).rejects.toThrow(
      `GPIO17: ${join(root, `gpio${BASE + 17}`, 'value')} may not be used by this user: add it to the group gpio`,
    );
    expect(clock.monotonic() - began).toBeLessThan(10);
    expect(text(join(root, 'unexport'))).toBe(String(BASE + 17));
  });
});

describe('a machine without sysfs GPIO', () => {
  it('is known by the file that is not there', async () => {
    rmSync(join(root, 'export'));
    expect(await gpioOf().lacks()).toBe(
      `this kernel has no sysfs GPIO (${join(root, 'export')} is not there)`,
    );
  });

  it('is one without onoff, too', async () => {
    const load = () => Promise.reject(new Error('no such file: epoll.node'));
    expect(await gpioOf({ load }).lacks()).toContain('the module onoff is not installed');
    expect(await gpioOf().lacks()).toBeUndefined();
  });
});

it('the program that has a file open is found by the name of its process', async () => {
  const file = join(root, 'export');
  const descriptor = openSync(file, 'r');
  expect(await programWith(file)).toBe(`${text(`/proc/${process.pid}/comm`)} (process ${process.pid})`);
  expect(await programWith(join(root, 'gpiochip512', 'base'))).toBeUndefined();
  closeSync(descriptor);
});
