import { afterEach, describe, expect, it } from 'vitest';
import { oneWire } from '../../../device/buses/one-wire.ts';
import { serialQueues } from '../../../device/buses/serial.ts';
import { setUpSensor } from '../../../device/column-setup.ts';
import { openDevice } from '../../../device/device.ts';
import { type KernelFiles, missingFile, refusedFile } from '../../../device/kernel-files.ts';
import { lasting } from '../../../device/lasting-sensor.ts';
import { Ds18b20Model } from '../../../device/models/ds18b20.ts';
import { W1ThermModel, type W1ThermOptions } from '../../../device/models/w1-therm.ts';
import { openerOf } from '../../../device/opened-setup.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { ds18b20 } from '../../../device/sensors/ds18b20.ts';
import { FakeClock } from '../fake-clock.ts';
import { column, take } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { type KernelTree, kernelTree } from './kernel-tree.ts';

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
    [...places.keys()].map(address => [address, new Ds18b20Model(() => places.get(address)!)]),
  );
  const clock = new FakeClock();
  const files = new W1ThermModel({ chips, clock, ...options });
  return { chips, clock, files, host: hostWith(files, clock), places };
}

const { signal } = new AbortController();
const read = async (sensor: Sensor) => (await sensor.read(signal))[0];
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
    const before = files.conversions;
    await expect(read(sensor)).rejects.toThrow(
      `${FIRST}: expected a measured temperature, found 85 degree_Celsius, which it says after power-on: it loses its supply`,
    );
    expect(files.conversions).toBeGreaterThan(before);
    chips[FIRST]!.fault = undefined;
    expect(await read(sensor)).toBe(85);
  });

  it('gives a true 0 deg C, and not the zeros of a line that is held low', async () => {
    const { host, chips } = bus({ [FIRST]: 0 }, { driver });
    const sensor = await open(host);
    expect(await read(sensor)).toBe(0);
    chips[FIRST]!.fault = 'held-low';
    await expect(read(sensor)).rejects.toThrow(
      `${FIRST}: expected a reading, found only zeros: the data line is held low`,
    );
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
    const [kept, givenUp] = [read(first), second.read(stop.signal)];
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
      { options: { address: THIRD }, name: 'w1_10_000802b53f12', note: `${THIRD} on w1_bus_master2` },
      { options: { address: FIRST }, name: 'w1_28_0316a2794cff', note: `${FIRST} on w1_bus_master2` },
    ]);
  });

  it.each(['28-0316A2794CFF', '28-0316a2794cf', '29-0316a2794cff', '../28-0316a2794cff'])(
    '%s is none',
    address => {
      expect(ds18b20.options.safeParse({ address }).success).toBe(false);
    },
  );
});

describe("the kernel's own files", () => {
  async function treeOf(texts: Readonly<Record<string, string>>) {
    const tree = await kernelTree(texts);
    trees.push(tree);
    return tree;
  }
  const folder = `/sys/bus/w1/devices/w1_bus_master1/${FIRST}`;

  it('are read where they lie', async () => {
    const tree = await treeOf({ [`${folder}/temperature`]: '21437\n' });
    expect(await read(await open(hostWith(tree.files)))).toBe(21.4375);
    await tree.write(`${folder}/temperature`, '-62\n');
    expect(await read(await open(hostWith(tree.files)))).toBe(-0.0625);
  });

  it('are an error, never a number, where they are empty, garbled or say what no such sensor can measure', async () => {
    const tree = await treeOf({ [`${folder}/temperature`]: '20000\n' });
    const sensor = await open(hostWith(tree.files));
    for (const [text, message] of [
      ['', /expected a reading, found none/],
      ['\n', /expected a reading, found none/],
      ['warm', /expected a temperature in millidegrees, found "warm"/],
      ['20.5', /expected a temperature in millidegrees/],
      ['-127000\n', /expected -55 to 125 degree_Celsius, found -127/],
      ['127937\n', /expected -55 to 125 degree_Celsius, found 127.937/],
    ] as const) {
      await tree.write(`${folder}/temperature`, text);
      await expect(read(sensor)).rejects.toThrow(message);
    }
  });

  it('of an old kernel are read with their CRC line', async () => {
    const tree = await treeOf({
      [`${folder}/w1_slave`]: '50 05 4b 46 7f ff 00 10 1c : crc=1c YES\n50 05 4b 46 7f ff 00 10 1c t=85000\n',
    });
    const sensor = await open(hostWith(tree.files));
    expect(await read(sensor)).toBe(85);
    for (const [text, message] of [
      [
        '6a 01 4b 46 7f ff 06 10 5e : crc=5d NO\n6a 01 4b 46 7f ff 06 10 5e t=22625\n',
        /expected bytes with the right CRC/,
      ],
      [
        '50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n',
        /says after power-on/,
      ],
      ['00 00 00 00 00 00 00 00 00 : crc=00 YES\n00 00 00 00 00 00 00 00 00 t=0\n', /held low/],
      ['t=20000\n', /expected nine bytes, their CRC and a temperature, found "t=20000\\n"/],
      ['', /expected a reading, found none/],
    ] as const) {
      await tree.write(`${folder}/w1_slave`, text);
      await expect(read(sensor)).rejects.toThrow(message);
    }
  });

  it('that the driver gives an error for are that error', async () => {
    const { host, files } = bus({ [FIRST]: 20 }, { driver: 'single' });
    const sensor = await open(host);
    Object.assign(files, { read: () => Promise.reject(missingFile(`${folder}/temperature`)) });
    await expect(read(sensor)).rejects.toThrow(`${FIRST} is no longer on w1_bus_master1`);
    Object.assign(files, {
      read: () => Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })),
    });
    await expect(read(sensor)).rejects.toThrow('EIO: i/o error, read');
  });
});

describe('rows of a DS18B20', () => {
  it('go on without values while it is pulled out, and have values again when it is put back', async () => {
    const { host, files, chips, clock } = bus({ [FIRST]: 20, [SECOND]: 30 });
    const openers = [FIRST, SECOND].map((address, index) => {
      const setup = setUpSensor(ds18b20, { address }, { name: `t${index}` });
      const columns = setup.columns.map(({ column }) => column);
      return lasting(openerOf(setup, host, false), setup.name, columns, clock);
    });
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
});
