import { afterEach, describe, expect, it } from 'vitest';
import type { I2cBusEntry } from '../../../../device/host/i2c/i2c.ts';
import { listI2cBuses } from '../../../../device/host/i2c/i2c-list.ts';
import { type KernelTree, kernelTree } from '../../sensors/kernel-tree.ts';

let tree: KernelTree | undefined;
afterEach(() => tree?.dispose());

/** The buses of a machine whose kernel calls their controllers so, by their numbers. */
async function busesOf(controllers: Readonly<Record<number, string>>): Promise<readonly I2cBusEntry[]> {
  const files = Object.entries(controllers).flatMap(([number, name]) => [
    [`/dev/i2c-${number}`, ''],
    [`/sys/class/i2c-dev/i2c-${number}/name`, `${name}\n`],
  ]);
  tree = await kernelTree(Object.fromEntries(files));
  return listI2cBuses(tree.files);
}

/** Those of them on which sensors may be. */
async function asked(controllers: Readonly<Record<number, string>>): Promise<readonly number[]> {
  return (await busesOf(controllers)).filter(bus => bus.reserved === undefined).map(({ number }) => number);
}

describe('the I2C buses of a machine', () => {
  it('are those with a device file, by their numbers, with the names of their controllers', async () => {
    expect(await busesOf({ 11: 'Synopsys DesignWare I2C adapter', 3: '300000003.i2c' })).toEqual([
      { number: 3, controller: '300000003.i2c' },
      { number: 11, controller: 'Synopsys DesignWare I2C adapter' },
    ]);
  });

  it('are none on a machine without I2C, and have no name if the kernel gives none', async () => {
    tree = await kernelTree({});
    expect(await listI2cBuses(tree.files)).toEqual([]);
    await tree.write('/dev/i2c-1', '');
    expect(await listI2cBuses(tree.files)).toEqual([{ number: 1, controller: '' }]);
  });

  it('of a Raspberry Pi 4 that may have sensors are those at the header, not those of HDMI and cameras', async () => {
    const buses = await busesOf({
      0: 'i2c-22-mux (chan_id 0)',
      1: 'bcm2835 (i2c@7e804000)',
      10: 'i2c-22-mux (chan_id 1)',
      20: 'fef04500.i2c',
      21: 'fef09500.i2c',
      22: 'bcm2835 (i2c@7e205000)',
    });
    expect(buses.map(({ number, reserved }) => [number, reserved])).toEqual([
      [0, undefined],
      [1, undefined],
      [10, 'of the connectors for a camera and a display'],
      [20, 'of a video connector'],
      [21, 'of a video connector'],
      [22, 'reached as i2c-0 or i2c-10'],
    ]);
  });

  it('of a Raspberry Pi 4 with an older kernel, a Pi 5 and a Pi 3 that may have sensors are the others than HDMI', async () => {
    expect(await asked({ 1: 'bcm2835 (i2c@7e804000)', 20: 'Broadcom STB :', 22: 'i2c@0' })).toEqual([1, 22]);
    const pi5 = { 1: 'Synopsys DesignWare I2C adapter', 13: '107d508200.i2c', 14: '107d508280.i2c' };
    expect(await asked({ ...pi5, 3: '300000002.i2c' })).toEqual([1, 3]);
    await tree?.dispose();
    const pi3 = {
      0: 'bcm2835 (i2c@7e205000)',
      1: 'bcm2835 (i2c@7e804000)',
      2: 'bcm2835 (i2c@7e805000)',
    };
    expect(await asked(pi3)).toEqual([0, 1]);
  });

  it('of a PC that may have sensors are neither those of its graphics nor those of its mainboard', async () => {
    const pc = {
      0: 'SMBus I801 adapter at efa0',
      1: 'i915 gmbus dpa',
      2: 'AUX A/DDI A/PHY A',
      3: 'NVIDIA i2c adapter 1 at 1:00.0',
      4: 'AMDGPU DM i2c hw bus 0',
      5: 'DPMST',
      6: 'MCP2221 usb-i2c bridge',
    };
    expect(await asked(pc)).toEqual([6]);
  });

  it('may be channels of a multiplexer, which have sensors too', async () => {
    expect(
      await busesOf({ 1: 'bcm2835 (i2c@7e804000)', 3: 'i2c-1-mux (chan_id 0)', 4: 'i2c-1-mux (chan_id 1)' }),
    ).toEqual([
      { number: 1, controller: 'bcm2835 (i2c@7e804000)' },
      { number: 3, controller: 'i2c-1-mux (chan_id 0)', parent: 1 },
      { number: 4, controller: 'i2c-1-mux (chan_id 1)', parent: 1 },
    ]);
  });
});
