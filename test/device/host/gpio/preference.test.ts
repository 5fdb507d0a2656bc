import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../device/host/clock.ts';
import { exportNotes } from '../../../../device/host/gpio/export-notes.ts';
import { characterDeviceGpio } from '../../../../device/host/gpio/gpio-device.ts';
import { gpioLines } from '../../../../device/host/gpio/gpio-lines.ts';
import { sysfsGpio } from '../../../../device/host/gpio/gpio-sysfs.ts';
import { FakeCharacterDevice } from './fake-character-device.ts';
import { BASE, FakeSysfs } from './fake-sysfs.ts';
import { NotesFolder } from './notes-folder.ts';

const EBUSY = 16;

let sysfs: FakeSysfs;
let device: FakeCharacterDevice;
let folder: NotesFolder;

beforeEach(() => {
  sysfs = new FakeSysfs();
  device = new FakeCharacterDevice();
  folder = new NotesFolder();
});

afterEach(() => {
  sysfs.dispose();
  device.dispose();
  folder.dispose();
});

/** The lines of a machine that has both interfaces, or no module koffi. */
function machineLines({ hasKoffi = true } = {}) {
  const load = hasKoffi ? async () => device : () => Promise.reject(new Error('no koffi'));
  const backend = characterDeviceGpio({ clock: systemClock, dev: device.dev, load });
  return gpioLines([
    backend,
    sysfsGpio({
      clock: systemClock,
      root: sysfs.root,
      load: async () => sysfs.onoff,
      reach: sysfs.reach,
      notes: exportNotes({ folders: folder.folders }),
      whoHolds: backend.whoHolds,
    }),
  ]);
}

describe('a machine that has the character device and sysfs GPIO', () => {
  it('opens levels, edges and outputs over the character device, and exports nothing', async () => {
    const lines = machineLines();
    const opened = [
      await lines.input(16),
      await lines.input(17, { onEdge: () => {} }),
      await lines.output(18, 1),
    ];
    expect([...device.given.values()].map(({ offset }) => offset)).toEqual([16, 17, 18]);
    expect([sysfs.asked, folder.notes]).toEqual([[], []]);
    for (const line of opened) line.close();
  });

  it('opens them through onoff if the option says sysfs, and unexports them', async () => {
    const lines = machineLines();
    const input = await lines.input(16, { interface: 'sysfs' });
    const output = await lines.output(18, 1, { interface: 'sysfs' });
    expect(sysfs.asked).toEqual([BASE + 16, BASE + 18]);
    expect(device.given.size).toBe(0);
    input.close();
    output.close();
    expect([sysfs.exported, folder.notes]).toEqual([[], []]);
  });

  it('opens them through onoff without koffi', async () => {
    const input = await machineLines({ hasKoffi: false }).input(17, { onEdge: () => {} });
    expect([sysfs.asked, sysfs.lines[0]!.isWatched]).toEqual([[BASE + 17], true]);
    input.close();
    expect(sysfs.exported).toEqual([]);
  });
});

describe('a line that is exported, so that the character device refuses it', () => {
  beforeEach(() => {
    device.refuse = EBUSY;
    device.consumer = 'sysfs';
  });

  it('is read beside the program that has exported it, and stays exported', async () => {
    sysfs.exportPin(17, { value: 1 });
    const input = await machineLines().input(17);
    expect(input.read()).toBe(1);
    input.close();
    expect([sysfs.exported, sysfs.asked]).toEqual([[`gpio${BASE + 17}`], []]);
  });

  it('is no output, and its refusal says how to free the line', async () => {
    sysfs.exportPin(17);
    await expect(machineLines().output(17, 0)).rejects.toThrow(`echo ${BASE + 17} | sudo tee`);
    expect(sysfs.exported).toEqual([`gpio${BASE + 17}`]);
  });

  it('is freed if a dapberry that was killed has left it', async () => {
    sysfs.exportPin(17);
    folder.note(17, spawnSync('true').pid, { incarnation: sysfs.incarnation(17) });
    const output = await machineLines().output(17, 1);
    expect(sysfs.asked).toEqual([BASE + 17]);
    output.close();
    expect([sysfs.exported, folder.notes]).toEqual([[], []]);
  });
});
