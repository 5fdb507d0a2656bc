import { afterEach, describe, expect, it } from 'vitest';
import { type KernelFiles, missingFile, refusedFile } from '../../../device/host/kernel-files.ts';
import { oneWire } from '../../../device/host/one-wire.ts';
import { serialQueues } from '../../../device/host/serial.ts';
import { crc8 } from '../../../device/models/ds18b20.ts';
import { thermometerModel } from '../../../device/models/ds18s20.ts';
import { slaveText, W1ThermModel, type W1ThermOptions } from '../../../device/models/w1-therm.ts';
import { openDevice } from '../../../device/sampling/device.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { ds18b20 } from '../../../device/sensors/ds18b20.ts';
import { parseSlave } from '../../../device/sensors/w1-scratchpad.ts';
import { FakeClock } from '../fake-clock.ts';
import { column, take, valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { type KernelTree, kernelTree } from './kernel-tree.ts';
import { opensOn } from './opens.ts';

const FIRST = '28-0316a2794cff';
const SECOND = '28-0316a2790000';
const THIRD = '10-000802b53f12';

const DRIVERS = ['bulk', 'single', 'old'] as const;

const trees: KernelTree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map(tree => tree.dispose()));
});

function hostWith(files: KernelFiles, clock = new FakeClock()) {
  return hostOf({ files, clock, oneWire: oneWire({ files, serial: serialQueues(), clock }) });
}

/** A bus whose thermometers are in places of these temperatures. */
function bus(celsius: Readonly<Record<string, number>>, options: Partial<W1ThermOptions> = {}) {
  const places = new Map(Object.entries(celsius));
  const chips = Object.fromEntries(
    [...places.keys()].map(address => [address, thermometerModel(address, () => places.get(address)!)]),
  );
  const clock = new FakeClock();
  const files = new W1ThermModel({ chips, clock, ...options });
  return { chips, clock, files, host: hostWith(files, clock), places };
}

const { signal } = new AbortController();
const read = async (sensor: Sensor) => (await valuesOf(sensor))[0];
const open = (host: ReturnType<typeof hostOf>, options: object = {}) =>
  ds18b20.open(ds18b20.options.parse(options), host);

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

