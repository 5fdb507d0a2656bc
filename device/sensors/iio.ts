// The kind `iio`: any converter or sensor with a driver for Industrial I/O (Linux, Documentation/ABI/testing/sysfs-bus-iio).

import type { KernelFiles } from '../host/kernel-files.ts';
import { type SensorHost, sensorKind } from '../kind.ts';
import type { Channel } from '../sensor.ts';
import { type ClassDevice, type DeviceClass, readFirst, readNumber } from './class-device.ts';
import {
  findInputs,
  type InputKind,
  type InputOptions,
  inputOptions,
  noSuchInput,
  openInputs,
  simulatedInputs,
} from './class-inputs.ts';
import { identifierOf } from './identifiers.ts';
import { channelOf, IIO_QUANTITIES, inUnits, type Quantity } from './quantities.ts';

const IIO: DeviceClass = { folder: '/sys/bus/iio/devices', prefix: 'iio:device', one: 'an IIO device' };

/** Type, number, the other end of a difference, and modifiers: `temp`, `voltage0-voltage1`, `accel_x`. */
const INPUT = new RegExp(
  String.raw`^(${Object.keys(IIO_QUANTITIES).join('|')})(\d{0,3})(?:-\1(\d{1,3}))?((?:_[a-z0-9]+){0,3})$`,
);

/** The step of a simulated device, in the kernel's units. */
const SIMULATED_SCALE = 0.125;

const DEVICE: InputKind = {
  name: 'iio',
  deviceClass: IIO,
  channelOf: channelOfInput,
  inputsAmong,
  reader,
};

export const iio = sensorKind({
  name: 'iio',
  title: 'Device of the kernel (IIO)',
  description:
    "Any device with a driver of the kernel's Industrial I/O: dtoverlay=i2c-sensor,bme280, ads1115, dht11, mcp3008 and many others.",
  needs: ['iio'],
  options: inputOptions(
    IIO,
    'bme280',
    {
      pattern: INPUT,
      expected:
        'the name of an input file without in_ and _raw or _input, such as temp, voltage0, voltage0-voltage1 or accel_x',
      description:
        'The inputs to read, by the NAME of their files in_NAME_raw or in_NAME_input: temp, humidityrelative, pressure, voltage0, voltage0-voltage1, accel_x.',
    },
    ['temp'],
    identifierOf,
  ),
  example: { device: 'bme280', inputs: ['temp', 'humidityrelative', 'pressure'] },
  channels: ({ inputs }) => inputs.map(channelOfInput),
  conversionTime: () => 0,
  claims: ({ device, inputs }) => inputs.map(input => `in_${input} of the IIO device ${device}`),
  open: (options, host) => openInputs(DEVICE, options, host),
  simulate: simulatedDevice,
  find: host =>
    findInputs(DEVICE, host, (device, all) => {
      const title = titleOf(device, all);
      return { ...(title && { title }), note: `iio:device${device.number}, ${device.name}` };
    }),
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
  device: ClassDevice,
  input: string,
  there: readonly string[],
): (signal: AbortSignal) => Promise<number> {
  const { quantity, type, minus, modifier } = parseInput(input);
  const { path } = device;
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
  if (!there.includes(`in_${input}_raw`))
    throw noSuchInput(device, input, 'the IIO device', inputsAmong(there));
  const [offsets, scales] = [attribute('offset'), attribute('scale')];
  return async signal => {
    const offset = await readFirst(files, offsets, 0, signal);
    const scale = await readFirst(files, scales, 1, signal);
    return inUnits(quantity, ((await readNumber(files, raw, signal)) + offset) * scale, raw);
  };
}

/** A device with these inputs, each a raw value with a scale. */
function simulatedDevice(options: InputOptions, host: SensorHost): Partial<SensorHost> {
  return simulatedInputs(IIO, options, host, {
    quantityOf: input => parseInput(input).quantity,
    period: index => 1200 + 170 * index,
    filesOf: (input, { usual: [, amplitude], factor }, now) => {
      const scale = SIMULATED_SCALE * Math.min(1, amplitude / factor / 1000);
      return {
        [`in_${input}_raw`]: () => Math.round(now() / factor / scale),
        [`in_${input}_scale`]: () => scale.toFixed(12),
      };
    },
  });
}
