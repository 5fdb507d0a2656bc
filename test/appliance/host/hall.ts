// Which machine do the tests of sensors run on? A PC with every way to a sensor, in one configuration.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyApp } from './app.ts';
import { bme280, setTemperatures, THERMOMETERS, word } from './chips.ts';
import { Guest } from './guest.ts';
import { eventually, nextRow, type SensorStatus, sensorOf } from './reading.ts';
import { startService } from './service.ts';

/** Every way to a sensor that the PC guest has. A row is made every three seconds: the machine is emulated. */
const HALL = `
datasets:
  hall:
    title: Hall
    interval: 3 s
    sensors:
      - {kind: ds18b20, name: shed, address: ${THERMOMETERS[0]}, resolution: 9}
      - {kind: ds18b20, name: roof, address: ${THERMOMETERS[1]}, resolution: 12}
      - {kind: ads1115, name: adc, bus: 0, address: 0x48, inputs: [AIN0, AIN2-AIN3], ranges: {AIN2-AIN3: 0.256}}
      - {kind: bme280, name: air, bus: 0, address: 0x76}
      - {kind: gpio-input, name: rain, pin: 17, scale: 0.25, units: mm}
      - {kind: hwmon, name: board, device: lm75}
      - {kind: iio, name: pot, device: ads1015, inputs: [voltage0]}
      - {kind: iio, name: attic, device: bme280, inputs: [temp, pressure, humidityrelative]}
      - {kind: thermal, name: cpu, zone: cpu-thermal}
      - {kind: host-load}
      - {kind: host-cpu}
      - {kind: host-network}
`;

/** The chips that drivers of the kernel read: LM75, ADS1015 and a BME280. */
export const BIND = `modprobe -a lm75 ti-ads1015 bmp280-i2c
cd /sys/bus/i2c/devices/i2c-0
echo lm75 0x49 >new_device; echo ads1015 0x4a >new_device; echo bme280 0x77 >new_device
test -d 0-0049/hwmon && test -d 0-004a/iio:device* && test -d 0-0077/iio:device*`;

/** What the converters read, in each of their one conversion registers. */
export const CHIPS = [
  word(0x48, 0, 0x2000),
  word(0x49, 0, 0x1980),
  word(0x4a, 0, 0x3e80),
  bme280(0x76),
  bme280(0x77),
].join('\n');

/** Seconds until a program that was started serves. */
export const START = 240;

export class Hall {
  readonly guest: Guest;
  /** Where its dataset is. */
  readonly url: string;
  readonly #folder: string;

  private constructor(guest: Guest, folder: string) {
    this.guest = guest;
    this.url = `${guest.url()}/hall`;
    this.#folder = folder;
  }

  /**
   * Boots the machine and starts the program.
   * @param datasets what is configured besides, as YAML
   * @param before a script that runs before the program starts
   */
  static async open(datasets = '', before = ':'): Promise<Hall> {
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-appliance-'));
    copyApp(folder);
    const guest = await Guest.boot('pc', { shares: { app: folder } });
    process.stdout.write(`the PC guest was up after ${guest.bootTime.toFixed(0)} s\n`);
    const hall = new Hall(guest, folder);
    try {
      await guest.run(CHIPS);
      await guest.run(BIND);
      await guest.run(before);
      await setTemperatures(guest, 21.5, -10.125);
      await hall.start(datasets);
      return hall;
    } catch (error) {
      await hall.close();
      throw error;
    }
  }

  /** Starts the program, anew where it runs; resolves when it serves. */
  async start(datasets = ''): Promise<void> {
    await startService(this.guest, `${HALL}${datasets}`);
    await eventually(
      () => nextRow(this.url),
      () => true,
      START,
    );
  }

  /** What a column says in the next row. */
  async now(column: string): Promise<number> {
    return (await nextRow(this.url))[column] ?? Number.NaN;
  }

  /** Waits until a column says this, but for half a unit of the last of so many decimals. */
  becomes(column: string, value: number, decimals = 3): Promise<number> {
    return eventually(
      () => this.now(column),
      found => Math.abs(found - value) <= 10 ** -decimals / 2,
    );
  }

  /** Waits until a sensor fails for this reason: what begins in the middle of a reading may give another one first. */
  failsWith(name: string, reason: RegExp): Promise<SensorStatus> {
    return eventually(
      () => sensorOf(this.guest.url(), name),
      ({ state, lastError }) => state === 'failing' && reason.test(lastError?.message ?? ''),
    );
  }

  /** Waits until a sensor gives values again. */
  recovers(name: string): Promise<SensorStatus> {
    return eventually(
      () => sensorOf(this.guest.url(), name),
      ({ state }) => state === 'ok',
      150,
    );
  }

  async close(): Promise<void> {
    await this.guest.cutPower();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
