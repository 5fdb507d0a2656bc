import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../device/host/clock.ts';
import { exportNotes } from '../../../../device/host/gpio/export-notes.ts';
import type { GpioInput } from '../../../../device/host/gpio/gpio.ts';
import { sysfsGpio } from '../../../../device/host/gpio/gpio-sysfs.ts';
import { BASE, FakeLine, FakeSysfs, type LineFiles, text } from './fake-sysfs.ts';
import { NotesFolder, ownStart } from './notes-folder.ts';

let kernel: FakeSysfs;
let folder: NotesFolder;

beforeEach(() => {
  kernel = new FakeSysfs();
  folder = new NotesFolder();
});

afterEach(() => {
  kernel.dispose();
  folder.dispose();
});

const gpio = (options: Partial<Parameters<typeof sysfsGpio>[0]> = {}) =>
  sysfsGpio({
    clock: systemClock,
    root: kernel.root,
    load: async () => kernel.onoff,
    reach: kernel.reach,
    notes: exportNotes({ folders: folder.folders }),
    ...options,
  });

/** The number of a process that has ended. */
const deadPid = () => spawnSync('true').pid;

const filesOf = (pin: number) =>
  ['direction', 'edge', 'active_low', 'value'].map(file => text(kernel.at(pin, file)));

const FREED = `line ${BASE + 17} was exported by another program, which uses it or has left it so, and `;
const HOW = () =>
  `: end that program, or free the line if none uses it: echo ${BASE + 17} | sudo tee ${kernel.root}/unexport`;

describe('a pin that another program has exported, or has left so', () => {
  it.each(['in', 'out'] as const)('is not driven, while it is %s, and stays as it is', async direction => {
    kernel.exportPin(17, { direction, value: 1 });
    await expect(gpio().output(17, 0)).rejects.toThrow(
      `GPIO17 is in use: ${FREED}an output belongs to one program alone${HOW()}`,
    );
    expect(filesOf(17)).toEqual([direction, 'none', '0', '1']);
    expect(folder.notes).toEqual([]);
  });

  it('is read as it is, with nothing set, and stays exported when it is closed', async () => {
    kernel.exportPin(17, { edge: 'both' });
    const input = await gpio().input(17);
    expect([input.place, input.read()]).toEqual(['GPIO17', 0]);
    writeFileSync(kernel.at(17, 'value'), '1\n', { flag: 'r+' });
    expect(input.read()).toBe(1);
    input.close();
    expect(filesOf(17)).toEqual(['in', 'both', '0', '1']);
    expect([kernel.asked, kernel.lines, folder.notes]).toEqual([[], [], []]);
  });

  it('is read beside a program that has it open, too', async () => {
    kernel.exportPin(17);
    const input = await gpio({ proc: kernel.procWith(812, 'python3', kernel.at(17, 'value')) }).input(17);
    expect(input.read()).toBe(0);
    input.close();
  });

  it.each<[LineFiles, string]>([
    [{ direction: 'out' }, 'the pin is an output of that program'],
    [{ active_low: 1 }, 'its levels are inverted (active_low)'],
  ])('is not read if it is no plain input: %o', async (files, why) => {
    kernel.exportPin(17, files);
    const before = filesOf(17);
    await expect(gpio().input(17)).rejects.toThrow(`GPIO17 is in use: ${FREED}${why}${HOW()}`);
    expect(filesOf(17)).toEqual(before);
  });

  it('is not counted, since that would change the edges that the other program gets', async () => {
    kernel.exportPin(17);
    await expect(gpio().input(17, { onEdge: () => {} })).rejects.toThrow(
      `GPIO17 is in use: ${FREED}its edges cannot be counted beside it${HOW()}`,
    );
    expect(filesOf(17)).toEqual(['in', 'none', '0', '0']);
  });

  it.each(['output', 'edges'])(
    'is left to a program that is seen to have it open (%s), by its name',
    async what => {
      kernel.exportPin(17);
      const lines = gpio({ proc: kernel.procWith(812, 'python3', kernel.at(17, 'value')) });
      await expect(
        what === 'output' ? lines.output(17, 0) : lines.input(17, { onEdge: () => {} }),
      ).rejects.toThrow(
        'GPIO17 is in use by python3 (process 812), which has exported it: choose another pin, or end what uses it',
      );
      expect(kernel.exported).toEqual([`gpio${BASE + 17}`]);
    },
  );

  it.each<[string, string, string]>([
    ['direction', 'out', 'the pin is an output of that program'],
    ['active_low', '1', 'its levels are inverted (active_low)'],
  ])('gives no value once that program has changed its %s', async (file, value, why) => {
    kernel.exportPin(17);
    const input = await gpio().input(17);
    writeFileSync(kernel.at(17, file), `${value}\n`);
    expect(() => input.read()).toThrow(
      `GPIO17 was changed by another program, which has exported it: ${why}`,
    );
    input.close();
  });

  it('stays exported if another program has exported it since', async () => {
    const output = await gpio().output(17, 1);
    kernel.exportAnew(17);
    output.close();
    expect(kernel.exported).toEqual([`gpio${BASE + 17}`]);
    expect(folder.notes).toEqual([]);
  });
});

