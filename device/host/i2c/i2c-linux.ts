// Opens the I2C buses of this machine through the module i2c-bus, which is loaded when a sensor first needs it.

import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { PromisifiedBus } from 'i2c-bus';
import { moduleAdvice } from '../installation.ts';
import { busName } from './i2c.ts';
import type { AdapterOpener, I2cAdapter } from './i2c-adapter.ts';

/** The used part of the module i2c-bus. */
export interface I2cModule {
  openPromisified(bus: number): Promise<PromisifiedBus>;
}

export interface LinuxI2cOptions {
  /** Loads the module; rejects if it is not installed or was not built. */
  readonly load?: () => Promise<I2cModule>;
  /** The folder of the device files, which are checked first. The module itself always uses /dev. */
  readonly dev?: string;
}

/** The buses `/dev/i2c-N`. */
export function linuxI2c({ load = loadI2cBus, dev = '/dev' }: LinuxI2cOptions = {}): AdapterOpener {
  return async number => {
    const i2c = await load().catch((error: unknown) => {
      throw new Error(
        `sensors on I2C need the module i2c-bus, which is not installed or was not built here (${process.platform}): simulate: true does without; on a Raspberry Pi, ${moduleAdvice('i2c-bus')}`,
        { cause: error },
      );
    });
    // The module opens the file only at the first transfer.
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
