// Simulates I2C buses with models of chips, which are reached by the same transfers as real chips.

import { constants } from 'node:os';
import { type Clock, systemClock } from '../clock.ts';
import { type Serial, serialQueues } from '../serial.ts';
import type { I2cBuses } from './i2c.ts';
import type { I2cAdapter } from './i2c-adapter.ts';
import { i2cBuses } from './i2c-bus.ts';

/** A chip as the bus sees it: bytes written to its address, and bytes read from it. */
export interface I2cChipModel {
  /** False if the chip does not acknowledge. */
  write(bytes: Uint8Array): boolean;
  /** Undefined if the chip does not acknowledge. */
  read(length: number): Uint8Array | undefined;
}

/** The faults of a bus. */
export type I2cFault =
  /** No chip answers: a wire is pulled out. */
  | 'no-answer'
  /** Another signal is on the wires. */
  | 'disturbed'
  /** A line is held low and the controller gives up. */
  | 'timeout'
  /** A line is held low and the controller does not give up: no transfer ends before the fault does. */
  | 'hang'
  /** The driver of the bus was unloaded, with its device file. */
  | 'gone'
  /** The user may not open the device file. */
  | 'forbidden'
  /** The service's device policy does not allow the device file. */
  | 'not-allowed'
  /** A driver of the kernel holds the address. */
  | 'held';

const { errno: ERRNO } = constants;

/** The errors of i2c-bus on a Pi have a number, but neither text nor code. */
const ERRNO_OF: Readonly<Record<Exclude<I2cFault, 'hang'>, number>> = {
  'no-answer': 121,
  disturbed: ERRNO.EIO,
  timeout: ERRNO.ETIMEDOUT,
  gone: ERRNO.ENOENT,
  forbidden: ERRNO.EACCES,
  'not-allowed': ERRNO.EPERM,
  held: ERRNO.EBUSY,
};

/** Whether the bus cannot be opened. */
function keepsShut(fault: I2cFault | undefined): fault is 'gone' | 'forbidden' | 'not-allowed' {
  return fault === 'gone' || fault === 'forbidden' || fault === 'not-allowed';
}

/** One simulated bus with its chips and its current fault. */
export class SimulatedI2c {
  readonly number: number;
  readonly #chips: Map<number, I2cChipModel>;
  #fault: I2cFault | undefined;
  #passes = 0;
  #mended: Promise<void> = Promise.resolve();
  #mend = () => {};
  #open = 0;

  /** @param chips by their addresses */
  constructor(number: number, chips: Readonly<Record<number, I2cChipModel>> = {}) {
    this.number = number;
    this.#chips = new Map(Object.entries(chips).map(([address, chip]) => [Number(address), chip]));
  }

  /** How many adapters of the bus are open. */
  get open(): number {
    return this.#open;
  }

  attach(address: number, chip: I2cChipModel): void {
    this.#chips.set(address, chip);
  }

  detach(address: number): void {
    this.#chips.delete(address);
  }

  /** Breaks the bus for a number of transfers, or until it is mended. */
  fail(fault: I2cFault, transfers = Number.POSITIVE_INFINITY): void {
    this.mend();
    this.#fault = fault;
    this.#passes = transfers;
    this.#mended = new Promise(resolve => {
      this.#mend = resolve;
    });
  }

  mend(): void {
    this.#fault = undefined;
    this.#mend();
  }

  async adapter(): Promise<I2cAdapter> {
    if (keepsShut(this.#fault)) throw failure(this.#fault);
    this.#open++;
    const { signedOff, write, read } = this.#wires();
    const readAfter = async (address: number, register: number, length: number) => {
      await write(address, Uint8Array.of(register));
      return read(address, length);
    };
    return {
      readByte: async (address, register) => (await readAfter(address, register, 1))[0]!,
      writeByte: (address, register, value) => write(address, Uint8Array.of(register, value)),
      readWord: async (address, register) => {
        const [first, second] = await readAfter(address, register, 2);
        return first! | (second! << 8);
      },
      writeWord: (address, register, value) =>
        write(address, Uint8Array.of(register, value & 0xff, value >>> 8)),
      readBlock: readAfter,
      read,
      write,
      close: async () => signedOff(),
    };
  }

  #wires() {
    // An adapter opened before the bus was gone, or that met a driver of the kernel, stays useless (Linux, i2c-dev).
    let isStale = false;
    const chipAt = async (address: number) => {
      const fault = isStale ? 'no-answer' : this.#fault;
      isStale ||= keepsShut(fault) || fault === 'held';
      if (fault !== undefined && --this.#passes <= 0) this.mend();
      if (fault === 'hang') await this.#mended;
      else if (fault !== undefined) throw failure(fault);
      const chip = this.#chips.get(address);
      if (chip === undefined) throw failure('no-answer');
      return chip;
    };
    return {
      signedOff: () => {
        this.#open--;
      },
      write: async (address: number, bytes: Uint8Array) => {
        if (!(await chipAt(address)).write(bytes)) throw failure('no-answer');
      },
      read: async (address: number, length: number) => {
        const bytes = (await chipAt(address)).read(length);
        if (bytes === undefined) throw failure('no-answer');
        return bytes;
      },
    };
  }
}

function failure(fault: Exclude<I2cFault, 'hang'>): Error {
  return Object.assign(new Error(''), { errno: ERRNO_OF[fault], code: '' });
}

/** The buses of a machine that has only these. */
export function simulatedI2c(
  buses: readonly SimulatedI2c[],
  { clock = systemClock, serial = serialQueues() }: { readonly clock?: Clock; readonly serial?: Serial } = {},
): I2cBuses {
  return i2cBuses({
    openAdapter: async number => {
      const bus = buses.find(candidate => candidate.number === number);
      if (bus === undefined) throw failure('gone');
      return bus.adapter();
    },
    list: async () => buses.map(({ number }) => ({ number, controller: 'simulated' })),
    serial,
    clock,
  });
}
