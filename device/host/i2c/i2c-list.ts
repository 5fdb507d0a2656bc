// Lists the I2C buses of this machine, and tells which of them must not be probed.

import type { KernelFiles } from '../kernel-files.ts';
import type { I2cBusEntry } from './i2c.ts';

/** The buses `/dev/i2c-N`, by their numbers. Sends nothing over their wires. */
export async function listI2cBuses(files: KernelFiles): Promise<readonly I2cBusEntry[]> {
  const numbers = (await files.list('/dev'))
    .map(name => /^i2c-(\d+)$/.exec(name)?.[1])
    .filter(number => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const named = await Promise.all(
    numbers.map(async number => {
      const name = await files.read(`/sys/class/i2c-dev/i2c-${number}/name`).catch(() => '');
      return { number, controller: name.trim() };
    }),
  );
  return named.map(bus => {
    const parent = parentOf(bus.controller);
    const reserved = reservedFor(bus, named);
    return {
      ...bus,
      ...(parent === undefined ? {} : { parent }),
      ...(reserved === undefined ? {} : { reserved }),
    };
  });
}

type NamedBus = Pick<I2cBusEntry, 'number' | 'controller'>;

/** The name of a bus that is a channel of a multiplexer (Linux, drivers/i2c/i2c-mux.c). */
const CHANNEL = /^i2c-(\d+)-mux \(chan_id (\d+)\)$/;

function parentOf(controller: string): number | undefined {
  const parent = CHANNEL.exec(controller)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/**
 * Buses of a video connector, over which a monitor identifies itself (DDC). On a Raspberry Pi: the controllers at these
 * addresses (Linux, bcm2711.dtsi and bcm2712.dtsi, ddc0 and ddc1), and BSC2 of the older ones, which "should not be
 * accessed by user programs" (BCM2835 ARM Peripherals, section 3.1). Elsewhere: graphics cards, by the names of their drivers.
 */
const VIDEO = [
  /^(fef04500|fef09500|107d508200|107d508280)\.i2c$/,
  /^Broadcom STB/,
  /^bcm2835 \(i2c@7e805000\)$/,
  /hdmi|\bddc\b|gmbus|amdgpu|radeon|nvidia|nvkm|nouveau|dpmst|\baux\b/i,
];

/** BSC0 of a Raspberry Pi up to 4, a controller that is switched between the HAT's pins and the connectors. */
const BSC0 = 'bcm2835 (i2c@7e205000)';

/** Why the bus must not be probed; undefined for a bus that may have sensors. */
function reservedFor({ number, controller }: NamedBus, all: readonly NamedBus[]): string | undefined {
  if (VIDEO.some(pattern => pattern.test(controller))) return 'of a video connector';
  // Its chips describe the memory modules, and some of them can be written (i2cdetect(8), WARNING).
  if (/^SMBus /.test(controller)) return 'of the mainboard';
  const channels = all.filter(bus => parentOf(bus.controller) === number);
  if (controller === BSC0 && channels.length > 0) {
    return `reached as ${channels.map(channel => `i2c-${channel.number}`).join(' or ')}`;
  }
  const [, parent, channel] = CHANNEL.exec(controller) ?? [];
  const isOfBsc0 = all.some(bus => bus.number === Number(parent) && bus.controller === BSC0);
  // Channel 0 is at the pins 27 and 28 of the header (Linux, bcm283x-rpi-i2c0mux_0_28.dtsi and the like).
  if (isOfBsc0 && channel !== '0') return 'of the connectors for a camera and a display';
  return undefined;
}