describe('a bus whose thermometers convert at the same time', () => {
  it('gives eight readings in little more than the time of one, row after row, each of its own conversion', async () => {
    const addresses = Array.from({ length: 8 }, (_, index) => `28-00000000000${index}`);
    const { host, places, files, clock } = bus(Object.fromEntries(addresses.map(address => [address, 0.5])));
    const sensors = await Promise.all(addresses.map(address => open(host, { address })));
    for (let row = 1; row <= 3; row++) {
      for (const [index, address] of addresses.entries()) places.set(address, 10 * row + index);
      const start = clock.monotonic();
      expect(await Promise.all(sensors.map(read))).toEqual(addresses.map((_, index) => 10 * row + index));
      expect(clock.monotonic() - start).toBeLessThan(1);
      expect(files.conversions).toBe(row);
    }
  });

  it('converts anew for a reading that was asked for while a conversion ran', async () => {
    const { host, places, clock, files } = bus({ [FIRST]: 20, [SECOND]: 30 });
    const [first, second] = [await open(host, { address: FIRST }), await open(host, { address: SECOND })];
    const early = read(first);
    await clock.sleepUntil(clock.monotonic() + 0.4, signal);
    const late = read(second);
    expect(await early).toBe(20);
    places.set(SECOND, 31);
    expect(await late).toBe(31);
    expect(files.conversions).toBe(2);
  });

  it('never gives a value of then, though a reading was given up after the conversion', async () => {
    const { host, places, clock } = bus({ [FIRST]: 20, [SECOND]: 30 });
    const [first, second] = [await open(host, { address: FIRST }), await open(host, { address: SECOND })];
    const stop = new AbortController();
    const [kept, givenUp] = [read(first), second.read(stop)];
    await clock.sleepUntil(clock.monotonic() + 0.4, signal);
    stop.abort();
    await expect(givenUp).rejects.toThrow(/abort/);
    expect(await kept).toBe(20);
    places.set(SECOND, 40);
    expect(await read(second)).toBe(40);
  });

  it('lets thermometers convert one by one where this user may not write, and takes no value that others left', async () => {
    const { files, clock, places } = bus({ [FIRST]: 20, [SECOND]: 30 });
    const ours: KernelFiles = {
      read: path => files.read(path),
      list: path => files.list(path),
      write: async path => {
        throw refusedFile(path);
      },
    };
    const sensor = await open(hostWith(ours, clock), { address: FIRST });
    expect(await read(sensor)).toBe(20);
    expect(files.conversions).toBe(1);
    // What a program of root does meanwhile.
    await files.write('/sys/bus/w1/devices/w1_bus_master1/therm_bulk_read', 'trigger\n');
    places.set(FIRST, 25);
    expect(await read(sensor)).toBe(25);
  });

  it('says what to do where this user may not write, until it may', async () => {
    const { host, files } = bus({ [FIRST]: 20, [SECOND]: 30 });
    const sensor = await open(host, { address: FIRST });
    expect([await read(sensor), sensor.note]).toEqual([20, undefined]);
    const { write } = files;
    files.write = path => Promise.reject(refusedFile(path));
    expect(await read(sensor)).toBe(20);
    expect(sensor.note).toMatch(
      /^the thermometers on w1_bus_master1 convert one after the other, 0\.8 s each: this user may not write .*therm_bulk_read,.*docs\/one-wire\.md/,
    );
    files.remove(SECOND);
    expect([await read(sensor), sensor.note]).toEqual([20, undefined]);
    files.attach(
      SECOND,
      thermometerModel(SECOND, () => 30),
    );
    expect(await read(sensor)).toBe(20);
    expect(sensor.note).toBeDefined();
    files.write = write;
    expect([await read(sensor), sensor.note]).toEqual([20, undefined]);
  });

  it('says that nobody answers when all have gone, instead of giving what was there before', async () => {
    const { host, chips } = bus({ [FIRST]: 20 });
    const sensor = await open(host);
    expect(await read(sensor)).toBe(20);
    chips[FIRST]!.fault = 'gone';
    await expect(read(sensor)).rejects.toThrow(
      'w1_bus_master1: expected a conversion, found that no thermometer answers on this bus',
    );
  });
});

describe('the resolution', () => {
  it('is not what is wrong where the thermometer has been pulled out', async () => {
    const { files, host } = bus({ [FIRST]: 20, [SECOND]: 30 });
    const sensor = await open(host, { address: FIRST, resolution: 10 });
    expect(await read(sensor)).toBe(20);
    files.remove(FIRST);
    await expect(read(sensor)).rejects.toThrow(`${FIRST} is no longer on w1_bus_master1`);
  });

  it.each([
    [9, 0.5, 20.5],
    [10, 0.25, 20.5],
    [11, 0.125, 20.625],
    [12, 0.0625, 20.6875],
  ])('of %d bits gives steps of %d deg C', async (resolution, step, expected) => {
    const { host, clock } = bus({ [FIRST]: 20.6875 });
    const sensor = await open(host, { resolution });
    expect(sensor.channels[0]?.resolution).toBe(step);
    expect(await read(sensor)).toBe(expected);
    const start = clock.monotonic();
    expect(await read(sensor)).toBe(expected);
    expect(clock.monotonic() - start).toBeLessThanOrEqual(ds18b20.conversionTime({ resolution }) + 0.013);
  });

  it('is set again after a loss of power, which takes it away', async () => {
    const { host, chips } = bus({ [FIRST]: 20.6875 });
    const sensor = await open(host, { resolution: 9 });
    expect(await read(sensor)).toBe(20.5);
    chips[FIRST]!.powerOn();
    expect(chips[FIRST]!.bits).toBe(12);
    expect(await read(sensor)).toBe(20.5);
    expect(chips[FIRST]!.bits).toBe(9);
  });

  it('that this user may not set is an error that says so, unless it is the right one already', async () => {
    const { host } = bus({ [FIRST]: 20 }, { writable: false });
    expect(await read(await open(host, { resolution: 12 }))).toBe(20);
    await expect(read(await open(host, { resolution: 9 }))).rejects.toThrow(
      `${FIRST}: expected a resolution of 9 bits, found 12, and this user may not write /sys/bus/w1/devices/w1_bus_master1/${FIRST}/resolution`,
    );
  });

  it('that cannot be set is an error that says so', async () => {
    const { host } = bus({ [FIRST]: 20 }, { driver: 'old' });
    await expect(read(await open(host, { resolution: 9 }))).rejects.toThrow(
      /expected a thermometer whose resolution can be set .*: leave resolution out$/,
    );
  });
});

