import { describe, expect, it } from 'vitest';
import { openDevice } from '../../../device/sampling/device.ts';
import { ds18b20 } from '../../../device/sensors/ds18b20.ts';
import { column, take } from '../fake-sensors.ts';
import { opensOn } from './opens.ts';
import { bus, FIRST, SECOND } from './w1-rig.ts';

const { signal } = new AbortController();

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
