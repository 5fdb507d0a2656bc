// The kind `ds18b20`: thermometers on 1-Wire, read by the kernel (Maxim DS18B20 datasheet, 19-7487; Linux, Documentation/w1/slaves/w1_therm.rst).

import { z } from 'zod';
import { isMissing, isRefused, type KernelFiles, textAt } from '../host/kernel-files.ts';
import { ONE_WIRE_ADDRESS, type OneWire, oneWire, type Thermometer } from '../host/one-wire.ts';
import { serialQueues } from '../host/serial.ts';
import { type FoundSensor, sensorKind } from '../kind.ts';
import { thermometerModel } from '../models/ds18s20.ts';
import { quantityNow, ROOM_TEMPERATURE } from '../models/quantity.ts';
import { W1ThermModel } from '../models/w1-therm.ts';
import type { Channel } from '../sensor.ts';
import { hasFixedResolution, measuredRange, noAnswer, parseSlave } from './w1-scratchpad.ts';

/** With 12 bits a bit is 1/16 deg C (table 1); each bit less doubles it. */
const FEWEST_BITS = 9;
const MOST_BITS = 12;
const MOST_BITS_OF_A_COPY = 14;
const STEPS_PER_DEGREE = 16;

/** Seconds of a conversion with 12 bits at most (table 2), and of the rest of a reading in the kernel. */
const LONGEST_CONVERSION = 0.75;
const TRANSFER = 0.03;

/** The address of a simulated thermometer without an `address`. */
const SIMULATED_ADDRESS = '28-000000000001';

const OPTIONS = z
  .strictObject({
    address: z.string().regex(ONE_WIRE_ADDRESS).optional().meta({
      description:
        'The address, as the folder of the thermometer in /sys/bus/w1/devices is called. Optional if there is only one thermometer.',
      expected: 'an address of family 10, 22, 28, 3b or 42, such as "28-0316a2794cff", in small letters',
    }),
    resolution: z
      .int()
      .min(FEWEST_BITS)
      .max(MOST_BITS)
      .optional()
      .describe(
        'Bits of a reading, written to the thermometer: 9 (0.5 degree_Celsius, 0.09 s), 10, 11 or 12 (0.0625 degree_Celsius, 0.75 s). Left out, the thermometer keeps its own setting, 12 when new.',
      ),
  })
  .superRefine(({ address, resolution }, context) => {
    if (address === undefined || resolution === undefined || !hasFixedResolution(address)) return;
    const expected = 'no resolution for a DS18S20, which always has the same';
    context.addIssue({
      code: 'custom',
      path: ['resolution'],
      message: expected,
      params: { expected, found: `${resolution}` },
    });
  });

type Ds18b20Options = z.output<typeof OPTIONS>;

function channelOf({ address, resolution = MOST_BITS }: Ds18b20Options): Channel {
  return {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: 'Temperature',
    validRange: measuredRange(address),
    resolution: 2 ** (MOST_BITS - resolution) / STEPS_PER_DEGREE,
    ...(address === undefined ? {} : { serialNumber: address }),
  };
}

function conversionTimeOf({ resolution = MOST_BITS }: Ds18b20Options): number {
  return LONGEST_CONVERSION / 2 ** (MOST_BITS - resolution) + TRANSFER;
}

export const ds18b20 = sensorKind({
  name: 'ds18b20',
  title: 'DS18B20 thermometer',
  description:
    'A thermometer on 1-Wire, -55 to 125 degree_Celsius: DS18B20, DS18S20, DS1822, DS1825 or DS28EA00. Thermometers of one bus convert at the same time if this user may tell the kernel to.',
  needs: ['1-wire'],
  options: OPTIONS,
  example: { address: '28-0316a2794cff', resolution: 11 },
  channels: options => [channelOf(options)],
  conversionTime: conversionTimeOf,
  roundTime: found => {
    const taken = new Map<string, number>();
    let seconds = 0;
    for (const { options, convertsWith } of found) {
      const takes = conversionTimeOf(OPTIONS.parse(options));
      const shared = convertsWith === undefined ? undefined : taken.get(convertsWith);
      seconds += shared === undefined ? takes : Math.max(0, takes - shared) + TRANSFER;
      if (convertsWith !== undefined) taken.set(convertsWith, Math.max(shared ?? 0, takes));
    }
    return seconds;
  },
  claims: ({ address }) => [address === undefined ? 'the only 1-Wire thermometer' : `1-Wire ${address}`],
  open: async (options, { files, clock, oneWire }) => {
    const { address, resolution } = options;
    const thermometer = await thermometerAt(oneWire, address);
    const readings = new Readings(files, thermometer);
    return {
      name: 'ds18b20',
      channels: [channelOf(options)],
      get note() {
        return oneWire.note(thermometer);
      },
      read: context => {
        const asked = clock.monotonic();
        return oneWire.alone(async () => {
          try {
            const changed = resolution !== undefined && (await readings.setResolution(resolution));
            await oneWire.convert(thermometer, changed ? clock.monotonic() : asked);
            return [await readings.next()];
          } catch (error) {
            if (!isMissing(error)) throw error;
            throw new Error(`${thermometer.address} is no longer on ${thermometer.master}`, { cause: error });
          }
        }, context);
      },
      close: async () => {},
    };
  },
  simulate: ({ address = SIMULATED_ADDRESS }, { clock, seed }) => {
    const surroundings = quantityNow(seed ^ Number.parseInt(address.slice(-8), 16), ROOM_TEMPERATURE, clock);
    const files = new W1ThermModel({ chips: { [address]: thermometerModel(address, surroundings) }, clock });
    return { files, oneWire: oneWire({ files, serial: serialQueues(), clock }) };
  },
  find: async ({ oneWire }) => {
    const found = await oneWire.thermometers().catch(() => []);
    const all = found.map(({ address }) => address);
    return Promise.all(
      found.map(async (thermometer): Promise<FoundSensor> => {
        const { address, master } = thermometer;
        return {
          options: { address },
          name: shortName(address, all),
          title: titleOf(address, all),
          note: `${address} on ${master}`,
          ...((await oneWire.convertsWithOthers(thermometer)) && { convertsWith: master }),
        };
      }),
    );
  },
});

