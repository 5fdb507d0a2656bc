// The kind `hwmon`: voltages, currents, fans and temperatures with a hwmon driver (Linux, Documentation/hwmon/sysfs-interface.rst).

import type { KernelFiles } from '../host/kernel-files.ts';
import { type SensorHost, sensorKind } from '../kind.ts';
import type { Channel } from '../sensor.ts';
import { type ClassDevice, type DeviceClass, readNumber } from './class-device.ts';
import {
  findInputs,
  type InputKind,
  type InputOptions,
  inputOptions,
  noSuchInput,
  openInputs,
  simulatedInputs,
} from './class-inputs.ts';
import { channelOf, HWMON_QUANTITIES, inUnits, type Quantity } from './quantities.ts';

const HWMON: DeviceClass = { folder: '/sys/class/hwmon', prefix: 'hwmon', one: 'a hardware monitor' };

/** Type, number and perhaps an alarm: `temp1`, `in0_lcrit_alarm`. */
const INPUT = new RegExp(
  String.raw`^(${Object.keys(HWMON_QUANTITIES).join('|')})(\d{1,3})(?:_((?:[a-z]+_)?alarm))?$`,
);

/** The monitor that the 1-Wire driver adds for each thermometer. The kind ds18b20 reads the same, with its CRC. */
const ONE_WIRE = 'w1_slave_temp';

const MONITOR: InputKind = {
  name: 'hwmon',
  deviceClass: HWMON,
  channelOf: channelOfInput,
  inputsAmong,
  reader,
};

export const hwmon = sensorKind({
  name: 'hwmon',
  title: 'Hardware monitor of the machine (hwmon)',
  description:
    "Any device with a driver of the kernel's hardware monitoring: supply voltages, currents, fans, temperatures and their alarms, such as rpi_volt's in0_lcrit_alarm for an under-voltage.",
  needs: ['kernel-files'],
  options: inputOptions(
    HWMON,
    'rpi_volt',
    {
      pattern: INPUT,
      expected:
        'an input such as temp1, in0, fan1, curr1, power1 or humidity1, or an alarm such as in0_lcrit_alarm',
      description:
        'The inputs to read, by the NAME of their files NAME_input: temp1, in0, fan1, curr1, power1, humidity1; or alarms, which are 0 or 1.',
    },
    ['temp1'],
    input => input,
  ),
  example: { device: 'rpi_volt', inputs: ['in0_lcrit_alarm'] },
  channels: ({ inputs }) => inputs.map(channelOfInput),
  conversionTime: () => 0,
  open: (options, host) => openInputs(MONITOR, options, host),
  simulate: simulatedMonitor,
  find: host =>
    findInputs(MONITOR, host, ({ number, name }) =>
      name === ONE_WIRE ? undefined : { note: `hwmon${number}, ${name}` },
    ),
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
  device: ClassDevice,
  input: string,
  there: readonly string[],
): (signal: AbortSignal) => Promise<number> {
  const { quantity, alarm } = parseInput(input);
  const file = filesOf(input).find(candidate => there.includes(candidate));
  if (file === undefined) throw noSuchInput(device, input, 'the hardware monitor', inputsAmong(there));
  const { path } = device;
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
function simulatedMonitor(options: InputOptions, host: SensorHost): Partial<SensorHost> {
  return simulatedInputs(HWMON, options, host, {
    quantityOf: input => parseInput(input).quantity,
    period: index => 900 + 130 * index,
    filesOf: (input, { factor }, now) => {
      const isAlarm = parseInput(input).alarm !== undefined;
      return { [filesOf(input)[0]!]: () => (isAlarm ? 0 : Math.round(now() / factor)) };
    },
  });
}
