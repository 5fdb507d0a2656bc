import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../device/host/clock.ts';
import { kernelError } from '../../../../device/host/errno.ts';
import type { Edge, Level } from '../../../../device/host/gpio/gpio.ts';
import { characterDeviceGpio } from '../../../../device/host/gpio/gpio-device.ts';
import type { SystemCalls } from '../../../../device/host/system-calls.ts';
import { FakeCharacterDevice } from './fake-character-device.ts';

const EPERM = 1;
const EACCES = 13;
const EBUSY = 16;
const ENODEV = 19;

let kernel: FakeCharacterDevice;

beforeEach(() => {
  kernel = new FakeCharacterDevice();
});
afterEach(() => kernel.dispose());

const gpioOf = (load: () => Promise<SystemCalls> = async () => kernel) =>
  characterDeviceGpio({ clock: systemClock, dev: kernel.dev, load });

const isOpen = (descriptor: number) => {
  try {
    closeSync(openSync(`/proc/self/fd/${descriptor}`, 'r'));
    return true;
  } catch {
    return false;
  }
};

describe('a pin by the GPIO character device', () => {
  it.each<['as-is' | 'up' | 'down' | 'none', bigint]>([
    ['as-is', 1n << 2n],
    ['up', (1n << 2n) | (1n << 8n)],
    ['down', (1n << 2n) | (1n << 9n)],
    ['none', (1n << 2n) | (1n << 10n)],
  ])('is an input that is pulled %s', async (pull, flags) => {
    const input = await gpioOf().input(22, { pull });
    expect(kernel.last).toMatchObject({ offset: 22, flags });
    expect([input.place, input.read()]).toEqual(['GPIO22', 0]);
    kernel.last.level = 1;
    expect(input.read()).toBe(1);
    input.close();
  });

  it('is an output that has its level from the first moment on', async () => {
    const gpio = gpioOf();
    const high = await gpio.output(25, 1);
    expect(kernel.last).toMatchObject({ offset: 25, flags: 1n << 3n, level: 1 });
    high.write(0);
    expect(kernel.last.level).toBe(0);
    const low = await gpio.output(24, 0);
    expect(kernel.last.level).toBe(0);
    high.close();
    low.close();
  });

  it('reports edges with the times of the kernel, also those before the first reading', async () => {
    const edges: Edge[] = [];
    const input = await gpioOf().input(17, { onEdge: edge => edges.push(edge) });
    const line = kernel.last;
    expect(line.flags).toBe((1n << 2n) | (1n << 4n) | (1n << 5n));
    expect(line.bufferSize).toBe(1024);
    const now = systemClock.monotonic();
    kernel.move(line, 1, { ago: 3_000_000_000n });
    kernel.move(line, 0, { ago: 1_500_000_000n });
    expect(input.read()).toBe(0);
    expect(edges.map(({ level }) => level)).toEqual([1, 0]);
    const [first, second] = edges.map(({ time }) => now - time);
    expect(Math.abs(first! - 3)).toBeLessThan(0.5);
    expect(Math.abs(second! - 1.5)).toBeLessThan(0.5);
    input.close();
  });

  it('reports edges without being read', async () => {
    const told = new Promise<Edge>(resolve => {
      void gpioOf()
        .input(17, { onEdge: resolve })
        .then(() => kernel.move(kernel.last, 1));
    });
    expect((await told).level).toBe(1);
  });

  it('reports edges for which the kernel had no room, and their number', async () => {
    const levels: Level[] = [];
    const lost: number[] = [];
    const input = await gpioOf().input(17, {
      onEdge: ({ level }) => levels.push(level),
      onLost: edges => lost.push(edges),
    });
    const line = kernel.last;
    kernel.move(line, 1, { isKept: false });
    kernel.move(line, 0, { isKept: false });
    kernel.move(line, 1);
    for (let lost = 0; lost < 4; lost++) kernel.move(line, lost % 2 === 0 ? 0 : 1, { isKept: false });
    kernel.move(line, 0);
    input.read();
    expect([levels.join(''), lost]).toEqual(['10101010', [2, 4]]);
    input.close();
  });

  it('reports the edges up to its closing', async () => {
    const levels: Level[] = [];
    const input = await gpioOf().input(17, { onEdge: ({ level }) => levels.push(level) });
    kernel.move(kernel.last, 1);
    kernel.move(kernel.last, 0);
    input.close();
    expect(levels).toEqual([1, 0]);
  });

  it('is free after it is closed', async () => {
    const input = await gpioOf().input(17);
    const [descriptor] = [...kernel.given.keys()];
    expect(isOpen(descriptor!)).toBe(true);
    input.close();
    expect(isOpen(descriptor!)).toBe(false);
  });

  it('is refused with the name of its holder', async () => {
    kernel.consumer = 'spi0 CS0';
    kernel.refuse = EBUSY;
    const gpio = gpioOf();
    await expect(gpio.input(8)).rejects.toThrow('GPIO8 is in use by spi0 CS0: choose another pin');
    expect(await gpio.whoHolds(8)).toBe('spi0 CS0');
    // The kernel's name for the consumer of a line exported through sysfs.
    kernel.consumer = 'sysfs';
    await expect(gpio.input(8)).rejects.toThrow(
      'GPIO8 is in use by a program that has exported it to /sys/class/gpio, or has left it so: choose another pin',
    );
  });

  it('says that its driver was unloaded', async () => {
    const gpio = gpioOf();
    const [input, output] = [await gpio.input(9), await gpio.output(10, 0)];
    kernel.refuse = ENODEV;
    expect(() => input.read()).toThrow('GPIO9 has gone since it was opened');
    expect(() => output.write(1)).toThrow('GPIO10 has gone since it was opened');
    input.close();
    output.close();
  });

  it('is refused on another machine, with the chips of that machine', async () => {
    kernel.label = 'INT34C5:00';
    await expect(gpioOf().input(17)).rejects.toThrow(
      /expected the GPIO chip of a Raspberry Pi .* among .*gpiochip\*, found INT34C5:00$/,
    );
    await expect(gpioOf().whoHolds(17)).resolves.toBeUndefined();
  });
});