/** Digits of an address in a name: the last ones, which differ between chips of one batch. */
const DIGITS = 6;

/** `w1_94cff0`, which does not depend on other thermometers unless two have the same last digits. */
function shortName(address: string, all: readonly string[]): string {
  const end = address.slice(-DIGITS);
  const isUnique = all.filter(other => other.endsWith(end)).length === 1;
  return `w1_${isUnique ? end : address.replace('-', '_')}`;
}

/** The chips of the families (first byte of an address). */
const CHIPS: Readonly<Record<string, string>> = {
  '10': 'DS18S20',
  '22': 'DS1822',
  '28': 'DS18B20',
  '3b': 'DS1825',
  '42': 'DS28EA00',
};

/** Digits of an address in a title, as far as these differ between all thermometers. */
const SHOWN_DIGITS = 4;

function titleOf(address: string, all: readonly string[]): string {
  const [family = '', serial = ''] = address.split('-');
  const digits = [SHOWN_DIGITS, DIGITS, serial.length].find(
    count => all.filter(other => other.endsWith(serial.slice(-count))).length === 1,
  );
  return `${CHIPS[family] ?? 'Thermometer'} ...${serial.slice(-(digits ?? serial.length))}`;
}

async function thermometerAt(bus: OneWire, address: string | undefined): Promise<Thermometer> {
  const all = await bus.thermometers();
  const found = all.map(({ address }) => address).join(', ');
  const [first] = all;
  if (first === undefined) {
    throw new Error(
      `expected ${address ?? 'a thermometer'} on 1-Wire, found no thermometer at all: is the overlay on (dtoverlay=w1-gpio in /boot/firmware/config.txt, then a restart), are supply, data line and its pull-up resistor connected?`,
    );
  }
  if (address === undefined) {
    if (all.length === 1) return first;
    throw new Error(`expected one thermometer on 1-Wire, found ${found}: choose one of them as address`);
  }
  const thermometer = all.find(({ address: other }) => other === address);
  if (thermometer === undefined) throw new Error(`expected ${address} on 1-Wire, found ${found}`);
  return thermometer;
}

/** The files of one thermometer. Call its methods only inside `OneWire.alone`. */
class Readings {
  readonly #files: KernelFiles;
  readonly #folder: string;
  readonly #address: string;

  constructor(files: KernelFiles, { address, folder }: Thermometer) {
    this.#files = files;
    this.#address = address;
    this.#folder = folder;
  }

  /**
   * Degrees Celsius of the next reading, from `w1_slave`. Every kernel has this file, it is as fast as `temperature`, and it has the
   * bytes of the scratchpad, which tell a measured 85 or 0 from one that is not.
   */
  async next(): Promise<number> {
    return parseSlave(await textAt(this.#files, `${this.#folder}/w1_slave`), this.#address);
  }

  /**
   * Sets the resolution if the chip has another one, as after a loss of power. The driver notices a changed resolution only when it
   * reads this file; otherwise it would not wait until the conversion has ended.
   * @returns whether the resolution had to be set
   */
  async setResolution(bits: number): Promise<boolean> {
    const path = `${this.#folder}/resolution`;
    const text = await textAt(this.#files, path).catch(async (error: unknown) => {
      // If the folder is empty, the thermometer itself is missing.
      const others = isMissing(error) ? await this.#files.list(this.#folder) : [];
      if (others.length === 0) throw error;
      throw new Error(
        `${this.#address}: expected a thermometer whose resolution can be set (a file ${path}), found none: leave resolution out`,
        { cause: error },
      );
    });
    const found = Number(text.trim() || Number.NaN);
    if (found === bits) return false;
    if (!(found >= FEWEST_BITS && found <= MOST_BITS_OF_A_COPY)) throw new Error(noAnswer(this.#address));
    try {
      await this.#files.write(path, `${bits}\n`);
    } catch (error) {
      if (!isRefused(error)) throw error;
      throw new Error(
        `${this.#address}: expected a resolution of ${bits} bits, found ${found}, and this user may not write ${path}: see docs/one-wire.md, or leave resolution out`,
        { cause: error },
      );
    }
    return true;
  }
}
