// The kind `iio`: any converter or sensor with a driver for Industrial I/O (Linux, Documentation/ABI/testing/sysfs-bus-iio).

import { z } from 'zod';
import type { KernelFiles } from '../host/kernel-files.ts';
import { type FoundSensor, type SensorHost, sensorKind } from '../kind.ts';
import { fileTree } from '../models/file-tree.ts';
import { quantityNow } from '../models/quantity.ts';
import { randomBits } from '../models/seeded-noise.ts';
import type { Channel } from '../sensor.ts';
import {
  type ClassDevice,
  type DeviceClass,
  deviceAt,
  deviceOption,
  devicesOf,
  optionOf,
  readDevice,
  readFirst,
  readNumber,
} from './class-device.ts';
import { identifierOf, uniqueIdentifiers } from './identifiers.ts';
import { channelOf, IIO_QUANTITIES, inUnits, type Quantity } from './quantities.ts';

const IIO: DeviceClass = { folder: '/sys/bus/iio/devices', prefix: 'iio:device', one: 'an IIO device' };

/** Type, number, the other end of a difference, and modifiers: `temp`, `voltage0-voltage1`, `accel_x`. */
const INPUT = new RegExp(
  String.raw`^(${Object.keys(IIO_QUANTITIES).join('|')})(\d{0,3})(?:-\1(\d{1,3}))?((?:_[a-z0-9]+){0,3})$`,
);

const MOST_INPUTS = 64;

/** The step of a simulated device, in the kernel's units. */
const SIMULATED_SCALE = 0.125;

export const iio = sensorKind({
  name: 'iio',
  title: 'Device of the kernel (IIO)',
  description:
    "Any device with a driver of the kernel's Industrial I/O: dtoverlay=i2c-sensor,bme280, ads1115, dht11, mcp3008 and many others.",
  needs: ['iio'],
  options: z.strictObject({
    device: deviceOption(IIO, 'bme280'),
    inputs: z
      .array(
        z.string().regex(INPUT).meta({
          expected:
            'the name of an input file without in_ and _raw or _input, such as temp, voltage0, voltage0-voltage1 or accel_x',
        }),
      )
      .min(1)
      .max(MOST_INPUTS)
      .default(['temp'])
      .refine(inputs => new Set(inputs.map(identifierOf)).size === inputs.length)
      .meta({
        description:
          'The inputs to read, by the NAME of their files in_NAME_raw or in_NAME_input: temp, humidityrelative, pressure, voltage0, voltage0-voltage1, accel_x.',
        expected: 'a list of one to 64 inputs, no two alike',
      }),
  }),
  example: { device: 'bme280', inputs: ['temp', 'humidityrelative', 'pressure'] },
  channels: ({ inputs }) => inputs.map(channelOfInput),
  conversionTime: () => 0,
  claims: ({ device, inputs }) => inputs.map(input => `in_${input} of the IIO device ${device}`),
  open: async ({ device, inputs }, { files, buses }) => {
    const found = await deviceAt(files, IIO, device);
    const { path, name } = found;
    const there = await files.list(path);
    const reads = inputs.map(input => reader(files, path, input, there, name));
    return {
      name: 'iio',
      channels: inputs.map(channelOfInput),
      read: context =>
        buses.serial(path, () => readDevice(files, found, device, reads, context.signal), context),
      close: async () => {},
    };
  },
  simulate: simulatedDevice,
  find: async ({ files }) => {
    const devices = await devicesOf(files, IIO).catch(() => []);
    const names = uniqueIdentifiers(devices.map(({ name }) => (name === '' ? 'iio' : name)));
    const found = devices.map(async (device, index): Promise<readonly FoundSensor[]> => {
      const inputs = inputsAmong(await files.list(device.path).catch(() => []));
      if (inputs.length === 0) return [];
      const options = { device: optionOf(device, devices), inputs: inputs.slice(0, MOST_INPUTS) };
      const title = titleOf(device, devices);
      return [
        {
          options,
          name: names[index]!,
          ...(title && { title }),
          note: `iio:device${device.number}, ${device.name}`,
        },
      ];
    });
    return (await Promise.all(found)).flat();
  },
});

