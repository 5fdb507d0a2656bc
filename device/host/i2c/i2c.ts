// Declares I2C buses and chips as sensors use them: register accesses and plain transfers, one at a time per bus.

import type { ReadContext } from '../read-context.ts';

/** A bus `/dev/i2c-N`. */
export interface I2cBusEntry {
  readonly number: number;
  /** The kernel's name of its controller; empty if it has none. */
  readonly controller: string;
  /** The bus of the multiplexer of which this one is a channel. */
  readonly parent?: number;
  /** The purpose of a bus that must not be probed, such as `of a video connector`. */
  readonly reserved?: string;
}

/** The I2C buses of a machine. */
export interface I2cBuses {
  /** The buses of the machine, by their numbers; none if that cannot be known. Sends nothing to any chip. */
  list(): Promise<readonly I2cBusEntry[]>;
  /**
   * The chip at an address (7 bits) of the bus `/dev/i2c-BUS`, which the caller closes. Sends nothing to the chip.
   * @throws one sentence that says what this machine lacks: a module, a bus, a permission
   */
  open(bus: number, address: number): Promise<I2cChip>;
}

/**
 * One chip. Each method is one transfer, which no other transfer interrupts; words have their most significant byte first. All
 * reject with one sentence if the chip does not answer or the bus hangs or is gone, and when the context's signal aborts.
 */
export interface I2cChip {
  /** For errors: `0x48 on i2c-1`. */
  readonly place: string;
  /** Reads a register of 8 bits. */
  readByte(register: number, context?: ReadContext): Promise<number>;
  writeByte(register: number, value: number, context?: ReadContext): Promise<void>;
  /** Reads a register of 16 bits, 0 to 65535. */
  readWord(register: number, context?: ReadContext): Promise<number>;
  writeWord(register: number, value: number, context?: ReadContext): Promise<void>;
  /** Reads 1 to 32 registers of 8 bits, from `register` on. */
  readBlock(register: number, length: number, context?: ReadContext): Promise<Uint8Array>;
  /** Reads bytes without naming a register. */
  read(length: number, context?: ReadContext): Promise<Uint8Array>;
  /** Writes bytes that are a command, not a register. */
  write(bytes: Uint8Array, context?: ReadContext): Promise<void>;
  close(): Promise<void>;
}

/** The name of a bus in errors, queues and claims, such as `i2c-1`. */
export function busName(bus: number): string {
  return `i2c-${bus}`;
}

/** The name of a chip in queues and claims, such as `i2c-1:0x48`. */
export function chipName(bus: number, address: number): string {
  return `${busName(bus)}:${hexByte(address)}`;
}

/** A byte as datasheets write it: `0x0f`. */
export function hexByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

/** A 16-bit word as datasheets write it: `0x00ff`. */
export function hexWord(word: number): string {
  return `0x${word.toString(16).padStart(4, '0')}`;
}

/** The value of a number in two's complement with up to 16 bits. */
export function signed(value: number, bits: number): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}
