import { describe, expect, it } from 'vitest';
import { ds18b20 } from '../../../device/sensors/ds18b20.ts';
import { bus, DRIVERS, FIRST, open, read, SECOND, THIRD } from './w1-rig.ts';

describe.each(DRIVERS)('a DS18B20 behind the %s driver', driver => {
  /** The datasheet's table 1, but for 85 deg C, which is a case of its own. */
  it.each([125, 25.0625, 10.125, 0.5, 0, -0.5, -10.125, -25.0625, -55])(
    'gives %d deg C as the datasheet has it, to the last bit',
    async celsius => {
      const { host } = bus({ [FIRST]: celsius }, { driver });
      expect(await read(await open(host))).toBe(celsius);
    },
  );

  it('is measured anew with each reading, which takes as long as a conversion', async () => {
    const { host, places, clock } = bus({ [FIRST]: 20 }, { driver });
    const sensor = await open(host);
    for (const celsius of [20, 21, 19.5]) {
      places.set(FIRST, celsius);
      const start = clock.monotonic();
      expect(await read(sensor)).toBe(celsius);
      const seconds = clock.monotonic() - start;
      expect(seconds).toBeGreaterThanOrEqual(0.75);
      expect(seconds).toBeLessThanOrEqual(ds18b20.conversionTime({}));
    }
  });

  it('gives a true 85 deg C, and not the one that stands there after a loss of power', async () => {
    const { host, chips, files } = bus({ [FIRST]: 85 }, { driver });
    const sensor = await open(host);
    expect(await read(sensor)).toBe(85);
    chips[FIRST]!.fault = 'unpowered';
    await expect(read(sensor)).rejects.toThrow(
      `${FIRST}: expected a measured temperature, found 85 degree_Celsius, which it says after power-on: it loses its supply`,
    );
    chips[FIRST]!.fault = undefined;
    expect(await read(sensor)).toBe(85);
    // One conversion each: the bytes beside the temperature tell them apart.
    expect(files.conversions).toBe(3);
  });

  it('gives a true 0 deg C, and not the zeros of a line that is held low', async () => {
    const { host, chips, files } = bus({ [FIRST]: 0 }, { driver });
    const sensor = await open(host);
    expect(await read(sensor)).toBe(0);
    chips[FIRST]!.fault = 'held-low';
    await expect(read(sensor)).rejects.toThrow(
      `${FIRST}: expected a reading, found only zeros: the data line is held low`,
    );
    expect(files.conversions).toBe(2);
  });

  it.each(['gone', 'wrong-crc'] as const)('is an error while it is %s, and comes back', async fault => {
    const { host, chips } = bus({ [FIRST]: 20, [SECOND]: 30 }, { driver });
    const sensor = await open(host, { address: FIRST });
    expect(await read(sensor)).toBe(20);
    chips[FIRST]!.fault = fault;
    for (let time = 0; time < 2; time++) {
      await expect(read(sensor)).rejects.toThrow(
        driver === 'old'
          ? /^28-0316a2794cff: expected bytes with the right CRC, found (?:[0-9a-f]{2} ?){9}$/
          : `${FIRST}: expected a reading, found none: the sensor does not answer, or not with the right CRC`,
      );
    }
    chips[FIRST]!.fault = undefined;
    expect(await read(sensor)).toBe(20);
  });

  it('says that it left, once the bus master has found out', async () => {
    const { host, files } = bus({ [FIRST]: 20, [SECOND]: 30 }, { driver });
    const sensor = await open(host, { address: FIRST });
    files.remove(FIRST);
    await expect(read(sensor)).rejects.toThrow(`${FIRST} is no longer on w1_bus_master1`);
    await expect(open(host, { address: FIRST })).rejects.toThrow(
      `expected ${FIRST} on 1-Wire, found ${SECOND}`,
    );
  });

  it('holds one thread of the file system at most, however many are read at the same time', async () => {
    const { host, files } = bus({ [FIRST]: 20, [SECOND]: 30, [THIRD]: -5 }, { driver });
    const sensors = await Promise.all([FIRST, SECOND, THIRD].map(address => open(host, { address })));
    expect(await Promise.all(sensors.map(read))).toEqual([20, 30, -5]);
    expect(files.mostAtOnce).toBe(1);
    expect(files.conversions).toBe(driver === 'bulk' ? 1 : 3);
  });
});
