// Keeps drivers of version 0.1 working, whose `read(signal)` got the signal itself and which threw incomplete readings.

import type { I2cChip } from '../host/i2c/i2c.ts';
import type { ReadContext } from '../host/read-context.ts';
import type { Reading, Sensor, Values } from '../sensor.ts';

/** An error by which a driver hands over values of which some are missing; today `read` returns `{ values, problem }`. */
export class IncompleteReading extends Error {
  /** NaN where a value is missing. */
  readonly reading: Values;

  /** @param message one sentence: why values are missing */
  constructor(reading: Values, message: string) {
    super(message);
    this.reading = reading;
  }
}

/** Reads a driver's sensor with a context that is an AbortSignal too. */
export async function readOfDriver(
  sensor: Sensor,
  { signal: outer, account }: ReadContext,
): Promise<Reading> {
  const stop = new AbortController();
  const { signal } = stop;
  const abort = () => stop.abort(outer.reason);
  if (outer.aborted) abort();
  outer.addEventListener('abort', abort, { once: true });
  try {
    return await sensor.read(Object.assign(signal, { signal, ...(account && { account }) }));
  } catch (error) {
    if (!(error instanceof IncompleteReading)) throw error;
    return { values: error.reading, problem: error.message };
  } finally {
    outer.removeEventListener('abort', abort);
  }
}

/** The context of a call from a driver, which may have handed on a signal of its own instead. */
export function contextOf(given: ReadContext | AbortSignal): ReadContext {
  return 'signal' in given ? given : { signal: given };
}

/** The chip with methods that take a signal as well as a context. */
export function chipForDriver(chip: I2cChip): I2cChip {
  const of = (given: ReadContext | undefined) => given && contextOf(given);
  return {
    place: chip.place,
    readByte: (register, given) => chip.readByte(register, of(given)),
    writeByte: (register, value, given) => chip.writeByte(register, value, of(given)),
    readWord: (register, given) => chip.readWord(register, of(given)),
    writeWord: (register, value, given) => chip.writeWord(register, value, of(given)),
    readBlock: (register, length, given) => chip.readBlock(register, length, of(given)),
    read: (length, given) => chip.read(length, of(given)),
    write: (bytes, given) => chip.write(bytes, of(given)),
    close: () => chip.close(),
  };
}