describe('a GPIO chip that may not be opened', () => {
  const refusedWith = (errno: number) => {
    const openFile = () => {
      throw kernelError('open', errno);
    };
    return characterDeviceGpio({ clock: systemClock, dev: kernel.dev, load: async () => kernel, openFile });
  };
  const group = 'may not be used by this user: add it to the group gpio';
  const policy =
    "is there, but the service's device policy does not allow it: sudo systemctl restart dapberry-devices";

  it.each([
    ['the group is missing', EACCES, group],
    ["the service's device policy does not allow it", EPERM, policy],
    ['something else is wrong', ENODEV, 'could not be opened: open: errno 19'],
  ])('says that %s', async (_why, errno, sentence) => {
    const gpio = refusedWith(errno);
    const message = `${join(kernel.dev, 'gpiochip0')} ${sentence}`;
    expect(await gpio.lacks()).toContain(message);
    await expect(gpio.input(17)).rejects.toThrow(message);
  });
});

describe('a machine without the GPIO character device', () => {
  it('has no file of a chip', async () => {
    rmSync(join(kernel.dev, 'gpiochip0'));
    expect(await gpioOf().lacks()).toBe(`there is no GPIO chip (${join(kernel.dev, 'gpiochip*')})`);
  });

  it('is also a machine without koffi', async () => {
    const lacks = await gpioOf(() => Promise.reject(new Error('Cannot find the native module'))).lacks();
    expect(lacks).toMatch(
      /^the GPIO character device needs the module koffi.*npm install koffi\): Cannot find the native module$/,
    );
    expect(await gpioOf().lacks()).toBeUndefined();
  });
});
