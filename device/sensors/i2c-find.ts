// Looks for chips on the I2C buses of a machine, by their answers at their addresses.

import { chipName, type I2cChip } from '../host/i2c/i2c.ts';
import type { FoundSensor, SensorHost } from '../kind.ts';
import { HEADER_BUS, type I2cPlace } from './i2c-sensor.ts';

/** `true` if the chip is certainly of this kind, `false` if it is not, or the kinds that it may be: `lm75 or tmp105`. */
export type ChipMatch = boolean | string;

/**
 * The chips at the addresses from `first` to `last` that `recognise` accepts, on every bus that may have sensors. `recognise` may only
 * read: the chip that answers may be another one, in use. Does not reject: where `recognise` fails, there is no such chip.
 */
export async function findChips(
  host: SensorHost,
  [first, last]: readonly [first: number, last: number],
  recognise: (chip: I2cChip) => Promise<ChipMatch>,
): Promise<readonly FoundSensor[]> {
  const found: (I2cPlace & { readonly note: string })[] = [];
  for (const { number: bus, parent, reserved } of await host.i2c.list()) {
    if (reserved !== undefined) continue;
    for (let address = first; address <= last; address++) {
      // A chip in front of a multiplexer also answers on each of its channels.
      if (found.some(chip => chip.bus === parent && chip.address === address)) continue;
      const chip = await host.i2c.open(bus, address).catch(() => undefined);
      // A bus that cannot be opened cannot be opened for the next address either.
      if (chip === undefined) break;
      const match = await host.buses.serial(chipName(bus, address), () => recognise(chip)).catch(() => false);
      await chip.close();
      if (match === false) continue;
      found.push({ bus, address, note: match === true ? chip.place : `${chip.place}: ${match}` });
    }
  }
  return found.map(({ bus, address, note }) => ({
    options: {
      ...(bus === HEADER_BUS ? {} : { bus }),
      ...(address === first ? {} : { address }),
    },
    name: `i2c${bus === HEADER_BUS ? '' : bus}_${address.toString(16).padStart(2, '0')}`,
    note,
  }));
}
