// The kind `pi-throttled`: the firmware's flags for under-voltage and heat (Raspberry Pi documentation, vcgencmd get_throttled).

import { z } from 'zod';
import { type KernelFiles, textAt } from '../host/kernel-files.ts';
import { type SensorHost, sensorKind } from '../kind.ts';
import { fileTree } from '../models/file-tree.ts';
import { quantity } from '../models/quantity.ts';
import type { Channel } from '../sensor.ts';

const PLATFORM = '/sys/devices/platform';

/** `soc` up to the Raspberry Pi 4, `soc@107c000000` on the Raspberry Pi 5. */
const SOC = /^soc(?:@[0-9a-f]+)?$/;

const SIMULATED = `${PLATFORM}/soc/soc:firmware/get_throttled`;

/** Bits as they are now; 16 bits further up, whether they were since the start. */
const FLAGS = [
  { bit: 0, name: 'under_voltage', longName: 'Under-voltage' },
  { bit: 1, name: 'frequency_capped', longName: 'Processor frequency capped' },
  { bit: 2, name: 'throttled', longName: 'Throttled' },
  { bit: 3, name: 'soft_temperature_limit', longName: 'Soft temperature limit reached' },
] as const;
const SINCE_START = 16;

const BITS: readonly (readonly [bit: number, channel: Channel])[] = [
  ...FLAGS.map(({ bit, name, longName }) => [bit, flagOf(name, longName)] as const),
  ...FLAGS.map(
    ({ bit, name, longName }) =>
      [bit + SINCE_START, flagOf(`${name}_occurred`, `${longName}, since the start of the machine`)] as const,
  ),
];
const CHANNELS = BITS.map(([, channel]) => channel);

function flagOf(name: string, longName: string): Channel {
  return { name, units: '1', longName, validRange: [0, 1], resolution: 1 };
}

/** How a simulated supply moves, in V: mostly above the limit. */
const SUPPLY = { mean: 4.95, amplitude: 0.33, period: 3600, noise: 0.005 };
const LEAST_SUPPLY = 4.63;

export const piThrottled = sensorKind({
  name: 'pi-throttled',
  title: 'Under-voltage and throttling of a Raspberry Pi',
  description:
    'Flags of the firmware, 0 or 1: supply below 4.63 V, processor slowed down, too warm. Each is there twice: now, and at any time since the start.',
  needs: ['kernel-files'],
  options: z.strictObject({}),
  channels: () => CHANNELS,
  conversionTime: () => 0,
  open: async (_options, { files }) => {
    const path = await throttledFile(files);
    if (path === undefined) {
      throw new Error(
        `expected the file get_throttled of a Raspberry Pi's firmware below ${PLATFORM}, found none: this is no Raspberry Pi, or its kernel is not the one of Raspberry Pi OS; other kernels tell of an under-voltage by hwmon (rpi_volt, in0_lcrit_alarm)`,
      );
    }
    return {
      name: 'pi-throttled',
      channels: CHANNELS,
      read: async ({ signal }) => {
        const flags = parseThrottled(await textAt(files, path, signal), path);
        return BITS.map(([bit]) => (flags >>> bit) & 1);
      },
      close: async () => {},
    };
  },
  simulate: simulatedFirmware,
  find: async ({ files }) =>
    (await throttledFile(files).catch(() => undefined)) === undefined ? [] : [{ options: {} }],
});

/** The file with the firmware's flags; undefined on a machine that is no Raspberry Pi or has another kernel than Raspberry Pi OS. */
export async function throttledFile(files: KernelFiles): Promise<string | undefined> {
  for (const soc of (await files.list(PLATFORM)).filter(name => SOC.test(name)).sort()) {
    const folder = `${PLATFORM}/${soc}/${soc}:firmware`;
    if ((await files.list(folder)).includes('get_throttled')) return `${folder}/get_throttled`;
  }
  return undefined;
}

/** The flags in the text of `get_throttled`, which is a hexadecimal number. */
function parseThrottled(text: string, path: string): number {
  const trimmed = text.trim();
  if (/^(?:0x)?[0-9a-f]{1,8}$/i.test(trimmed)) return Number.parseInt(trimmed, 16);
  throw new Error(`${path}: expected a hexadecimal number, found ${JSON.stringify(text.slice(0, 60))}`);
}

/** A supply that sags a little now and then. */
function simulatedFirmware(_options: unknown, { clock, seed }: SensorHost): Partial<SensorHost> {
  const supply = quantity(seed, SUPPLY);
  let occurred = 0;
  const now = () => {
    const flags = supply(clock.wall()) < LEAST_SUPPLY ? 0b101 : 0;
    occurred |= flags;
    return `${(flags + occurred * 2 ** SINCE_START).toString(16)}\n`;
  };
  return { files: fileTree({ [SIMULATED]: now }) };
}