/** `BME280`, or `BME280 (iio:device1)` if there are several; undefined for a device without a name. */
function titleOf({ name, number }: ClassDevice, all: readonly ClassDevice[]): string | undefined {
  if (name === '') return undefined;
  // The names of drivers are small letters, those of chips are not.
  const title = /^[a-z]+\d+[a-z]?$/.test(name) ? name.toUpperCase() : name;
  return all.filter(other => other.name === name).length === 1 ? title : `${title} (${IIO.prefix}${number})`;
}

interface Input {
  readonly quantity: Quantity;
  readonly type: string;
  readonly index: string;
  /** Empty if the input is not a difference. */
  readonly minus: string;
  /** `_x`, or empty. */
  readonly modifier: string;
}

function parseInput(input: string): Input {
  const [, type = '', index = '', minus = '', modifier = ''] = INPUT.exec(input) ?? [];
  const quantity = IIO_QUANTITIES[type];
  if (quantity === undefined)
    throw new Error(`expected an input of an IIO device, found ${JSON.stringify(input)}`);
  return { quantity, type, index, minus, modifier };
}

function channelOfInput(input: string): Channel {
  const { quantity, index, minus, modifier } = parseInput(input);
  const number = minus === '' ? index : `${index} - ${minus}`;
  const place = [number, ...modifier.split('_')].filter(word => word !== '').join(' ');
  return channelOf(identifierOf(input), quantity, place === '' ? '' : ` ${place}`);
}

/** The inputs among the files of a device, in their order, without those of an unknown quantity. */
function inputsAmong(names: readonly string[]): readonly string[] {
  const inputs = names.flatMap(name => /^in_(.+)_(?:raw|input)$/.exec(name)?.[1] ?? []);
  return [...new Set(inputs)]
    .filter(input => INPUT.test(input) && !/_(?:peak|trough|mean)$/.test(input))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** Reads one input: the driver's processed value if there is one, otherwise (raw + offset) x scale, all read each time. */
function reader(
  files: KernelFiles,
  path: string,
  input: string,
  there: readonly string[],
  device: string,
): (signal: AbortSignal) => Promise<number> {
  const { quantity, type, minus, modifier } = parseInput(input);
  const processed = `${path}/in_${input}_input`;
  const raw = `${path}/in_${input}_raw`;
  // The name of an attribute that several inputs share lacks the number, the modifier, or both.
  const names = [
    `in_${input}`,
    ...(minus === '' ? [] : [`in_${type}-${type}`]),
    `in_${type}${modifier}`,
    `in_${type}`,
    'in',
  ];
  const attribute = (what: string) =>
    [...new Set(names)]
      .filter(name => there.includes(`${name}_${what}`))
      .map(name => `${path}/${name}_${what}`);
  if (there.includes(`in_${input}_input`)) {
    return async signal => inUnits(quantity, await readNumber(files, processed, signal), processed);
  }
  if (!there.includes(`in_${input}_raw`)) {
    const inputs = inputsAmong(there).join(', ');
    throw new Error(
      `expected the input ${input} of the IIO device ${device}, found ${inputs === '' ? 'no inputs' : inputs}`,
    );
  }
  const [offsets, scales] = [attribute('offset'), attribute('scale')];
  return async signal => {
    const offset = await readFirst(files, offsets, 0, signal);
    const scale = await readFirst(files, scales, 1, signal);
    return inUnits(quantity, ((await readNumber(files, raw, signal)) + offset) * scale, raw);
  };
}

/** A device with these inputs, each a raw value with a scale. */
function simulatedDevice(
  { device, inputs }: { readonly device: number | string; readonly inputs: readonly string[] },
  { clock, seed }: SensorHost,
): Partial<SensorHost> {
  const path = `${IIO.folder}/${IIO.prefix}${typeof device === 'number' ? device : 0}`;
  const texts: Record<string, () => string> = {
    [`${path}/name`]: () => `${typeof device === 'number' ? 'simulated' : device}\n`,
  };
  for (const [index, input] of inputs.entries()) {
    const { quantity } = parseInput(input);
    const [mean, amplitude] = quantity.usual;
    const course = { mean, amplitude, period: 1200 + 170 * index, noise: amplitude / 100 };
    const now = quantityNow(randomBits(seed, index), course, clock);
    const scale = SIMULATED_SCALE * Math.min(1, amplitude / quantity.factor / 1000);
    texts[`${path}/in_${input}_raw`] = () => `${Math.round(now() / quantity.factor / scale)}\n`;
    texts[`${path}/in_${input}_scale`] = () => `${scale.toFixed(12)}\n`;
  }
  return { files: fileTree(texts) };
}
