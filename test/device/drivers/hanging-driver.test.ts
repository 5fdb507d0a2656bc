import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { oneWire } from '../../../device/host/one-wire.ts';
import { serialQueues } from '../../../device/host/serial.ts';
import type { SensorHost } from '../../../device/kind.ts';
import { fileTree } from '../../../device/models/file-tree.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { FakeClock } from '../fake-clock.ts';
import { hostOf } from '../known-sensors.ts';
import { CHANNELS, kindWith, NEVER } from './driver-rig.ts';

describe('a driver that never answers', () => {
  const never = () => new Promise<never>(() => undefined);

  it('is given up when its reading is aborted, so that it can be opened anew', async () => {
    let reads = 0;
    const kind = kindWith({
      open: async () => ({
        name: 'mine',
        channels: CHANNELS,
        read: () => (++reads === 1 ? never() : Promise.resolve([reads])),
        close: async () => {},
      }),
    });
    const sensor = await kind.open({}, hostOf());
    const stop = new AbortController();
    const reading = sensor.read(stop);
    stop.abort(new Error('too late'));
    await expect(reading).rejects.toThrow('too late');
    expect(await sensor.read(NEVER)).toEqual([2]);
    await sensor.close();
  });

  it('is given up after a minute of opening, and closed if it opens later', async () => {
    const clock = new FakeClock();
    const before = clock.monotonic();
    let opened: ((sensor: Sensor) => void) | undefined;
    let isClosed = false;
    const kind = kindWith({
      open: () =>
        new Promise<Sensor>(resolve => {
          opened = resolve;
        }),
    });
    await expect(kind.open({}, hostOf({ clock }))).rejects.toThrow(
      'open: expected a sensor within 60 s, found none',
    );
    expect(clock.monotonic() - before).toBe(60);
    const close = async () => {
      isClosed = true;
    };
    opened?.({ name: 'mine', channels: CHANNELS, read: async () => [1], close });
    await nextTurn();
    expect(isClosed).toBe(true);
    expect(clock.sleepers).toBe(0);
  });

  it.each([
    ['i2c-1', 10, ({ buses: { serial } }: SensorHost) => serial('i2c-1', () => serial('i2c-1', never))],
    ['i2c-1:0x48', 60, ({ buses: { serial } }: SensorHost) => serial('i2c-1:0x48', never)],
    ['1-wire', 10, ({ oneWire: bus }: SensorHost) => bus.alone(never, NEVER)],
  ])('blocks %s for other sensors for %i s at most', async (name, seconds, read) => {
    const clock = new FakeClock();
    const serial = serialQueues();
    const files = fileTree({});
    const host = hostOf({ clock, files, buses: { serial }, oneWire: oneWire({ files, serial, clock }) });
    const before = clock.monotonic();
    const kind = kindWith({
      open: async (_options: unknown, given: SensorHost) => ({
        name: 'mine',
        channels: CHANNELS,
        read: () => read(given),
        close: async () => {},
      }),
    });
    const sensor = await kind.open({}, host);
    const reading = sensor.read(NEVER);
    const others = serial(name, async () => clock.monotonic() - before);
    await expect(reading).rejects.toThrow(
      `expected work on ${name} to end within ${seconds} s, found that it has not`,
    );
    expect(await others).toBe(seconds);
    await sensor.close();
  });

  it('holds neither a bus nor a place in a queue after it was closed', async () => {
    const { buses } = hostOf();
    const { serial } = buses;
    let begun = 0;
    const kind = kindWith({
      open: async (_options: unknown, given: SensorHost) => ({
        name: 'mine',
        channels: CHANNELS,
        read: () =>
          given.buses.serial('i2c-1', () => {
            begun++;
            return never();
          }),
        close: async () => {},
      }),
    });
    const sensor = await kind.open({}, hostOf({ buses }));
    const readings = Promise.allSettled([sensor.read(NEVER), sensor.read(NEVER)]);
    const others = serial('i2c-1', async () => begun);
    await sensor.close();
    expect(await others).toBe(1);
    expect((await readings).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
