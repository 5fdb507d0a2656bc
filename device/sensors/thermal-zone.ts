// How warm the host's chips are: one sensor a thermal zone (kernel ABI, Documentation/driver-api/thermal/sysfs-api).

import type { KernelFiles } from '../kernel-files.ts';
import type { OpenSensor } from '../sensor.ts';

const THERMAL = '/sys/class/thermal';

/** Zones without a reading say so by an error, or by a temperature below this (THERMAL_TEMP_INVALID is -274000). */
const ABSOLUTE_ZERO = -273.15;

/**
 * One sensor for each thermal zone that the kernel has now; none where it has none. The channel is named after the
 * zone's type: `temperature_cpu_thermal` for `cpu-thermal`, with `_2`, `_3` for further zones of the same type.
 */
export async function thermalZones(files: KernelFiles): Promise<readonly OpenSensor[]> {
  const zones = (await files.list(THERMAL))
    .map(folder => /^thermal_zone(\d+)$/.exec(folder)?.[1])
    .filter(number => number !== undefined)
    .sort((a, b) => Number(a) - Number(b));
  const types = await Promise.all(
    zones.map(async number => {
      const type = await files.read(`${THERMAL}/thermal_zone${number}/type`).catch(() => '');
      return type.trim() || `zone${number}`;
    }),
  );
  const names = channelNames(types);
  return zones.map((number, index) => thermalZone(files, number, types[index]!, names[index]!));
}

function thermalZone(files: KernelFiles, number: string, type: string, channel: string): OpenSensor {
  const path = `${THERMAL}/thermal_zone${number}/temp`;
  return async () => ({
    name: `thermal-zone${number}`,
    channels: [{ name: channel, units: 'degree_Celsius', longName: `Temperature of ${type}` }],
    read: async signal => [parseTemperature(await files.read(path, signal), path)],
    close: async () => {},
  });
}

/** Degrees Celsius from the text of a zone's `temp`, which is in millidegrees. */
export function parseTemperature(text: string, path: string): number {
  const celsius = /^-?\d+$/.test(text.trim()) ? Number(text) / 1000 : Number.NaN;
  if (!(celsius >= ABSOLUTE_ZERO)) {
    throw new Error(
      `${path}: expected a temperature in millidegrees, and found ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  return celsius;
}

/** A DAP2 identifier for each type, no two alike. */
function channelNames(types: readonly string[]): string[] {
  const names: string[] = [];
  for (const type of types) {
    const base = `temperature_${type.replaceAll(/[^A-Za-z0-9_]+/g, '_')}`;
    let name = base;
    for (let copy = 2; names.includes(name); copy++) name = `${base}_${copy}`;
    names.push(name);
  }
  return names;
}
