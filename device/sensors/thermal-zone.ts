// Reads the temperatures of the host's chips, one sensor for each thermal zone (kernel ABI, Documentation/driver-api/thermal/sysfs-api).

import { z } from 'zod';
import { expectText, type KernelFiles, textAt } from '../host/kernel-files.ts';
import { type FoundSensor, sensorKind } from '../kind.ts';
import type { Channel } from '../sensor.ts';
import { uniqueIdentifiers } from './identifiers.ts';
import { simulatedKernelOf } from './simulated-kernel.ts';

const THERMAL = '/sys/class/thermal';

/** Zones without a reading say so by an error, or by a temperature below this (THERMAL_TEMP_INVALID is -274000). */
const ABSOLUTE_ZERO = -273.15;

/** A zone's type is THERMAL_NAME_LENGTH (20) characters at most, the closing 0 among them. */
const LONGEST_TYPE = 19;

/** Channel `temperature`: the reading of the zone's own sensor, however accurate that is. */
export const thermal = sensorKind({
  name: 'thermal',
  title: 'Thermal zone of the machine',
  description: "The temperature of one of the kernel's thermal zones: the processor's on a Raspberry Pi.",
  needs: ['kernel-files'],
  options: z.strictObject({
    zone: z
      .union([z.int().min(0).max(999), z.string().min(1).max(LONGEST_TYPE)])
      .default(0)
      .meta({
        description:
          'The number of the zone, N of /sys/class/thermal/thermal_zoneN, or its type: cpu-thermal on a Raspberry Pi. Of several zones with the same type, the one with the lowest number.',
        expected: 'the number of a thermal zone from 0 to 999, or its type, such as cpu-thermal',
      }),
  }),
  example: { zone: 'cpu-thermal' },
  channels: ({ zone }) => [temperatureOf(zone)],
  conversionTime: () => 0,
  simulate: ({ zone }, host) => {
    const simulated =
      typeof zone === 'number' ? { number: zone, type: 'cpu-thermal' } : { number: 0, type: zone };
    return simulatedKernelOf({ zone: simulated }, host);
  },
  find: ({ files }) => thermalZones(files),
  open: async ({ zone }, { files }) => {
    const folder = `${THERMAL}/thermal_zone${await numberOf(files, zone)}`;
    const path = `${folder}/temp`;
    return {
      name: 'thermal',
      channels: [temperatureOf(zone)],
      read: async ({ signal }) => {
        const text = await textAt(files, path, signal);
        // Another zone may have the number by now.
        if (typeof zone === 'string') await expectText(files, `${folder}/type`, zone, signal);
        return [parseTemperature(text, path)];
      },
      close: async () => {},
    };
  },
});

function temperatureOf(zone: number | string): Channel {
  return {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: `Temperature of ${typeof zone === 'number' ? `thermal zone ${zone}` : zone}`,
    resolution: 0.001,
  };
}

/** Degrees Celsius from the text of a zone's `temp`, which is in millidegrees. */
function parseTemperature(text: string, path: string): number {
  const celsius = /^-?\d+$/.test(text.trim()) ? Number(text) / 1000 : Number.NaN;
  if (!(celsius >= ABSOLUTE_ZERO)) {
    throw new Error(
      `${path}: expected a temperature in millidegrees, and found ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  return celsius;
}

interface Zone {
  readonly number: number;
  readonly type: string;
}

/** The kernel's zones, in the order of their numbers. */
async function zonesOf(files: KernelFiles): Promise<readonly Zone[]> {
  const numbers = (await files.list(THERMAL))
    .map(folder => /^thermal_zone(\d+)$/.exec(folder)?.[1])
    .filter(number => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  return Promise.all(
    numbers.map(async number => {
      const type = await files.read(`${THERMAL}/thermal_zone${number}/type`).catch(() => '');
      return { number, type: type.trim() };
    }),
  );
}

async function numberOf(files: KernelFiles, zone: number | string): Promise<number> {
  const zones = await zonesOf(files);
  const found = zones.find(({ number, type }) => (typeof zone === 'number' ? number : type) === zone);
  if (found !== undefined) return found.number;
  const wanted = typeof zone === 'number' ? `number ${zone}` : `type ${zone}`;
  const others = zones.map(({ number, type }) => `${number} (${type})`).join(', ');
  throw new Error(
    `expected a thermal zone of the ${wanted}, found ${others === '' ? `none at all in ${THERMAL}` : others}`,
  );
}

/**
 * The zones as options: by type, which stays the same when numbers change, or by number if the type is missing or not unique. The names are
 * unique.
 */
async function thermalZones(files: KernelFiles): Promise<readonly FoundSensor[]> {
  const zones = await zonesOf(files).catch(() => []);
  const names = uniqueIdentifiers(zones.map(({ number, type }) => (type === '' ? `zone${number}` : type)));
  return zones.map(({ number, type }, index) => {
    const unique =
      type !== '' && type.length <= LONGEST_TYPE && zones.filter(zone => zone.type === type).length === 1;
    return {
      options: { zone: unique ? type : number },
      name: names[index]!,
      note: type === '' ? `zone ${number}` : type,
    };
  });
}
