// Boots the PC guest of the sensor tests, with one sensor for each way to reach one.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyApp } from './app.ts';
import { bme280, setTemperatures, THERMOMETERS, word } from './chips.ts';
import { Guest } from './guest.ts';
import { eventually, nextRow, type SensorStatus, sensorOf } from './reading.ts';
import { startService } from './service.ts';

/** One sensor for each way to reach one in the PC guest. A row is made every three seconds: the machine is emulated. */
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

/** Binds drivers of the kernel to three chips: an LM75, an ADS1015 and a BME280. */
export const BIND = `modprobe -a lm75 ti-ads1015 bmp280-i2c
cd /sys/bus/i2c/devices/i2c-0
echo lm75 0x49 >new_device; echo ads1015 0x4a >new_device; echo bme280 0x77 >new_device
test -d 0-0049/hwmon && test -d 0-004a/iio:device* && test -d 0-0077/iio:device*`;

/** Sets the registers of all chips. */
export const CHIPS = [
  word(0x48, 0, 0x2000),
  word(0x49, 0, 0x1980),
  word(0x4a, 0, 0x3e80),
  bme280(0x76),
  bme280(0x77),
].join('\n');

/** The timeout in seconds from the start of a program until it serves. */
export const START = 240;

export class Hall {
  readonly guest: Guest;
  /** The URL of its dataset. */
  readonly url: string;
  readonly #folder: string;

  private constructor(guest: Guest, folder: string) {
    this.guest = guest;
    this.url = `${guest.url()}/hall`;
    this.#folder = folder;
  }

  /**
   * Boots the machine and starts the program.
   * @param datasets further datasets of the configuration, as YAML
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

  /** Starts or restarts the program; resolves when it serves. */
  async start(datasets = ''): Promise<void> {
    await startService(this.guest, `${HALL}${datasets}`);
    await eventually(
      () => nextRow(this.url),
      () => true,
      START,
    );
  }

  /** The value of a column in the next row. */
  async now(column: string): Promise<number> {
    return (await nextRow(this.url))[column] ?? Number.NaN;
  }

  /** Waits until a column has a value, within half a unit of the last of its `decimals`. */
  becomes(column: string, value: number, decimals = 3): Promise<number> {
    return eventually(
      () => this.now(column),
      found => Math.abs(found - value) <= 10 ** -decimals / 2,
    );
  }

  /** Waits until a sensor fails for this reason: a fault in the middle of a reading may give another reason first. */
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
