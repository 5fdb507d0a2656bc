// Lists the devices that the kernel has found, from sysfs: GPIO, 1-Wire, IIO, hardware monitors and thermal zones.

import type { Machine } from './machine.ts';

type Files = Pick<Machine, 'files'>;

export interface GpioChip {
  readonly label: string;
  /** The number of its first line in sysfs. */
  readonly base: number;
  readonly lines: number;
}

/** A device by the name of its folder, and its readable name. */
export interface KernelDevice {
  readonly device: string;
  readonly name: string;
}

/** Whether lines can be requested through `/sys/class/gpio`; some kernels are built without it. */
export async function hasSysfsGpio({ files }: Files): Promise<boolean> {
  return (await files.list('/sys/class/gpio')).includes('export');
}

/** Chips whose lines can be used through `/sys/class/gpio`, sorted by line numbers. */
export async function gpioChips({ files }: Files): Promise<readonly GpioChip[]> {
  const folder = '/sys/class/gpio';
  const chips = (await files.list(folder)).filter(name => /^gpiochip\d+$/.test(name));
  const found = chips.map(async chip => {
    const [label, base, lines] = await Promise.all(
      ['label', 'base', 'ngpio'].map(name => textOf(files, `${folder}/${chip}/${name}`)),
    );
    // An empty file does not mean 0.
    const isWhole = [base!, lines!].every(text => /^\d+$/.test(text));
    return isWhole ? [{ label: label!, base: Number(base), lines: Number(lines) }] : [];
  });
  return (await Promise.all(found)).flat().sort((a, b) => a.base - b.base);
}

/** `/dev/gpiochipN`, through which lines can be used on every kernel. */
export async function gpioDevices({ files }: Files): Promise<readonly string[]> {
  return (await files.list('/dev')).filter(name => /^gpiochip\d+$/.test(name)).toSorted();
}

/** The masters of 1-Wire buses: each enabled bus has one. */
export async function oneWireMasters({ files }: Files): Promise<readonly string[]> {
  return (await files.list('/sys/bus/w1/devices'))
    .filter(name => name.startsWith('w1_bus_master'))
    .toSorted();
}

/** Families of 1-Wire devices that are thermometers (Linux, drivers/w1/slaves/w1_therm.c). */
const THERMOMETERS: Readonly<Record<string, string>> = {
  '10': 'DS18S20',
  '22': 'DS1822',
  '28': 'DS18B20',
  '3b': 'DS1825',
  '42': 'DS28EA00',
};

/** Devices on 1-Wire buses; thermometers are named after their family. */
export async function oneWireDevices({ files }: Files): Promise<readonly KernelDevice[]> {
  const devices = (await files.list('/sys/bus/w1/devices')).filter(name =>
    /^[0-9a-f]{2}-[0-9a-f]+$/i.test(name),
  );
  return devices.toSorted().map(device => ({ device, name: THERMOMETERS[familyOf(device)] ?? '' }));
}

/** Whether a name in a master's folder is that of a thermometer. */
export function isOneWireThermometer(name: string): boolean {
  return /^[0-9a-f]{2}-[0-9a-f]+$/i.test(name) && familyOf(name) in THERMOMETERS;
}

function familyOf(device: string): string {
  return device.slice(0, 2).toLowerCase();
}

export function iioDevices({ files }: Files): Promise<readonly KernelDevice[]> {
  return devicesIn(files, '/sys/bus/iio/devices', /^iio:device(\d+)$/, 'name');
}

export function hwmonDevices({ files }: Files): Promise<readonly KernelDevice[]> {
  return devicesIn(files, '/sys/class/hwmon', /^hwmon(\d+)$/, 'name');
}

export function thermalZones({ files }: Files): Promise<readonly KernelDevice[]> {
  return devicesIn(files, '/sys/class/thermal', /^thermal_zone(\d+)$/, 'type');
}

/** The devices of a folder sorted by number, each named by one of its files. */
async function devicesIn(
  files: Machine['files'],
  folder: string,
  pattern: RegExp,
  file: string,
): Promise<readonly KernelDevice[]> {
  const numberOf = (device: string) => Number(pattern.exec(device)?.[1]);
  const devices = (await files.list(folder))
    .filter(device => pattern.test(device))
    .toSorted((a, b) => numberOf(a) - numberOf(b));
  return Promise.all(
    devices.map(async device => ({ device, name: await textOf(files, `${folder}/${device}/${file}`) })),
  );
}

/** The text of a small file; empty if the file cannot be read. */
export async function textOf(files: Machine['files'], path: string): Promise<string> {
  const text = await files.read(path).catch(() => '');
  // The device tree's texts end with a zero byte.
  return text.replaceAll('\0', '').trim();
}
