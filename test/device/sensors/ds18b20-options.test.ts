import { describe, expect, it } from 'vitest';
import { ds18b20 } from '../../../device/sensors/ds18b20.ts';
import { bus, FIRST, open, read, SECOND, THIRD } from './w1-rig.ts';

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
      {
        options: { address: THIRD },
        name: 'w1_b53f12',
        title: 'DS18S20 ...3f12',
        note: `${THIRD} on w1_bus_master2`,
        convertsWith: 'w1_bus_master2',
      },
      {
        options: { address: FIRST },
        name: 'w1_794cff',
        title: 'DS18B20 ...4cff',
        note: `${FIRST} on w1_bus_master2`,
        convertsWith: 'w1_bus_master2',
      },
    ]);
  });

  it('is called by its whole address where another one ends alike', async () => {
    const alike = '10-000002794cff';
    const { host } = bus({ [FIRST]: 20, [alike]: 30 });
    expect((await ds18b20.find?.(host))?.map(({ name }) => name)).toEqual([
      'w1_10_000002794cff',
      'w1_28_0316a2794cff',
    ]);
    expect((await ds18b20.find?.(host))?.map(({ title }) => title)).toEqual([
      'DS18S20 ...000002794cff',
      'DS18B20 ...0316a2794cff',
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
