// What does one I2C bus have to be able to do? Single transfers, as the kernel gives them to programs.

/**
 * A bus that was opened. One transfer at a time; each rejects with an error that has the kernel's `errno`.
 * `readWord`, `writeWord` and the like name a register and go on without letting go of the bus (SMBus over I2C: Linux,
 * Documentation/i2c/smbus-protocol); words are as they travel, first byte least.
 */
export interface I2cAdapter {
  readByte(address: number, register: number): Promise<number>;
  writeByte(address: number, register: number, value: number): Promise<void>;
  readWord(address: number, register: number): Promise<number>;
  writeWord(address: number, register: number, value: number): Promise<void>;
  readBlock(address: number, register: number, length: number): Promise<Uint8Array>;
  read(address: number, length: number): Promise<Uint8Array>;
  write(address: number, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the bus of that number.
 * @throws one sentence that says what this machine lacks
 */
export type OpenAdapter = (bus: number) => Promise<I2cAdapter>;
