import { describe, expect, it } from 'vitest';
import { ds18b20 } from '../../../device/sensors/ds18b20.ts';
import { parseSlave } from '../../../device/sensors/w1-scratchpad.ts';
import { bus, DRIVERS, FIRST, open, read, slave, THIRD } from './w1-rig.ts';

/** The tables of temperatures in the datasheets, as the registers have them. */
const LIKE_DS18B20 = [
  [125, 'd0 07'],
  [25.0625, '91 01'],
  [10.125, 'a2 00'],
  [0.5, '08 00'],
  [0, '00 00'],
  [-0.5, 'f8 ff'],
  [-10.125, '5e ff'],
  [-25.0625, '6f fe'],
  [-55, '90 fc'],
] as const;

describe('the family', () => {
  const bytesOf = (register: string, rest = '4b 46 7f ff 10 10') => `${register} ${rest}`;
  const measured = (hex: string, address: string) => parseSlave(slave(hex, address), address);

  it.each([
    ['28-0316a2794cff', 'DS18B20'],
    ['22-0316a2794cff', 'DS1822'],
    ['3b-0316a2794cff', 'DS1825'],
  ])('of %s, a %s, has the registers of the table', address => {
    for (const [celsius, register] of LIKE_DS18B20) {
      expect(measured(bytesOf(register), address)).toBe(celsius);
    }
  });

  it('of a DS1825 has its place in four bits of the configuration, which do not matter', () => {
    expect(measured('91 01 4b 46 75 ff 10 10', '3b-0316a2794cff')).toBe(25.0625);
  });

  it('of a DS1825 is that of a MAX31850 too, whose thermocouple is not read as a thermometer', () => {
    expect(() => measured('91 01 90 01 f0 ff ff ff', '3b-0316a2794cff')).toThrow(
      /expected a DS1825, found a MAX31850/,
    );
  });

  it('of a DS28EA00 measures from -40 to 85 deg C', () => {
    const address = '42-0316a2794cff';
    expect(ds18b20.channels({ address })[0]?.validRange).toEqual([-40, 85]);
    for (const [celsius, register] of LIKE_DS18B20) {
      if (celsius >= -40 && celsius <= 85) expect(measured(bytesOf(register), address)).toBe(celsius);
      else
        expect(() => measured(bytesOf(register), address)).toThrow(
          `expected -40 to 85 degree_Celsius, found ${celsius}`,
        );
    }
    expect(measured('80 fd 4b 46 7f ff 0c 10', address)).toBe(-40);
  });

  /** Table 1 of the DS18S20, with the counter that belongs to each. */
  it.each([
    [25, '32 00 4b 46 ff ff 0c 10'],
    [0.5, '01 00 4b 46 ff ff 04 10'],
    [0, '00 00 4b 46 ff ff 0c 10'],
    [-0.5, 'ff ff 4b 46 ff ff 04 10'],
    [-25, 'ce ff 4b 46 ff ff 0c 10'],
    [-55, '92 ff 4b 46 ff ff 0c 10'],
    // And between half degrees, which the counter alone tells.
    [24.875, '32 00 4b 46 ff ff 0e 10'],
    [25.1875, '32 00 4b 46 ff ff 09 10'],
    [-0.0625, '00 00 4b 46 ff ff 0d 10'],
  ])('of a DS18S20 has %d deg C in half degrees and a counter', (celsius, hex) => {
    expect(measured(hex, THIRD)).toBe(celsius);
  });

  it('of a DS18S20 has one 85 deg C, which is taken for that of power-on, and no counter that counts nothing', () => {
    expect(() => measured('aa 00 4b 46 ff ff 0c 10', THIRD)).toThrow(/says after power-on/);
    expect(measured('aa 00 4b 46 ff ff 0b 10', THIRD)).toBe(85.0625);
    expect(() => measured('32 00 4b 46 ff ff 0c 00', THIRD)).toThrow(
      /expected counts per degree, found none/,
    );
  });

  it.each([DRIVERS[0], DRIVERS[2]])(
    'of a DS18S20 is read to 1/16 deg C behind the %s driver',
    async driver => {
      const { host, places } = bus({ [THIRD]: 20 }, { driver });
      const sensor = await open(host);
      for (const celsius of [20, 20.0625, 20.4375, 20.75, 0, -0.25, -0.0625, -10.125, 125, -55]) {
        places.set(THIRD, celsius);
        expect(await read(sensor)).toBe(celsius);
      }
    },
  );

  it('of a DS18S20 has nothing to set', () => {
    const issues = ds18b20.options.safeParse({ address: THIRD, resolution: 9 }).error?.issues;
    expect(issues).toMatchObject([{ path: ['resolution'], message: expect.stringContaining('DS18S20') }]);
  });

  it('of a DS28EA00 converts by itself after a conversion of all', async () => {
    const address = '42-0316a2794cff';
    const { host, files, places } = bus({ [FIRST]: 20, [address]: 30 });
    const sensors = [await open(host, { address: FIRST }), await open(host, { address })];
    expect(await Promise.all(sensors.map(read))).toEqual([20, 30]);
    places.set(address, 31);
    expect(await Promise.all(sensors.map(read))).toEqual([20, 31]);
    expect(files.conversions).toBe(4);
  });

  it.each([
    ['9 bits', '5f 01 4b 46 1f ff 0c 10', 21.5],
    ['10 bits', '5f 01 4b 46 3f ff 0c 10', 21.75],
    ['11 bits', '5f 01 4b 46 5f ff 0c 10', 21.875],
    ['9 bits below 0', '57 ff 4b 46 1f ff 0c 10', -11],
  ])('leaves bits undefined below %s, which are left out', (_resolution, hex, celsius) => {
    expect(measured(hex, FIRST)).toBe(celsius);
  });

  it('of a DS18B20 is that of a copy with 14 bits too', async () => {
    expect(measured('91 01 4b 46 ff ff 10 10', FIRST)).toBe(25.109375);
    expect(measured('6f fe 4b 46 fc ff 10 10', FIRST)).toBe(-25.0625);
  });
});
