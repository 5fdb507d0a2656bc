// Lists the buses, chips and devices of this machine as text, including devices that no kind of sensor reads.

import { hexByte, messageOf, type SensorKind } from '../../device/index.ts';
import { deviceText, type I2cBus, i2cBuses, probeI2c } from './i2c.ts';
import {
  gpioChips,
  gpioDevices,
  hwmonDevices,
  iioDevices,
  type KernelDevice,
  oneWireDevices,
  oneWireMasters,
  thermalZones,
} from './kernel-devices.ts';
import type { Machine } from './machine.ts';

export interface AttachedDevices {
  readonly what: string;
  /** One line per device. */
  readonly devices: readonly string[];
}

/** Does not reject. `probe` looks for a chip at each address of the I2C buses, and `kinds` suggest what the chip may be. */
export async function attachedTo(
  machine: Machine,
  kinds: readonly SensorKind[],
  probe: boolean,
): Promise<readonly AttachedDevices[]> {
  const buses = await i2cBuses(machine);
  const masters = await oneWireMasters(machine);
  const chips = (await gpioChips(machine)).map(
    ({ label, base, lines }) => `${label}: ${lines} lines, in sysfs from ${base} on`,
  );
  const oneWire = namesOf(await oneWireDevices(machine));
  return [
    {
      what: 'I2C',
      devices: (await Promise.all(buses.map(bus => busTexts(bus, machine, kinds, probe)))).flat(),
    },
    {
      what: 'GPIO',
      devices: chips.length > 0 ? chips : (await gpioDevices(machine)).map(name => `/dev/${name}`),
    },
    {
      what: '1-Wire',
      devices: masters.length > 0 && oneWire.length === 0 ? [`${masters.join(', ')}: no device`] : oneWire,
    },
    { what: 'IIO', devices: namesOf(await iioDevices(machine)) },
    { what: 'hwmon', devices: namesOf(await hwmonDevices(machine)) },
    { what: 'thermal zones', devices: namesOf(await thermalZones(machine)) },
  ];
}

function namesOf(devices: readonly KernelDevice[]): readonly string[] {
  return devices.map(({ device, name }) => (name === '' ? device : `${device}: ${name}`));
}

async function busTexts(
  bus: I2cBus,
  machine: Machine,
  kinds: readonly SensorKind[],
  probe: boolean,
): Promise<readonly string[]> {
  const { number, controller, reserved, known } = bus;
  const named = `i2c-${number}${controller === '' ? '' : ` (${controller})`}`;
  const name = reserved === undefined ? named : `${named}, ${reserved}${probe ? ': not probed' : ''}`;
  const held = known.map(device => `i2c-${number}: ${deviceText(device)}, known to the kernel`);
  if (!probe || reserved !== undefined) return [name, ...held];
  try {
    const answering = (await probeI2c(machine, number)).filter(
      address => !known.some(device => device.address === address),
    );
    const found = answering.map(address => `i2c-${number}: ${answerText(kinds, number, address)}`);
    return [name, ...held, ...found];
  } catch (error) {
    return [name, ...held, messageOf(error)];
  }
}

/** The answering address as an entry of `sensors`, for each kind that the chip may have. */
function answerText(kinds: readonly SensorKind[], bus: number, address: number): string {
  const hex = hexByte(address);
  const [kind, ...others] = kinds
    .filter(({ needs, options }) => needs.includes('i2c') && options.safeParse({ bus, address }).success)
    .map(({ name }) => name);
  if (kind === undefined) return `${hex} answers, but no kind uses this address`;
  const choice = others.length === 0 ? '' : `, or ${others.join(', ')} as its kind`;
  return `${hex} answers: {kind: ${kind}, bus: ${bus}, address: ${hex}}${choice}`;
}
