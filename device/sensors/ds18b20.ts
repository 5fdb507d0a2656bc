// What does a DS18B20 say? Thermometers on 1-Wire, read by the kernel (Maxim DS18B20 datasheet, 19-7487; Linux, Documentation/w1/slaves/w1_therm.rst).

import { z } from 'zod';
import { ONE_WIRE_ADDRESS, type OneWire, oneWire, type Thermometer } from '../buses/one-wire.ts';
import { serialQueues } from '../buses/serial.ts';
import { isMissing, isRefused, type KernelFiles } from '../kernel-files.ts';
import { sensorKind } from '../kind.ts';
import { Ds18b20Model } from '../models/ds18b20.ts';
import { quantityNow, ROOM_TEMPERATURE } from '../models/quantity.ts';
import { W1ThermModel } from '../models/w1-therm.ts';
import type { Channel } from '../sensor.ts';

/** Degrees Celsius that it measures (electrical characteristics). */
const LOWEST = -55;
const HIGHEST = 125;

/** A bit is 1/16 deg C with 12 bits (table 1), and twice that with each bit less. */
const MOST_BITS = 12;
const STEPS_PER_DEGREE = 16;

/** Seconds that a conversion with 12 bits takes at most (table 2), and that the kernel needs for the rest of a reading. */
const LONGEST_CONVERSION = 0.75;
const TRANSFER = 0.03;

/** In millidegrees: what the temperature register holds after power-on (figure 9). */
const AT_POWER_ON = 85_000;

/** Byte 6 of the scratchpad after power-on, which a conversion to exactly 85 deg C does not leave. */
const RESERVED_6 = 6;
const RESERVED_6_AT_POWER_ON = 0x0c;

/** Where nothing says otherwise, a simulated one is here. */
const SIMULATED_ADDRESS = '28-000000000001';

function channelOf(bits: number = MOST_BITS): Channel {
  return {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: 'Temperature',
    validRange: [LOWEST, HIGHEST],
    resolution: 2 ** (MOST_BITS - bits) / STEPS_PER_DEGREE,
  };
}

export const ds18b20 = sensorKind({
  name: 'ds18b20',
  title: 'DS18B20 thermometer',
  description:
    'A thermometer on 1-Wire, -55 to 125 degree_Celsius: DS18B20, DS18S20, DS1822, DS1825 or DS28EA00. Several of one bus convert at the same time where the kernel lets this user ask for it.',
  needs: ['1-wire'],
  options: z.strictObject({
    address: z.string().regex(ONE_WIRE_ADDRESS).optional().meta({
      description:
        'Its address as the kernel writes it, the name of its folder in /sys/bus/w1/devices; may be left out where there is one thermometer.',
      expected: 'an address of family 10, 22, 28, 3b or 42, such as "28-0316a2794cff", in small letters',
    }),
    resolution: z
      .int()
      .min(9)
      .max(MOST_BITS)
      .optional()
      .describe(
        'Bits of a reading, to which it is then set: 9 (0.5 degree_Celsius, 0.09 s), 10, 11 or 12 (0.0625 degree_Celsius, 0.75 s). Left out, it is as it was, which is 12 unless somebody changed it.',
      ),
  }),
  channels: ({ resolution }) => [channelOf(resolution)],
  conversionTime: ({ resolution = MOST_BITS }) =>
    LONGEST_CONVERSION / 2 ** (MOST_BITS - resolution) + TRANSFER,
  claims: ({ address }) => [address === undefined ? 'the only 1-Wire thermometer' : `1-Wire ${address}`],
  open: async ({ address, resolution }, { files, clock, oneWire }) => {
    const thermometer = await thermometerAt(oneWire, address);
    const names = await files.list(thermometer.folder);
    const readings = new Readings(files, thermometer, names.includes('temperature'));
    return {
      name: 'ds18b20',
      channels: [channelOf(resolution)],
      read: signal => {
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
        }, signal);
      },
      close: async () => {},
    };
  },
  simulate: ({ address = SIMULATED_ADDRESS }, { clock, seed }) => {
    const surroundings = quantityNow(seed ^ Number.parseInt(address.slice(-8), 16), ROOM_TEMPERATURE, clock);
    const files = new W1ThermModel({ chips: { [address]: new Ds18b20Model(surroundings) }, clock });
    return { files, oneWire: oneWire({ files, serial: serialQueues(), clock }) };
  },
  find: async ({ oneWire }) => {
    const found = await oneWire.thermometers().catch(() => []);
    return found.map(({ address, master }) => ({
      options: { address },
      name: `w1_${address.replace('-', '_')}`,
      note: `${address} on ${master}`,
    }));
  },
});

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

