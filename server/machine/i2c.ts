// Lists the I2C buses of this machine and the chips on them.

import { hexByte, type I2cBusEntry, listI2cBuses } from '../../device/index.ts';
import { textOf } from './kernel-devices.ts';
import type { Machine } from './machine.ts';

export interface I2cBus extends I2cBusEntry {
  /** The devices that the kernel knows on the bus. */
  readonly known: readonly I2cDevice[];
}

export interface I2cDevice {
  readonly address: number;
  readonly name: string;
}

/** The buses that programs may use, `/dev/i2c-N`, as sysfs describes them. Sends nothing over the wires. */
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
 * The addresses of a bus at which a chip answers, including those that the kernel uses. i2cdetect probes each in the way
 * that is least likely to disturb a chip (i2cdetect(8)).
 * @throws one sentence that says what to do if i2cdetect fails
 */
export async function probeI2c({ run }: Pick<Machine, 'run'>, bus: number): Promise<readonly number[]> {
  const printed = await run('i2cdetect', ['-y', String(bus)]);
  if (printed === undefined) {
    throw new Error(
      `i2cdetect, which probes i2c-${bus}, is not installed or may not open /dev/i2c-${bus}: run sudo apt install i2c-tools, and see dapberry doctor`,
    );
  }
  return answering(printed);
}

/** Parses the table of i2cdetect: rows of sixteen addresses, `--` for no answer, `UU` for an address that the kernel uses. */
function answering(table: string): readonly number[] {
  return [...table.matchAll(/^([0-7])0:(.*)$/gm)].flatMap(([, row = '', cells = '']) =>
    Array.from({ length: 16 }, (_, column) => 16 * Number(row) + column).filter(address => {
      const cell = cells.slice(3 * (address % 16), 3 * (address % 16) + 3).trim();
      return cell === 'UU' || Number.parseInt(cell, 16) === address;
    }),
  );
}

/** Such as `0x48 (ds3231)`. */
export function deviceText({ address, name }: I2cDevice): string {
  return name === '' ? hexByte(address) : `${hexByte(address)} (${name})`;
}
