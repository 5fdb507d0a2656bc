// The kind `hwmon`: voltages, currents, fans and temperatures with a hwmon driver (Linux, Documentation/hwmon/sysfs-interface.rst).

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
  readNumber,
} from './class-device.ts';
import { uniqueIdentifiers } from './identifiers.ts';
import { channelOf, HWMON_QUANTITIES, inUnits, type Quantity } from './quantities.ts';

const HWMON: DeviceClass = { folder: '/sys/class/hwmon', prefix: 'hwmon', one: 'a hardware monitor' };

/** Type, number and perhaps an alarm: `temp1`, `in0_lcrit_alarm`. */
const INPUT = new RegExp(
  String.raw`^(${Object.keys(HWMON_QUANTITIES).join('|')})(\d{1,3})(?:_((?:[a-z]+_)?alarm))?$`,
);

const MOST_INPUTS = 64;

/** The monitor that the 1-Wire driver adds for each thermometer. The kind ds18b20 reads the same, with its CRC. */
const ONE_WIRE = 'w1_slave_temp';

export const hwmon = sensorKind({
  name: 'hwmon',
  title: 'Hardware monitor of the machine (hwmon)',
  description:
    "Any device with a driver of the kernel's hardware monitoring: supply voltages, currents, fans, temperatures and their alarms, such as rpi_volt's in0_lcrit_alarm for an under-voltage.",
  needs: ['kernel-files'],
  options: z.strictObject({
    device: deviceOption(HWMON, 'rpi_volt'),
    inputs: z
      .array(
        z.string().regex(INPUT).meta({
          expected:
            'an input such as temp1, in0, fan1, curr1, power1 or humidity1, or an alarm such as in0_lcrit_alarm',
        }),
      )
      .min(1)
      .max(MOST_INPUTS)
      .default(['temp1'])
      .refine(inputs => new Set(inputs).size === inputs.length)
      .meta({
        description:
          'The inputs to read, by the NAME of their files NAME_input: temp1, in0, fan1, curr1, power1, humidity1; or alarms, which are 0 or 1.',
        expected: 'a list of one to 64 inputs, no two alike',
      }),
  }),
  example: { device: 'rpi_volt', inputs: ['in0_lcrit_alarm'] },
  channels: ({ inputs }) => inputs.map(channelOfInput),
  conversionTime: () => 0,
  open: async ({ device, inputs }, { files, buses }) => {
    const found = await deviceAt(files, HWMON, device);
    const there = await files.list(found.path);
    const reads = inputs.map(input => reader(files, found, input, there));
    return {
      name: 'hwmon',
      channels: inputs.map(channelOfInput),
      read: context =>
        buses.serial(found.path, () => readDevice(files, found, device, reads, context.signal), context),
      close: async () => {},
    };
  },
  simulate: simulatedMonitor,
  find: async ({ files }) => {
    const devices = await devicesOf(files, HWMON).catch(() => []);
    const names = uniqueIdentifiers(devices.map(({ name }) => (name === '' ? 'hwmon' : name)));
    const found = devices.map(async (device, index): Promise<readonly FoundSensor[]> => {
      const inputs = inputsAmong(await files.list(device.path).catch(() => []));
      if (inputs.length === 0 || device.name === ONE_WIRE) return [];
      const options = { device: optionOf(device, devices), inputs: inputs.slice(0, MOST_INPUTS) };
      return [{ options, name: names[index]!, note: `hwmon${device.number}, ${device.name}` }];
    });
    return (await Promise.all(found)).flat();
  },
});

interface Input {
  readonly quantity: Quantity;
  readonly number: string;
  /** `lcrit_alarm`; undefined for a quantity. */
  readonly alarm: string | undefined;
}

function parseInput(input: string): Input {
  const [, type = '', number = '', alarm] = INPUT.exec(input) ?? [];
  const quantity = HWMON_QUANTITIES[type];
  if (quantity === undefined) {
    throw new Error(`expected an input of a hardware monitor, found ${JSON.stringify(input)}`);
  }
  return { quantity, number, alarm };
}

function channelOfInput(input: string): Channel {
  const { quantity, number, alarm } = parseInput(input);
  if (alarm === undefined) return channelOf(input, quantity, ` ${number}`);
  const longName = `${quantity.longName} ${number}: ${alarm.replaceAll('_', ' ')}`;
  return { name: input, units: '1', longName, validRange: [0, 1], resolution: 1 };
}

/** The files of an input, the preferred one first: power may exist as an average only. */
function filesOf(input: string): readonly string[] {
  return parseInput(input).alarm === undefined ? [`${input}_input`, `${input}_average`] : [input];
}

/** The inputs and alarms among the files of a device, in their order. */
function inputsAmong(names: readonly string[]): readonly string[] {
  return names
    .map(name => name.replace(/_input$/, ''))
    .filter(input => INPUT.test(input))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function reader(
  files: KernelFiles,
  { path, name }: ClassDevice,
  input: string,
  there: readonly string[],
): (signal: AbortSignal) => Promise<number> {
  const { quantity, alarm } = parseInput(input);
  const file = filesOf(input).find(candidate => there.includes(candidate));
  if (file === undefined) {
    const inputs = inputsAmong(there).join(', ');
    throw new Error(
      `expected the input ${input} of the hardware monitor ${name}, found ${inputs === '' ? 'no inputs' : inputs}`,
    );
  }
  const place = `${path}/${file}`;
  // The driver reports a broken diode or a missing fan in a file beside the value, which is then meaningless.
  const fault = there.includes(`${input}_fault`) ? `${path}/${input}_fault` : undefined;
  return async signal => {
    if (fault !== undefined && (await readNumber(files, fault, signal)) !== 0) {
      throw new Error(`${place}: expected a value, found that its driver tells of a fault (${fault})`);
    }
    const value = await readNumber(files, place, signal);
    if (alarm === undefined) return inUnits(quantity, value, place);
    if (value === 0 || value === 1) return value;
    throw new Error(`${place}: expected 0 or 1, found ${value}`);
  };
}

/** A monitor with these inputs; all alarms are 0. */
function simulatedMonitor(
  { device, inputs }: { readonly device: number | string; readonly inputs: readonly string[] },
  { clock, seed }: SensorHost,
): Partial<SensorHost> {
  const path = `${HWMON.folder}/${HWMON.prefix}${typeof device === 'number' ? device : 0}`;
  const texts: Record<string, () => string> = {
    [`${path}/name`]: () => `${typeof device === 'number' ? 'simulated' : device}\n`,
  };
  for (const [index, input] of inputs.entries()) {
    const { quantity, alarm } = parseInput(input);
    const [mean, amplitude] = quantity.usual;
    const course = { mean, amplitude, period: 900 + 130 * index, noise: amplitude / 100 };
    const now = quantityNow(randomBits(seed, index), course, clock);
    const value = () => (alarm === undefined ? Math.round(now() / quantity.factor) : 0);
    texts[`${path}/${filesOf(input)[0]}`] = () => `${value()}\n`;
  }
  return { files: fileTree(texts) };
}
