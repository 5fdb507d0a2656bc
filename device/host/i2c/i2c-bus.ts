// How do several sensors use one I2C bus? One transfer at a time, each with a deadline, a disturbed one tried again.

import { type Clock, waitFor } from '../clock.ts';
import type { ReadContext } from '../read-context.ts';
import type { Serial } from '../serial.ts';
import { busName, hexByte, type I2cBusEntry, type I2cBuses, type I2cChip } from './i2c.ts';
import type { I2cAdapter, OpenAdapter } from './i2c-adapter.ts';
import { accessError, isOfTheChip, isPassing, transferError } from './i2c-error.ts';

/** Seconds that a transfer may take. The Pi's own controller gives up after 1 (Linux, i2c-bcm2835, adapter timeout). */
const DEADLINE = 1.5;

export interface I2cBusesOptions {
  readonly openAdapter: OpenAdapter;
  /** Those that there are. */
  readonly list: () => Promise<readonly I2cBusEntry[]>;
  readonly serial: Serial;
  readonly clock: Clock;
}

/** The buses that `openAdapter` opens: each when its first chip is opened, until its last chip is closed. */
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

/** SMBus sends the less significant byte of a word first; these chips send the other. */
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
  readonly #open: OpenAdapter;
  readonly #serial: Serial;
  readonly #clock: Clock;
  #adapter: I2cAdapter | undefined;
  #holders = 0;
  /** Monotonic seconds: when the transfer began that has run past its deadline and not ended. */
  #hangsSince: number | undefined;

  constructor(number: number, open: OpenAdapter, serial: Serial, clock: Clock) {
    this.name = busName(number);
    this.#number = number;
    this.#open = open;
    this.#serial = serial;
    this.#clock = clock;
  }

  /** Opens the bus for one more chip. */
  async hold(): Promise<void> {
    this.#holders++;
    try {
      await this.#serial(this.name, () => this.#opened());
    } catch (error) {
      await this.release();
      throw accessError(error, this.name) ?? error;
    }
  }

  /** One chip less; closes the bus after the last. Does not reject. */
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
            // The Pi's controller cuts a clock short that a chip stretches (raspberrypi/linux#254): once more, then it counts.
            if (isPassing(error) && context?.signal.aborted !== true) return this.#once(work);
            throw error;
          });
        } catch (error) {
          if (error instanceof HangingBus) throw error;
          // A bus whose driver or device file has gone is only found again when it is opened again; and after EBUSY the
          // module i2c-bus would go on with the file of that chip without its address.
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
    // It holds a thread until the kernel lets it go, which is why nothing else is begun on this bus before.
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