describe('the address', () => {
  it('may be left out where there is one thermometer, and has to be chosen where there are several', async () => {
    const { host, files } = bus({ [SECOND]: 20, [FIRST]: 30 });
    await expect(open(host)).rejects.toThrow(
      `expected one thermometer on 1-Wire, found ${SECOND}, ${FIRST}: choose one of them as address`,
    );
    files.remove(SECOND);
    expect(await read(await open(host))).toBe(30);
    files.remove(FIRST);
    await expect(open(host)).rejects.toThrow(
      /^expected a thermometer on 1-Wire, found no thermometer at all: is the overlay on/,
    );
  });

  it('is found, with the bus that it is on', async () => {
    const { host } = bus({ [FIRST]: 20, [THIRD]: 30 }, { master: 'w1_bus_master2' });
    expect(await ds18b20.find?.(host)).toEqual([
      { options: { address: THIRD }, name: 'w1_b53f12', note: `${THIRD} on w1_bus_master2` },
      { options: { address: FIRST }, name: 'w1_794cff', note: `${FIRST} on w1_bus_master2` },
    ]);
  });

  it('is called by its whole address where another one ends alike', async () => {
    const alike = '10-000002794cff';
    const { host } = bus({ [FIRST]: 20, [alike]: 30 });
    expect((await ds18b20.find?.(host))?.map(({ name }) => name)).toEqual([
      'w1_10_000002794cff',
      'w1_28_0316a2794cff',
    ]);
    expect(ds18b20.channels(ds18b20.options.parse({ address: FIRST }))).toMatchObject([
      { serialNumber: FIRST },
    ]);
  });

  it.each(['28-0316A2794CFF', '28-0316a2794cf', '29-0316a2794cff', '../28-0316a2794cff'])(
    '%s is none',
    address => {
      expect(ds18b20.options.safeParse({ address }).success).toBe(false);
    },
  );
});

/** The text of `w1_slave` for eight bytes, after which comes their CRC. */
function slave(hex: string, address = FIRST): string {
  const bytes = hex.split(' ').map(byte => Number.parseInt(byte, 16));
  return slaveText([...bytes, crc8(bytes)], address);
}