/** The files of one thermometer. To be used from inside `OneWire.alone`. */
class Readings {
  readonly #files: KernelFiles;
  readonly #folder: string;
  readonly #address: string;
  readonly #hasTemperature: boolean;

  constructor(files: KernelFiles, { address, folder }: Thermometer, hasTemperature: boolean) {
    this.#files = files;
    this.#address = address;
    this.#folder = folder;
    this.#hasTemperature = hasTemperature;
  }

  /** Degrees Celsius of the next reading. */
  async next(): Promise<number> {
    if (this.#hasTemperature) {
      const path = `${this.#folder}/temperature`;
      const millidegrees = parseMillidegrees(await this.#files.read(path), this.#address);
      // 0 is read of a line that is held low too, and 85 deg C of one that has lost its supply: only the memory tells.
      if (millidegrees !== 0 && millidegrees !== AT_POWER_ON) return celsius(millidegrees, this.#address);
    }
    return parseSlave(await this.#files.read(`${this.#folder}/w1_slave`), this.#address);
  }

  /**
   * Sets the resolution where the chip has another one, as it has after a loss of power; the driver learns of that only when it
   * is asked, and would not wait for the end of a conversion.
   * @returns whether it had to be set
   */
  async setResolution(bits: number): Promise<boolean> {
    const path = `${this.#folder}/resolution`;
    const text = await this.#files.read(path).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      throw new Error(
        `${this.#address}: expected a thermometer whose resolution can be set (a file ${path}), found none: leave resolution out`,
        { cause: error },
      );
    });
    const found = Number(text.trim() || Number.NaN);
    if (found === bits) return false;
    if (!(found >= 9 && found <= MOST_BITS)) throw new Error(noAnswer(this.#address));
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

/** Kernels since 5.9 say nothing else of a wrong CRC, a sensor that was pulled out and one that is stuck. */
function noAnswer(address: string): string {
  return `${address}: expected a reading, found none: the sensor does not answer, or not with the right CRC`;
}

/** Millidegrees in the text of `temperature`. */
export function parseMillidegrees(text: string, address: string): number {
  const trimmed = text.trim();
  if (trimmed === '') throw new Error(noAnswer(address));
  if (/^-?\d{1,6}$/.test(trimmed)) return Number(trimmed);
  throw new Error(
    `${address}: expected a temperature in millidegrees, found ${JSON.stringify(text.slice(0, 60))}`,
  );
}

/** Degrees Celsius in the text of `w1_slave`: the nine bytes with their CRC and its verdict, then the temperature. */
export function parseSlave(text: string, address: string): number {
  if (text.trim() === '') throw new Error(noAnswer(address));
  const found = /^((?:[0-9a-f]{2} ){9}): crc=[0-9a-f]{2} (YES|NO)\n(?:[0-9a-f]{2} ){9}t=(-?\d{1,6})\s*$/.exec(
    text,
  );
  if (found === null) {
    throw new Error(
      `${address}: expected nine bytes, their CRC and a temperature, found ${JSON.stringify(text.slice(0, 120))}`,
    );
  }
  const [, hex = '', verdict, temperature] = found;
  const bytes = hex
    .trim()
    .split(' ')
    .map(byte => Number.parseInt(byte, 16));
  if (verdict === 'NO') throw new Error(`${address}: expected bytes with the right CRC, found ${hex.trim()}`);
  if (bytes.every(byte => byte === 0)) {
    throw new Error(`${address}: expected a reading, found only zeros: the data line is held low`);
  }
  const millidegrees = Number(temperature);
  if (millidegrees === AT_POWER_ON && bytes[RESERVED_6] === RESERVED_6_AT_POWER_ON) {
    throw new Error(
      `${address}: expected a measured temperature, found 85 degree_Celsius, which it says after power-on: it loses its supply`,
    );
  }
  return celsius(millidegrees, address);
}

/** Degrees Celsius, back on the chip's own steps: the driver cuts 25.0625 to 25062. */
function celsius(millidegrees: number, address: string): number {
  const degrees = Math.round((millidegrees / 1000) * STEPS_PER_DEGREE) / STEPS_PER_DEGREE;
  if (degrees >= LOWEST && degrees <= HIGHEST) return degrees;
  throw new Error(
    `${address}: expected ${LOWEST} to ${HIGHEST} degree_Celsius, found ${millidegrees / 1000}`,
  );
}
