// Imitates the kernel's side of a GPIO character device.

import { appendFileSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { kernelError } from '../../../../device/host/errno.ts';
import type { Level } from '../../../../device/host/gpio/gpio.ts';
import type { SystemCalls } from '../../../../device/host/system-calls.ts';

const EINVAL = 22;

/** A line that the kernel has given to a program. */
export interface GivenLine {
  readonly offset: number;
  readonly flags: bigint;
  readonly events: string;
  readonly bufferSize: number;
  level: Level;
  edges: number;
}

/** The kernel behind one GPIO chip, by linux/gpio.h (version 2); the offsets of fields are written out here a second time. */
export class FakeCharacterDevice implements SystemCalls {
  readonly dev = mkdtempSync(join(tmpdir(), 'dapberry-dev-'));
  readonly given = new Map<number, GivenLine>();
  /** The owner of a line that is refused. */
  consumer = '';
  /** The error number of every request for a line, and of every use of one; 0 for none. */
  refuse = 0;
  label = 'pinctrl-rp1';

  constructor() {
    writeFileSync(join(this.dev, 'gpiochip0'), '');
  }

  dispose(): void {
    rmSync(this.dev, { recursive: true });
  }

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
    expect(request.toString('latin1', 256, 288).split('\0')[0]).toBe(`dapberry (process ${process.pid})`);
    const events = join(this.dev, `events${this.given.size}`);
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

  /** The newest line that was given. */
  get last(): GivenLine {
    return [...this.given.values()].at(-1)!;
  }

  /** Makes an edge, which the kernel stamps and keeps, or has no room for. */
  move(line: GivenLine, level: Level, { isKept = true, ago = 0n } = {}) {
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
