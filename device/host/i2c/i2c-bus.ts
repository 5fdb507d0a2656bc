// Shares an I2C bus between sensors: one transfer at a time, each with a deadline, and one retry of a disturbed one.

import { type Clock, waitFor } from '../clock.ts';
import type { ReadContext } from '../read-context.ts';
import type { Serial } from '../serial.ts';
import { busName, hexByte, type I2cBusEntry, type I2cBuses, type I2cChip } from './i2c.ts';
import type { AdapterOpener, I2cAdapter } from './i2c-adapter.ts';
import { accessError, isOfTheChip, isPassing, transferError } from './i2c-error.ts';

/** The limit for a transfer in seconds. The Pi's own controller gives up after 1 s (Linux, i2c-bcm2835, adapter timeout). */
const DEADLINE = 1.5;

export interface I2cBusesOptions {
  readonly openAdapter: AdapterOpener;
  /** The buses of the machine. */
  readonly list: () => Promise<readonly I2cBusEntry[]>;
  readonly serial: Serial;
  readonly clock: Clock;
}

/** The buses that `openAdapter` opens; each is open from its first chip's opening to its last chip's closing. */
export function i2cBuses({ openAdapter, list, serial, clock }: I2cBusesOptions): I2cBuses {
  const buses = new Map<number, Bus>();
  return {
    list: () => list().catch(() => []),
    open: async (number, address) => {
      const bus = buses.get(number) ?? new Bus(number, openAdapter, serial, clock);
      buses.set(number, bus);
      await bus.hold();
      return chipOf(bus, address);
    },
  };
}

function chipOf(bus: Bus, address: number): I2cChip {
  const place = `${hexByte(address)} on ${bus.name}`;
  let closed: Promise<void> | undefined;
  const transfer = <T>(work: (adapter: I2cAdapter) => Promise<T>, context: ReadContext | undefined) =>
    closed === undefined
      ? bus.transfer(place, work, context)
      : Promise.reject(new Error(`the chip at ${place} is closed`));
  return {
    place,
    readByte: (register, context) => transfer(adapter => adapter.readByte(address, register), context),
    writeByte: (register, value, context) =>
      transfer(adapter => adapter.writeByte(address, register, value), context),
    readWord: async (register, context) =>
      swapped(await transfer(adapter => adapter.readWord(address, register), context)),
    writeWord: (register, value, context) =>
      transfer(adapter => adapter.writeWord(address, register, swapped(value)), context),
    readBlock: async (register, length, context) =>
      whole(await transfer(adapter => adapter.readBlock(address, register, length), context), length, place),
    read: async (length, context) =>
      whole(await transfer(adapter => adapter.read(address, length), context), length, place),
    write: (bytes, context) => transfer(adapter => adapter.write(address, bytes), context),
    close: () => {
      closed ??= bus.release();
      return closed;
    },
  };
}

/** Swaps the bytes of a word: SMBus sends the less significant byte first, these chips the other. */
function swapped(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8);
}

function whole(bytes: Uint8Array, length: number, place: string): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new Error(`${place}: expected ${length} bytes, found ${bytes.length}`);
}

class Bus {
  readonly name: string;
  readonly #number: number;
  readonly #open: AdapterOpener;
  readonly #serial: Serial;
  readonly #clock: Clock;
  #adapter: I2cAdapter | undefined;
  #holders = 0;
  /** The monotonic time at which the transfer began that has passed its deadline and not ended. */
  #hangsSince: number | undefined;

  constructor(number: number, open: AdapterOpener, serial: Serial, clock: Clock) {
    this.name = busName(number);
    this.#number = number;
    this.#open = open;
    this.#serial = serial;
    this.#clock = clock;
  }

  /** Opens the bus for a further chip. */
  async hold(): Promise<void> {
    this.#holders++;
    try {
      await this.#serial(this.name, () => this.#opened());
    } catch (error) {
      await this.release();
      throw accessError(error, this.name) ?? error;
    }
  }

  /** Closes the bus after its last chip. Does not reject. */
  async release(): Promise<void> {
    await this.#serial(this.name, async () => {
      this.#holders--;
      if (this.#holders === 0) await this.#close();
    });
  }

  transfer<T>(
    place: string,
    work: (adapter: I2cAdapter) => Promise<T>,
    context: ReadContext | undefined,
  ): Promise<T> {
    return this.#serial(
      this.name,
      async () => {
        try {
          return await this.#once(work).catch(error => {
            // The Pi's controller cuts a stretched clock short (raspberrypi/linux#254), so that one failure is no proof.
            if (isPassing(error) && context?.signal.aborted !== true) return this.#once(work);
            throw error;
          });
        } catch (error) {
          if (error instanceof HangingBus) throw error;
          // A bus whose driver was reloaded has to be opened again, and after EBUSY the module i2c-bus would use its file
          // without the chip's address.
          if (!isOfTheChip(error)) await this.#close();
          throw transferError(error, place, this.name);
        }
      },
      context,
    );
  }

  async #once<T>(work: (adapter: I2cAdapter) => Promise<T>): Promise<T> {
    const began = this.#clock.monotonic();
    if (this.#hangsSince !== undefined) throw new HangingBus(this.name, began - this.#hangsSince);
    const adapter = await this.#opened();
    const running = work(adapter);
    if (await waitFor(this.#clock, running, DEADLINE)) return running;
    // The transfer blocks a thread until the kernel ends it, so nothing else begins on this bus before.
    this.#hangsSince = began;
    this.#adapter = undefined;
    void running.then(nothing, nothing).then(() => {
      this.#hangsSince = undefined;
      return closeQuietly(adapter);
    });
    throw new HangingBus(this.name, this.#clock.monotonic() - began);
  }

  async #opened(): Promise<I2cAdapter> {
    this.#adapter ??= await this.#open(this.#number);
    return this.#adapter;
  }

  async #close(): Promise<void> {
    const adapter = this.#adapter;
    this.#adapter = undefined;
    if (adapter !== undefined) await closeQuietly(adapter);
  }
}

function nothing(): void {}

function closeQuietly(adapter: I2cAdapter): Promise<void> {
  return adapter.close().catch(nothing);
}

class HangingBus extends Error {
  constructor(bus: string, seconds: number) {
    super(
      `${bus} hangs: a transfer that began ${seconds.toFixed(1)} s ago has not ended; other buses are read as before`,
    );
  }
}
