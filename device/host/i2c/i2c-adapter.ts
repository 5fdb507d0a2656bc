// Declares the single transfers of one I2C bus, as the kernel offers them to programs.

/**
 * An open bus, for one transfer at a time; each rejects with an error that has the kernel's `errno`. The methods with a register
 * are single transfers of SMBus (Linux, Documentation/i2c/smbus-protocol); the first byte of a word is its least significant.
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
 * Opens the bus with a number.
 * @throws one sentence that says what this machine lacks
 */
export type AdapterOpener = (bus: number) => Promise<I2cAdapter>;
