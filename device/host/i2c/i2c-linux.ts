// How are the I2C buses of this machine reached? Through the module i2c-bus, loaded when a sensor first needs it.

import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { PromisifiedBus } from 'i2c-bus';
import { moduleAdvice } from '../installation.ts';
import { busName } from './i2c.ts';
import type { I2cAdapter, OpenAdapter } from './i2c-adapter.ts';

/** What is used of the module i2c-bus. */
export interface I2cModule {
  openPromisified(bus: number): Promise<PromisifiedBus>;
}

export interface LinuxI2cOptions {
  /** Loads the module; fails where it is not installed or was not built. */
  readonly load?: () => Promise<I2cModule>;
  /** Where the device files are looked for before the module, which knows only /dev, is asked to open one. */
  readonly dev?: string;
}

/** The buses `/dev/i2c-N`. */
export function linuxI2c({ load = loadI2cBus, dev = '/dev' }: LinuxI2cOptions = {}): OpenAdapter {
  return async number => {
    const i2c = await load().catch((error: unknown) => {
      throw new Error(
        `sensors on I2C need the module i2c-bus, which is not installed or was not built here (${process.platform}): simulate: true does without; on a Raspberry Pi, ${moduleAdvice('i2c-bus')}`,
        { cause: error },
      );
    });
    // The module itself opens the file only at the first transfer.
    await access(join(dev, busName(number)), constants.R_OK | constants.W_OK);
    return adapterOf(await i2c.openPromisified(number));
  };
}

async function loadI2cBus(): Promise<I2cModule> {
  const { default: i2c } = await import('i2c-bus');
  return i2c;
}

function adapterOf(bus: PromisifiedBus): I2cAdapter {
  return {
    readByte: (address, register) => bus.readByte(address, register),
    writeByte: (address, register, value) => bus.writeByte(address, register, value),
    readWord: (address, register) => bus.readWord(address, register),
    writeWord: (address, register, value) => bus.writeWord(address, register, value),
    readBlock: async (address, register, length) => {
      const { bytesRead, buffer } = await bus.readI2cBlock(address, register, length, Buffer.alloc(length));
      return buffer.subarray(0, bytesRead);
    },
    read: async (address, length) => {
      const { bytesRead, buffer } = await bus.i2cRead(address, length, Buffer.alloc(length));
      return buffer.subarray(0, bytesRead);
    },
    write: async (address, bytes) => {
      await bus.i2cWrite(address, bytes.length, Buffer.from(bytes));
    },
    close: () => bus.close(),
  };
}
