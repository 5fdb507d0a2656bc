// Which I2C buses does this machine have, and what is on them?

import { hexByte, type I2cBusEntry, listI2cBuses } from '../../device/index.ts';
import { textOf } from './kernel-devices.ts';
import type { Machine } from './machine.ts';

export interface I2cBus extends I2cBusEntry {
  /** What drivers of the kernel hold, or was told to them. */
  readonly known: readonly I2cDevice[];
}

export interface I2cDevice {
  readonly address: number;
  readonly name: string;
}

/** The buses that programs may use, `/dev/i2c-N`, and what sysfs tells of them. Sends nothing over their wires. */
export async function i2cBuses({ files }: Pick<Machine, 'files'>): Promise<readonly I2cBus[]> {
  const devices = (await files.list('/sys/bus/i2c/devices')).toSorted();
  return Promise.all(
    (await listI2cBuses(files)).map(async bus => {
      const own = devices.filter(device => device.startsWith(`${bus.number}-`));
      const known = own.map(async device => ({
        address: Number.parseInt(device.slice(`${bus.number}-`.length), 16),
        name: await textOf(files, `/sys/bus/i2c/devices/${device}/name`),
      }));
      return { ...bus, known: await Promise.all(known) };
    }),
  );
}

/**
 * The addresses of a bus at which something answers, those that the kernel holds included: i2cdetect asks each in the way
 * that is least likely to disturb a chip (i2cdetect(8)).
 * @throws one sentence that says what to do where that cannot be done
 */
export async function probeI2c({ run }: Pick<Machine, 'run'>, bus: number): Promise<readonly number[]> {
  const printed = await run('i2cdetect', ['-y', String(bus)]);
  if (printed === undefined) {
    throw new Error(
      `i2cdetect, which asks who answers on i2c-${bus}, is not there or may not open /dev/i2c-${bus}: sudo apt install i2c-tools, and see dapberry doctor`,
    );
  }
  return answering(printed);
}

/** Reads the table that i2cdetect prints: rows of sixteen addresses, `--` for nobody, `UU` for the kernel's. */
function answering(table: string): readonly number[] {
  return [...table.matchAll(/^([0-7])0:(.*)$/gm)].flatMap(([, row = '', cells = '']) =>
    Array.from({ length: 16 }, (_, column) => 16 * Number(row) + column).filter(address => {
      const cell = cells.slice(3 * (address % 16), 3 * (address % 16) + 3).trim();
      return cell === 'UU' || Number.parseInt(cell, 16) === address;
    }),
  );
}

/** `0x48 (ds3231)`. */
export function deviceText({ address, name }: I2cDevice): string {
  return name === '' ? hexByte(address) : `${hexByte(address)} (${name})`;
}
