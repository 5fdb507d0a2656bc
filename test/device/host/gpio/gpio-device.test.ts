import { appendFileSync, closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../device/host/clock.ts';
import { kernelError } from '../../../../device/host/errno.ts';
import type { Edge, Level } from '../../../../device/host/gpio/gpio.ts';
import { characterDeviceGpio } from '../../../../device/host/gpio/gpio-device.ts';
import type { SystemCalls } from '../../../../device/host/system-calls.ts';

const dev = mkdtempSync(join(tmpdir(), 'dapberry-dev-'));
afterAll(() => rmSync(dev, { recursive: true }));

const EPERM = 1;
const EACCES = 13;
const EBUSY = 16;
const EINVAL = 22;
const ENODEV = 19;

/** A line that was given to a program. */
interface Given {
  readonly offset: number;
  readonly flags: bigint;
  readonly events: string;
  readonly bufferSize: number;
  level: Level;
  edges: number;
}

/** A kernel with one GPIO chip, as linux/gpio.h (version 2) describes it; places of fields are written out here once more. */
class FakeKernel implements SystemCalls {
  readonly given = new Map<number, Given>();
  consumer = '';
  refuse = 0;
  label = 'pinctrl-rp1';

  ioctl(descriptor: number, request: number, argument: Buffer): void {
    const size = (request >>> 16) & 0x3fff;
    expect([size, (request >>> 8) & 0xff]).toEqual([argument.length, 0xb4]);
    const line = this.given.get(descriptor);
    if (line !== undefined && this.refuse !== 0) throw kernelError('ioctl', this.refuse);
    switch (request & 0xff) {
      case 1:
        argument.write(`gpiochip0\0`, 0, 'latin1');
        argument.write(`${this.label}\0`, 32, 'latin1');
        argument.writeUInt32LE(54, 64);
        return;
      case 5:
        argument.write(`${this.consumer}\0`, 32, 'latin1');
        return;
      case 7:
        if (this.refuse !== 0) throw kernelError('ioctl', this.refuse);
        this.#give(argument);
        return;
      case 0x0e:
        argument[0] = line!.level;
        return;
      case 0x0f:
        expect(argument[8]).toBe(1);
        line!.level = argument[0] === 1 ? 1 : 0;
        return;
    }
    throw kernelError('ioctl', EINVAL);
  }

  #give(request: Buffer) {
    expect(request.readUInt32LE(560)).toBe(1);
    expect(request.toString('latin1', 256, 264)).toBe('dapberry');
    const events = join(dev, `events${this.given.size}`);
    writeFileSync(events, '');
    const descriptor = openSync(events, 'r');
    request.writeInt32LE(descriptor, 588);
    const isSet = request.readUInt32LE(296) === 1 && request.readUInt32LE(320) === 2;
    this.given.set(descriptor, {
      offset: request.readUInt32LE(0),
      flags: request.readBigUInt64LE(288),
      bufferSize: request.readUInt32LE(564),
      events,
      level: isSet && request[336] === 1 && request[328] === 1 ? 1 : 0,
      edges: 0,
    });
  }

  setNonBlocking() {}

  readWaiting(descriptor: number, buffer: Buffer): number {
    return readSync(descriptor, buffer);
  }

  /** The line that was given last. */
  get last(): Given {
    return [...this.given.values()].at(-1)!;
  }

  /** Moves a line, which the kernel stamps and keeps, or has no room for. */
  move(line: Given, level: Level, { isKept = true, ago = 0n } = {}) {
    line.level = level;
    line.edges++;
    if (!isKept) return;
    const event = Buffer.alloc(48);
    event.writeBigUInt64LE(process.hrtime.bigint() - ago, 0);
    event.writeUInt32LE(level === 1 ? 1 : 2, 8);
    event.writeUInt32LE(line.offset, 12);
    event.writeUInt32LE(line.edges, 20);
    appendFileSync(line.events, event);
  }
}

