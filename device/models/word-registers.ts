// The protocol of chips with a pointer to registers: the first byte written is the pointer, words have their high byte first.

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';

/** The registers of a chip, by number. */
export interface Registers {
  /** 0 to 65535, or 0 to 255 where the register is a byte. */
  get(register: number): number;
  set(register: number, value: number): void;
  /** Bytes of a register; 2 by default. */
  bytes?(register: number): 1 | 2;
}

/** A chip with these registers. The pointer stays until it is written again. */
export function wordRegisters(registers: Registers): I2cChipModel {
  let pointer = 0;
  const bytesOf = (register: number) => registers.bytes?.(register) ?? 2;
  return {
    write: ([register, first, second]) => {
      if (register === undefined) return true;
      pointer = register;
      if (first === undefined) return true;
      if (bytesOf(pointer) === 1) registers.set(pointer, first);
      // An incomplete word changes nothing.
      else if (second !== undefined) registers.set(pointer, (first << 8) | second);
      return true;
    },
    read: length => {
      const value = registers.get(pointer);
      const bytes = bytesOf(pointer) === 1 ? [value] : [value >>> 8, value & 0xff];
      return Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length]!);
    },
  };
}
