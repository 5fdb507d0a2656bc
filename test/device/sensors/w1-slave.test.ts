import { afterEach, describe, expect, it } from 'vitest';
import { missingFile } from '../../../device/host/kernel-files.ts';
import { type KernelTree, kernelTree } from './kernel-tree.ts';
import { bus, FIRST, hostWith, open, read, slave } from './w1-rig.ts';

const trees: KernelTree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map(tree => tree.dispose()));
});

describe("the kernel's own files", () => {
  const folder = `/sys/bus/w1/devices/w1_bus_master1/${FIRST}`;

  /** What is read of a thermometer whose `w1_slave` is this text. */
  async function readText(text: string) {
    const tree = await kernelTree({ [`${folder}/w1_slave`]: text });
    trees.push(tree);
    return read(await open(hostWith(tree.files)));
  }

  it('are read where they lie', async () => {
    expect(await readText(slave('57 01 4b 46 7f ff 09 10'))).toBe(21.4375);
    expect(await readText(slave('ff ff 4b 46 7f ff 01 10'))).toBe(-0.0625);
  });

  it('are an error, never a number, where they are empty, garbled or say what no such sensor can measure', async () => {
    for (const [text, message] of [
      ['', /expected a reading, found none: the sensor does not answer, or not with the right CRC/],
      ['\n', /expected a reading, found none/],
      ['20000\n', /expected nine bytes, their CRC and a temperature, found "20000\\n"/],
      ['t=20000\n', /expected nine bytes, their CRC and a temperature, found "t=20000\\n"/],
      [slave('90 01 4b 46 7f ff 10 10').slice(0, 30), /expected nine bytes/],
      [slave('10 f8 4b 46 7f ff 10 10'), /expected -55 to 125 degree_Celsius, found -127/],
      [slave('ff 07 4b 46 7f ff 0c 10'), /expected -55 to 125 degree_Celsius, found 127.9375/],
      [slave('50 05 4b 46 ff ff 0c 10'), /says after power-on/],
      [slave('50 05 4b 46 7f ff 0c 10'), /says after power-on/],
      [slave('00 00 00 00 00 00 00 00'), /held low/],
      [
        '6a 01 4b 46 7f ff 06 10 5e : crc=5d NO\n6a 01 4b 46 7f ff 06 10 5e t=22625\n',
        /expected bytes with the right CRC, found 6a 01 4b 46 7f ff 06 10 5e/,
      ],
    ] as const) {
      await expect(readText(text)).rejects.toThrow(message);
    }
  });

  it('are believed in their bytes, where a driver has a wrong sign', async () => {
    const text = slave('5e ff 4b 46 7f ff 02 10').replace(/t=.*/, 't=4085875');
    expect(await readText(text)).toBe(-10.125);
  });

  it('that the driver gives an error for are that error, with the place', async () => {
    const { host, files } = bus({ [FIRST]: 20 }, { driver: 'single' });
    const sensor = await open(host);
    Object.assign(files, { read: () => Promise.reject(missingFile(`${folder}/w1_slave`)) });
    await expect(read(sensor)).rejects.toThrow(`${FIRST} is no longer on w1_bus_master1`);
    Object.assign(files, {
      read: () => Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })),
    });
    await expect(read(sensor)).rejects.toThrow(`${folder}/w1_slave: EIO: i/o error, read`);
  });
});