let kernel: FakeKernel;

beforeEach(() => {
  writeFileSync(join(dev, 'gpiochip0'), '');
  kernel = new FakeKernel();
});

const gpioOf = (load: () => Promise<SystemCalls> = async () => kernel) =>
  characterDeviceGpio({ clock: systemClock, dev, load });

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

  it('tells edges with the times that the kernel gave them, also of before the first reading', async () => {
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

  it('tells edges without being read', async () => {
    const told = new Promise<Edge>(resolve => {
      void gpioOf()
        .input(17, { onEdge: resolve })
        .then(() => kernel.move(kernel.last, 1));
    });
    expect((await told).level).toBe(1);
  });

  it('tells edges for which the kernel had no room, by their numbers, and how many these were', async () => {
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

  it('tells the edges that came until it was closed', async () => {
    const levels: Level[] = [];
    const input = await gpioOf().input(17, { onEdge: ({ level }) => levels.push(level) });
    kernel.move(kernel.last, 1);
    kernel.move(kernel.last, 0);
    input.close();
    expect(levels).toEqual([1, 0]);
  });

  it('is given back when it is closed', async () => {
    const input = await gpioOf().input(17);
    const [descriptor] = [...kernel.given.keys()];
    expect(isOpen(descriptor!)).toBe(true);
    input.close();
    expect(isOpen(descriptor!)).toBe(false);
  });

  it('is refused by the name of who has it', async () => {
    kernel.consumer = 'spi0 CS0';
    kernel.refuse = EBUSY;
    const gpio = gpioOf();
    await expect(gpio.input(8)).rejects.toThrow('GPIO8 is in use by spi0 CS0: choose another pin');
    expect(await gpio.whoHolds(8)).toBe('spi0 CS0');
    // So the kernel calls whoever has exported it.
    kernel.consumer = 'sysfs';
    await expect(gpio.input(8)).rejects.toThrow(
      'GPIO8 is in use by a program that has exported it to /sys/class/gpio, or has left it so: choose another pin',
    );
  });

  it('says so where its driver has gone', async () => {
    const gpio = gpioOf();
    const [input, output] = [await gpio.input(9), await gpio.output(10, 0)];
    kernel.refuse = ENODEV;
    expect(() => input.read()).toThrow('GPIO9 has gone since it was opened');
    expect(() => output.write(1)).toThrow('GPIO10 has gone since it was opened');
    input.close();
    output.close();
  });

  it('is refused on another machine, by the chips that it has', async () => {
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
    return characterDeviceGpio({ clock: systemClock, dev, load: async () => kernel, openFile });
  };
  const chip = join(dev, 'gpiochip0');
  const group = `${chip} may not be used by this user: add it to the group gpio`;
  const policy = `${chip} is there, but the service's device policy does not allow it: sudo systemctl restart dapberry-devices`;

  it.each([
    ['the group is missing', EACCES, group],
    ["the service's device policy does not allow it", EPERM, policy],
    ['something else is wrong', ENODEV, `${chip} could not be opened: open: errno 19`],
  ])('says so where %s', async (_why, errno, sentence) => {
    const gpio = refusedWith(errno);
    expect(await gpio.lacks()).toContain(sentence);
    await expect(gpio.input(17)).rejects.toThrow(sentence);
  });
});

describe('a machine without the GPIO character device', () => {
  it('is known by the file that is not there', async () => {
    rmSync(join(dev, 'gpiochip0'));
    expect(await gpioOf().lacks()).toBe(`there is no GPIO chip (${join(dev, 'gpiochip*')})`);
  });

  it('is one without koffi, too', async () => {
    const lacks = await gpioOf(() => Promise.reject(new Error('Cannot find the native module'))).lacks();
    expect(lacks).toMatch(
      /^the GPIO character device needs the module koffi.*npm install koffi\): Cannot find the native module$/,
    );
    expect(await gpioOf().lacks()).toBeUndefined();
  });
});
