import { describe, expect, it } from 'vitest';
import { type KernelFiles, refusedFile } from '../../../device/host/kernel-files.ts';
import { thermometerModel } from '../../../device/models/ds18s20.ts';
import { ds18b20 } from '../../../device/sensors/ds18b20.ts';
import { bus, FIRST, hostWith, open, read, SECOND } from './w1-rig.ts';

const { signal } = new AbortController();

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
    expect(sensor.note).toMatch(/^the thermometers on w1_bus_master1 convert one after the other/);
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

describe('the time in which all thermometers are read', () => {
  const EIGHT = Array.from({ length: 8 }, (_, index) => `28-00000000000${index}`);
  const DS28EA00 = '42-000000000001';

  it.each([
    ['eight that convert at once', EIGHT, {}],
    ['eight on a master without bulk conversion', EIGHT, { driver: 'single' }],
    ['eight of an old kernel', EIGHT, { driver: 'old' }],
    ['eight where this user may not write', EIGHT, { writable: false }],
    ['two DS28EA00 beside two others', [DS28EA00, '42-000000000002', FIRST, SECOND], {}],
    ['one', [FIRST], {}],
  ] as const)('is what their readings take: %s', async (_what, addresses, options) => {
    const { host, clock } = bus(Object.fromEntries(addresses.map(address => [address, 20])), options);
    const found = (await ds18b20.find?.(host)) ?? [];
    const sensors = await Promise.all(found.map(({ options }) => open(host, options)));
    const start = clock.monotonic();
    await Promise.all(sensors.map(read));
    const taken = clock.monotonic() - start;
    const expected = ds18b20.roundTime?.(found) ?? 0;
    expect(expected).toBeGreaterThanOrEqual(taken);
    expect(expected).toBeLessThan(1.25 * taken);
  });

  it('changes nothing: no conversion begins', async () => {
    const { host, files } = bus({ [FIRST]: 20, [SECOND]: 30 });
    await ds18b20.find?.(host);
    expect(files.conversions).toBe(0);
  });
});
