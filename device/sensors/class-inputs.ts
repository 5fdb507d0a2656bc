// Makes sensors of the inputs of a device in one of the kernel's classes (IIO, hwmon): options, opening, finding and simulation.

import { z } from 'zod';
import type { KernelFiles } from '../host/kernel-files.ts';
import type { FoundSensor, SensorHost } from '../kind.ts';
import { fileTree } from '../models/file-tree.ts';
import { quantityNow } from '../models/quantity.ts';
import { randomBits } from '../models/seeded-noise.ts';
import type { Channel, Sensor } from '../sensor.ts';
import {
  type ClassDevice,
  type DeviceClass,
  deviceAt,
  deviceOption,
  devicesOf,
  optionOf,
  readDevice,
} from './class-device.ts';
import { uniqueIdentifiers } from './identifiers.ts';
import type { Quantity } from './quantities.ts';

const MOST_INPUTS = 64;

/** The options of a kind whose sensors read inputs of a device. */
export interface InputOptions {
  readonly device: number | string;
  readonly inputs: readonly string[];
}

/** What tells one of the kinds from the other. */
export interface InputKind {
  readonly name: string;
  readonly deviceClass: DeviceClass;
  channelOf(input: string): Channel;
  /** The inputs among the names of a device's files, in their order. */
  inputsAmong(names: readonly string[]): readonly string[];
  /** Reads one input. `there`: the names of the device's files. @throws if the device has no such input */
  reader(
    files: KernelFiles,
    device: ClassDevice,
    input: string,
    there: readonly string[],
  ): (signal: AbortSignal) => Promise<number>;
}

/**
 * The options `device` and `inputs`.
 * @param nameOf two inputs of the same name are refused
 */
export function inputOptions(
  deviceClass: DeviceClass,
  example: string,
  input: { readonly pattern: RegExp; readonly expected: string; readonly description: string },
  usual: readonly string[],
  nameOf: (input: string) => string,
) {
  return z.strictObject({
    device: deviceOption(deviceClass, example),
    inputs: z
      .array(z.string().regex(input.pattern).meta({ expected: input.expected }))
      .min(1)
      .max(MOST_INPUTS)
      .default([...usual])
      .refine(inputs => new Set(inputs.map(nameOf)).size === inputs.length)
      .meta({
        description: input.description,
        expected: 'a list of one to 64 inputs, no two alike',
      }),
  });
}

export async function openInputs(
  kind: InputKind,
  { device, inputs }: InputOptions,
  { files, buses }: SensorHost,
): Promise<Sensor> {
  const found = await deviceAt(files, kind.deviceClass, device);
  const { path } = found;
  const there = await files.list(path);
  const reads = inputs.map(input => kind.reader(files, found, input, there));
  return {
    name: kind.name,
    channels: inputs.map(input => kind.channelOf(input)),
    read: context =>
      buses.serial(path, () => readDevice(files, found, device, reads, context.signal), context),
    close: async () => {},
  };
}

/** The devices that have inputs. `describe` gives the words about a device, undefined for one that is left out. */
export async function findInputs(
  kind: InputKind,
  { files }: SensorHost,
  describe: (
    device: ClassDevice,
    all: readonly ClassDevice[],
  ) => Pick<FoundSensor, 'title' | 'note'> | undefined,
): Promise<readonly FoundSensor[]> {
  const devices = await devicesOf(files, kind.deviceClass).catch(() => []);
  const names = uniqueIdentifiers(devices.map(({ name }) => (name === '' ? kind.name : name)));
  const found = devices.map(async (device, index): Promise<readonly FoundSensor[]> => {
    const inputs = kind.inputsAmong(await files.list(device.path).catch(() => []));
    const words = describe(device, devices);
    if (inputs.length === 0 || words === undefined) return [];
    const options = { device: optionOf(device, devices), inputs: inputs.slice(0, MOST_INPUTS) };
    return [{ options, name: names[index]!, ...words }];
  });
  return (await Promise.all(found)).flat();
}

/** The error for an input that the device does not have. */
export function noSuchInput(
  { name }: ClassDevice,
  input: string,
  of: string,
  found: readonly string[],
): Error {
  return new Error(
    `expected the input ${input} of ${of} ${name}, found ${found.length === 0 ? 'no inputs' : found.join(', ')}`,
  );
}

/** The values of a simulated device. */
export interface SimulatedValues {
  quantityOf(input: string): Quantity;
  /** Seconds of the course of the input number `index`. */
  period(index: number): number;
  /** The contents of the files of an input, by their names; `now` gives its value in the units of the column. */
  filesOf(
    input: string,
    quantity: Quantity,
    now: () => number,
  ): Readonly<Record<string, () => number | string>>;
}

/** A simulated device with these inputs. */
export function simulatedInputs(
  { folder, prefix }: DeviceClass,
  { device, inputs }: InputOptions,
  { clock, seed }: SensorHost,
  { quantityOf, period, filesOf }: SimulatedValues,
): Partial<SensorHost> {
  const path = `${folder}/${prefix}${typeof device === 'number' ? device : 0}`;
  const texts: Record<string, () => string> = {
    [`${path}/name`]: () => `${typeof device === 'number' ? 'simulated' : device}\n`,
  };
  for (const [index, input] of inputs.entries()) {
    const quantity = quantityOf(input);
    const [mean, amplitude] = quantity.usual;
    const course = { mean, amplitude, period: period(index), noise: amplitude / 100 };
    const now = quantityNow(randomBits(seed, index), course, clock);
    for (const [file, text] of Object.entries(filesOf(input, quantity, now)))
      texts[`${path}/${file}`] = () => `${text()}\n`;
  }
  return { files: fileTree(texts) };
}
