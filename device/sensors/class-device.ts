// Finds the devices of one of the kernel's classes (IIO, hwmon) by number or name, and reads their attributes one after the other.

import { z } from 'zod';
import { messageOf } from '../error-message.ts';
import { expectText, isMissing, type KernelFiles, textAt } from '../host/kernel-files.ts';
import type { Reading } from '../sensor.ts';

/** A class of devices, such as /sys/bus/iio/devices with iio:device0 and so on. */
export interface DeviceClass {
  readonly folder: string;
  /** What stands before the number: `iio:device`. */
  readonly prefix: string;
  /** One device in words: `an IIO device`. */
  readonly one: string;
}

export interface ClassDevice {
  readonly number: number;
  /** The folder of its attributes. */
  readonly path: string;
  /** The name that its driver gives, such as `bme280`; empty if there is none. */
  readonly name: string;
}

/** The option that names a device of the class. */
export function deviceOption({ folder, prefix, one }: DeviceClass, example: string) {
  return z
    .union([z.int().min(0).max(999), z.string().regex(/^[^\s/]{1,64}$/)])
    .default(0)
    .meta({
      description: `Its number, N of ${folder}/${prefix}N, or its name, such as ${example}, which stays the same when numbers change. Of several devices with the same name, the one with the lowest number.`,
      expected: `the number of ${one} from 0 to 999, or its name, such as ${example}`,
    });
}

/** The devices of the class, in the order of their numbers. */
export async function devicesOf(
  files: KernelFiles,
  { folder, prefix }: DeviceClass,
): Promise<readonly ClassDevice[]> {
  const numbers = (await files.list(folder))
    .filter(name => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map(name => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
  return Promise.all(
    numbers.map(async number => {
      const path = `${folder}/${prefix}${number}`;
      const name = await files.read(`${path}/name`).catch(() => '');
      return { number, path, name: name.trim() };
    }),
  );
}

/**
 * The device with this number or name.
 * @throws if there is none, with the devices that there are
 */
export async function deviceAt(
  files: KernelFiles,
  deviceClass: DeviceClass,
  which: number | string,
): Promise<ClassDevice> {
  const devices = await devicesOf(files, deviceClass);
  const found = devices.find(({ number, name }) => (typeof which === 'number' ? number : name) === which);
  if (found !== undefined) return found;
  const { one, folder } = deviceClass;
  const others = devices.map(({ number, name }) => `${number} (${name})`).join(', ');
  throw new Error(
    `expected ${one} ${typeof which === 'number' ? `of number ${which}` : `called ${which}`}, found ${others === '' ? `none at all in ${folder}` : others}`,
  );
}

/** The name of a device if no other device has it, otherwise its number. */
export function optionOf({ number, name }: ClassDevice, all: readonly ClassDevice[]): number | string {
  const isUnique = /^[^\s/]{1,64}$/.test(name) && all.filter(other => other.name === name).length === 1;
  return isUnique ? name : number;
}

/** The number in an attribute. Rejects if the file has none; an empty file is not 0. */
export async function readNumber(files: KernelFiles, path: string, signal?: AbortSignal): Promise<number> {
  const text = (await textAt(files, path, signal)).trim();
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  throw new Error(`${path}: expected a number, found ${JSON.stringify(text.slice(0, 60))}`);
}

/** The number in the first attribute that exists, or `otherwise`. */
export async function readFirst(
  files: KernelFiles,
  paths: readonly string[],
  otherwise: number,
  signal?: AbortSignal,
): Promise<number> {
  for (const path of paths) {
    try {
      return await readNumber(files, path, signal);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return otherwise;
}

/**
 * The numbers of `reads`, of a device that still has the name `which`.
 * @throws if another device has its number by now
 */
export async function readDevice(
  files: KernelFiles,
  { path }: ClassDevice,
  which: number | string,
  reads: readonly ((signal: AbortSignal) => Promise<number>)[],
  signal: AbortSignal,
): Promise<Reading> {
  try {
    return await readEach(reads, signal);
  } finally {
    // The values may be those of another device, also if some of the reads failed.
    if (typeof which === 'string') await expectText(files, `${path}/name`, which, signal);
  }
}

/**
 * The numbers of `reads`, one after the other, since a driver may wait for its chip.
 * @throws the first error, if all of them fail; if some do, it is the problem of the reading
 */
async function readEach(
  reads: readonly ((signal: AbortSignal) => Promise<number>)[],
  signal: AbortSignal,
): Promise<Reading> {
  const values: number[] = [];
  const errors: unknown[] = [];
  for (const read of reads) {
    try {
      values.push(await read(signal));
    } catch (error) {
      signal.throwIfAborted();
      errors.push(error);
      values.push(Number.NaN);
    }
  }
  const [first] = errors;
  if (first === undefined) return values;
  if (errors.length === reads.length) throw first;
  return { values, problem: messageOf(first) };
}
