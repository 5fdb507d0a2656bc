import { closeSync, existsSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../device/host/clock.ts';
import { kernelError } from '../../../../device/host/errno.ts';
import { exportNotes } from '../../../../device/host/gpio/export-notes.ts';
import type { Edge, Level } from '../../../../device/host/gpio/gpio.ts';
import { programWith } from '../../../../device/host/gpio/gpio-holder.ts';
import { sysfsGpio } from '../../../../device/host/gpio/gpio-sysfs.ts';
import { FakeClock } from '../../fake-clock.ts';
import { BASE, FakeLine, FakeSysfs, text } from './fake-sysfs.ts';
import { NotesFolder } from './notes-folder.ts';

let kernel: FakeSysfs;
let folder: NotesFolder;
let root: string;

beforeEach(() => {
  kernel = new FakeSysfs();
  folder = new NotesFolder();
  ({ root } = kernel);
});

afterEach(() => {
  kernel.dispose();
  folder.dispose();
});

const gpioOf = (options: Partial<Parameters<typeof sysfsGpio>[0]> = {}) =>
  sysfsGpio({
    clock: systemClock,
    root,
    load: async () => kernel.onoff,
    reach: kernel.reach,
    notes: exportNotes({ folders: folder.folders }),
    ...options,
  });

describe('a pin by onoff and sysfs', () => {
  it('is the line that the kernel has for it now, whatever its numbers begin with', async () => {
    const input = await gpioOf().input(17);
    expect(kernel.asked).toEqual([BASE + 17]);
    expect(input.place).toBe('GPIO17');
    expect(input.read()).toBe(0);
    writeFileSync(kernel.at(17, 'value'), '1\n', { flag: 'r+' });
    expect(input.read()).toBe(1);
    input.close();
    expect(kernel.exported).toEqual([]);
  });

  it.each(['', '\n', '2\n', 'x'])('has no level where its file holds %j', async found => {
    for (const isShared of [false, true]) {
      if (isShared) kernel.exportPin(17, {});
      const input = await gpioOf().input(17);
      writeFileSync(kernel.at(17, 'value'), found, { flag: 'r+' });
      truncateSync(kernel.at(17, 'value'), found.length);
      expect(() => input.read()).toThrow(
        `GPIO17 has gone since it was opened (expected 0 or 1 in its file value, found ${JSON.stringify(found.trim())})`,
      );
      input.close();
    }
  });

  it.each([
    ['pinctrl-bcm2835', 54],
    ['pinctrl-bcm2711', 58],
  ])('is found on a board with %s, too', async (label, count) => {
    rmSync(join(root, `gpiochip${BASE}`), { recursive: true });
    kernel.chip('gpiochip544', label, 544, count);
    const input = await gpioOf().input(4);
    expect(kernel.asked).toEqual([548]);
    input.close();
  });

  it('reports each edge once, also a missed one', async () => {
    const edges: Edge[] = [];
    const before = systemClock.monotonic();
    const input = await gpioOf().input(17, { onEdge: edge => edges.push(edge) });
    const line = kernel.lines.at(-1)!;
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
    const line = kernel.lines.at(-1)!;
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

  it('does not end the process if its driver is unloaded while edges are watched', async () => {
    const input = await gpioOf().input(17, { onEdge: () => {} });
    const line = kernel.lines.at(-1)!;
    rmSync(kernel.at(17), { recursive: true });
    line.interrupt();
    expect(() => input.read()).toThrow(
      /^GPIO17 has gone since it was opened \(ENOENT.*was its driver unloaded/,
    );
    input.close();
  });

  it('is an output at the level that is asked for', async () => {
    const output = await gpioOf().output(25, 1);
    const value = kernel.at(25, 'value');
    expect([kernel.lines.at(-1)!.direction(), text(value)]).toEqual(['out', '1']);
    output.write(0);
    expect(text(value)).toBe('0');
    output.close();
    expect(kernel.exported).toEqual([]);
  });

  it("is noted as this program's while it is exported, readable for all, and no longer", async () => {
    const input = await gpioOf().input(17);
    const [note] = folder.notes;
    expect(note).toMatch(
      new RegExp(`^gpio${BASE + 17}-${process.pid}: ${process.pid} \\d+ [\\w-]+ ${kernel.incarnation(17)}$`),
    );
    expect(folder.modeOf(`gpio${BASE + 17}-${process.pid}`)).toBe(0o644);
    input.close();
    expect(folder.notes).toEqual([]);
  });

  it('is refused and unexported if its direction could not be set', async () => {
    kernel.fresh = { stubborn: true };
    await expect(gpioOf().output(17, 0)).rejects.toThrow('GPIO17: expected to make it out, found in in');
    expect(kernel.exported).toEqual([]);
    expect(folder.notes).toEqual([]);
  });

  it.each(['value', 'edge'])('is unexported if its file %s cannot be used', async file => {
    kernel.fresh = { [file]: undefined };
    await expect(
      gpioOf({ clock: new FakeClock(), reach: access }).input(17, { onEdge: () => {} }),
    ).rejects.toThrow(
      `GPIO17 could not be opened: ENOENT: no such file or directory, access '${kernel.at(17, file)}'`,
    );
    await vi.waitFor(() => expect([kernel.asked, kernel.exported]).toEqual([[BASE + 17], []]));
  });

  it('is refused if the header does not have it', async () => {
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

  /** Lines whose files become usable after `seconds`, and the names of the lines that were opened in this state. */
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
        super(kernel, line, direction, edge);
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

  it('is unexported, with advice, if that takes too long', async () => {
    const { gpio, clock } = lateBy(3600);
    const began = clock.monotonic();
    await expect(gpio.input(17)).rejects.toThrow(
      `GPIO17: ${kernel.at(17, 'value')} may not be used by this user: add it to the group gpio`,
    );
    expect(clock.monotonic() - began).toBeLessThan(10);
    await vi.waitFor(() => expect([kernel.asked, kernel.exported]).toEqual([[BASE + 17], []]));
  });
});

describe('a machine without sysfs GPIO', () => {
  it('is known by the file that is not there', async () => {
    rmSync(join(root, 'export'));
    expect(await gpioOf().lacks()).toBe(`this kernel has no sysfs GPIO (${join(root, 'export')} is missing)`);
  });

  it('is also a machine without onoff', async () => {
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