describe("the kernel's own files", () => {
  const folder = `/sys/bus/w1/devices/w1_bus_master1/${FIRST}`;

  /** What is read of a thermometer whose `w1_slave` is this text. */
  async function readText(text: string) {
    const tree = await kernelTree({ [`${folder}/w1_slave`]: text });
    trees.push(tree);
    return read(await open(hostWith(tree.files)));
  }

  it('are read where they lie', async () => {
    expect(await readText(slave('57 01 4b 46 7f ff 09 10'))).toBe(21.4375);
    expect(await readText(slave('ff ff 4b 46 7f ff 01 10'))).toBe(-0.0625);
  });

  it('are an error, never a number, where they are empty, garbled or say what no such sensor can measure', async () => {
    for (const [text, message] of [
      ['', /expected a reading, found none: the sensor does not answer, or not with the right CRC/],
      ['\n', /expected a reading, found none/],
      ['20000\n', /expected nine bytes, their CRC and a temperature, found "20000\\n"/],
      ['t=20000\n', /expected nine bytes, their CRC and a temperature, found "t=20000\\n"/],
      [slave('90 01 4b 46 7f ff 10 10').slice(0, 30), /expected nine bytes/],
      [slave('10 f8 4b 46 7f ff 10 10'), /expected -55 to 125 degree_Celsius, found -127/],
      [slave('ff 07 4b 46 7f ff 0c 10'), /expected -55 to 125 degree_Celsius, found 127.9375/],
      [slave('50 05 4b 46 ff ff 0c 10'), /says after power-on/],
      [slave('50 05 4b 46 7f ff 0c 10'), /says after power-on/],
      [slave('00 00 00 00 00 00 00 00'), /held low/],
      [
        '6a 01 4b 46 7f ff 06 10 5e : crc=5d NO\n6a 01 4b 46 7f ff 06 10 5e t=22625\n',
        /expected bytes with the right CRC, found 6a 01 4b 46 7f ff 06 10 5e/,
      ],
    ] as const) {
      await expect(readText(text)).rejects.toThrow(message);
    }
  });

  it('are believed in their bytes, where a driver has a wrong sign', async () => {
    const text = slave('5e ff 4b 46 7f ff 02 10').replace(/t=.*/, 't=4085875');
    expect(await readText(text)).toBe(-10.125);
  });

  it('that the driver gives an error for are that error, with the place', async () => {
    const { host, files } = bus({ [FIRST]: 20 }, { driver: 'single' });
    const sensor = await open(host);
    Object.assign(files, { read: () => Promise.reject(missingFile(`${folder}/w1_slave`)) });
    await expect(read(sensor)).rejects.toThrow(`${FIRST} is no longer on w1_bus_master1`);
    Object.assign(files, {
      read: () => Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })),
    });
    await expect(read(sensor)).rejects.toThrow(`${folder}/w1_slave: EIO: i/o error, read`);
  });
});

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

describe('rows of a DS18B20', () => {
  it('go on without values while it is pulled out, and have values again when it is put back', async () => {
    const { host, files, chips, clock } = bus({ [FIRST]: 20, [SECOND]: 30 });
    const openers = [FIRST, SECOND].map(
      (address, index) => () => opensOn(host).openReopening(ds18b20, { address }, { name: `t${index}` }),
    );
    const events: string[] = [];
    const device = await openDevice({
      sensors: openers,
      interval: 2,
      clock,
      onEvent: event => events.push(`${event.kind} ${'sensor' in event ? event.sensor : ''}`),
    });
    const stop = new AbortController();
    const rows = device.rows(stop.signal);
    const before = await take(rows, 3);
    expect([column(before, 1), column(before, 2)]).toEqual([
      [20, 20, 20],
      [30, 30, 30],
    ]);
    const pulled = chips[FIRST]!;
    pulled.fault = 'gone';
    const gone = await take(rows, 2);
    files.remove(FIRST);
    const left = await take(rows, 2);
    expect([...column(gone, 1), ...column(left, 1)]).toEqual(Array(4).fill(Number.NaN));
    expect([...column(gone, 2), ...column(left, 2)]).toEqual(Array(4).fill(30));
    pulled.fault = undefined;
    files.attach(FIRST, pulled);
    const back = await take(rows, 40);
    expect(column(back, 1).at(-1)).toBe(20);
    expect(events).toEqual(['sensor-failing t0', 'sensor-back t0']);
    expect(device.sensors[0]).toMatchObject({ state: 'ok' });
    expect(device.sensors[0]!.failures).toBeGreaterThan(1);
    stop.abort();
    await device.close();
  });

  it('of eight thermometers that convert one after the other are full where the interval has room for them', async () => {
    const addresses = Array.from({ length: 8 }, (_, index) => `28-00000000000${index}`);
    const { host, clock, files } = bus(
      Object.fromEntries(addresses.map((address, index) => [address, 10 + index])),
      { writable: false },
    );
    const sensors = addresses.map(
      address => () => opensOn(host).openReopening(ds18b20, { address }, { name: `t${address.slice(-1)}` }),
    );
    const device = await openDevice({ sensors, interval: 8, clock });
    const rows = await take(device.rows(signal), 5);
    for (const index of addresses.keys()) {
      expect(column(rows, index + 1)).toEqual(Array(5).fill(10 + index));
      expect(device.sensors[index]).toMatchObject({
        state: 'ok',
        note: expect.stringContaining('one after the other'),
      });
    }
    expect(files.mostAtOnce).toBe(1);
    await device.close();
  });
});