describe('a pin that dapberry has exported', () => {
  it('is refused while that dapberry runs, also as an input', async () => {
    kernel.exportPin(17);
    folder.note(17, process.pid, { start: ownStart(), incarnation: kernel.incarnation(17) });
    const message = `GPIO17 is in use by dapberry (process ${process.pid}), which has exported it: choose another pin, or end what uses it`;
    await expect(gpio().input(17)).rejects.toThrow(message);
    await expect(gpio().output(17, 0)).rejects.toThrow(message);
    expect([kernel.exported, folder.notes.length]).toEqual([[`gpio${BASE + 17}`], 1]);
  });

  it.each<[string, () => void]>([
    ['has died', () => folder.note(17, deadPid(), { incarnation: kernel.incarnation(17) })],
    ['died before it had confirmed its note', () => folder.note(17, deadPid())],
    [
      'has died, and another process has its number',
      () => folder.note(17, process.pid, { start: '1', incarnation: kernel.incarnation(17) }),
    ],
  ])('is taken over if that dapberry %s', async (_how, leave) => {
    kernel.exportPin(17, { direction: 'out', active_low: 1, value: 1 });
    leave();
    const left = kernel.incarnation(17);
    const input: GpioInput = await gpio().input(17);
    expect(kernel.asked).toEqual([BASE + 17]);
    expect(filesOf(17)).toEqual(['in', 'none', '0', '0']);
    // One note, of the program that has the line now.
    expect(folder.notes).toHaveLength(1);
    expect(folder.notes[0]).toContain(`gpio${BASE + 17}-${process.pid}: ${process.pid} ${ownStart()} `);
    expect(folder.notes[0]).not.toMatch(new RegExp(` ${left}$`));
    input.close();
    expect([kernel.exported, folder.notes]).toEqual([[], []]);
  });

  it('is not taken over from a program that uses it since dapberry died', async () => {
    kernel.exportPin(17);
    folder.note(17, deadPid(), { incarnation: kernel.incarnation(17) });
    const proc = kernel.procWith(812, 'python3', kernel.at(17, 'value'));
    // Of the process that is dead there is nothing.
    await expect(gpio({ proc }).output(17, 0)).rejects.toThrow('GPIO17 is in use by python3 (process 812)');
  });

  it('belongs to another program that has exported it since', async () => {
    kernel.exportPin(17);
    folder.note(17, deadPid(), { incarnation: kernel.incarnation(17) });
    kernel.exportAnew(17);
    await expect(gpio().output(17, 0)).rejects.toThrow(`GPIO17 is in use: ${FREED}`);
  });

  it('belongs to another program if its note is from an earlier boot', async () => {
    kernel.exportPin(17);
    folder.note(17, deadPid(), { boot: '0b2d5c3e-7f41-4d0a-9f0e-1f2a3b4c5d6e' });
    await expect(gpio().output(17, 0)).rejects.toThrow(`GPIO17 is in use: ${FREED}`);
  });

  it.each(['812 1 0b2d5c3e', '', 'nonsense\n'])(
    "is another program's where the note says nothing that can be understood: %j",
    async note => {
      kernel.exportPin(17);
      writeFileSync(join(folder.path, `gpio${BASE + 17}-812`), note);
      await expect(gpio().output(17, 0)).rejects.toThrow(`GPIO17 is in use: ${FREED}`);
    },
  );

  it('is exported if only a note of it was left', async () => {
    folder.note(17, deadPid());
    const output = await gpio().output(17, 1);
    expect(text(kernel.at(17, 'value'))).toBe('1');
    output.close();
    expect(kernel.exported).toEqual([]);
  });

  it.each<[string, () => string | undefined]>([
    ['there is no folder for notes', () => undefined],
    ['the folder for notes has gone', () => join(folder.path, 'gone')],
    ['nothing can be written there', () => '/proc/self'],
  ])('works without a note if %s', async (_why, own) => {
    const folders = { own, all: () => [folder.path] };
    const output = await gpio({ notes: exportNotes({ folders }) }).output(17, 1);
    expect(text(kernel.at(17, 'value'))).toBe('1');
    await expect(gpio().output(17, 0)).rejects.toThrow('GPIO17 is in use');
    output.close();
    expect([kernel.exported, folder.notes]).toEqual([[], []]);
  });

  it('keeps its note if it cannot be unexported, so that the next dapberry takes it over', async () => {
    class Kept extends FakeLine {
      constructor(line: number, direction: string) {
        super(kernel, line, direction);
      }
      override unexport() {}
    }
    const output = await gpio({ load: async () => ({ Gpio: Kept }) }).output(17, 1);
    output.close();
    expect(folder.notes).toHaveLength(1);
  });
});

it('a pin that the kernel does not export is not noted', async () => {
  kernel.refuse();
  await expect(gpio().output(17, 0)).rejects.toThrow(/^GPIO17 could not be opened: EISDIR/);
  expect(folder.notes).toEqual([]);
});
