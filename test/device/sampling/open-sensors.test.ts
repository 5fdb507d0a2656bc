import { describe, expect, it } from 'vitest';
import { openDevice } from '../../../device/sampling/device.ts';
import { FakeClock } from '../fake-clock.ts';
import { channel, deferred, opening, sensorOf } from '../fake-sensors.ts';
import { simulatedTmp36 } from '../known-sensors.ts';

describe('opening a device', () => {
  it('needs a sensor, and an interval and a step that make sense', async () => {
    const sensors = [simulatedTmp36({ seed: 1 })];
    await expect(openDevice({ sensors: [], interval: 1 })).rejects.toThrow(
      'expected at least one sensor, found none',
    );
    for (const interval of [-1, 0.0001, 1e6, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(openDevice({ sensors, interval })).rejects.toThrow(/^interval: expected .* found/);
    }
    for (const step of [0, -1, Number.NaN]) {
      await expect(openDevice({ sensors, interval: 0, step })).rejects.toThrow(/^step: expected .* found/);
    }
  });

  it('refuses channels that cannot stand in one Sequence, names them, and closes the sensors', async () => {
    let closed = 0;
    const close = async () => {
      closed++;
    };
    const named = (name: string, channelName: string) =>
      opening(sensorOf(name, () => [1], { channels: [channel(channelName)], close }));
    const refused = async (message: RegExp, ...sensors: ReturnType<typeof named>[]) => {
      closed = 0;
      await expect(openDevice({ sensors, interval: 1 })).rejects.toThrow(message);
      expect(closed).toBe(sensors.length);
    };
    await refused(
      /channel 'x': expected channels with different names, found it in sensor 'one' and in sensor 'two'/,
      named('one', 'x'),
      named('two', 'x'),
    );
    await refused(
      /expected sensors with different names, found two called 'one'/,
      named('one', 'x'),
      named('one', 'y'),
    );
    await refused(/channel 'time' of sensor 'one'/, named('one', 'time'));
    await refused(
      /channel '2nd place' of sensor 'one': expected a name of letters/,
      named('one', '2nd place'),
    );
  });

  it("fails with the sensor's own error and closes the sensors that did open", async () => {
    let closed = 0;
    const good = opening(
      sensorOf('good', () => [1], {
        close: async () => {
          closed++;
        },
      }),
    );
    const bad = async () => Promise.reject(new Error('/dev/i2c-1 is not there'));
    await expect(openDevice({ sensors: [good, bad], interval: 1 })).rejects.toThrow(
      /^\/dev\/i2c-1 is not there$/,
    );
    expect(closed).toBe(1);
    await expect(openDevice({ sensors: [bad, bad, bad], interval: 1 })).rejects.toThrow(
      '/dev/i2c-1 is not there (and 2 more sensors failed to open)',
    );
  });

  it('gives up a sensor that does not open within 10 s, and closes it if it opens later', async () => {
    let closedLate = false;
    const late = deferred<ReturnType<typeof sensorOf>>();
    const clock = new FakeClock();
    const before = clock.monotonic();
    const sensors = [simulatedTmp36({ seed: 1 }), () => late.promise];
    await expect(openDevice({ sensors, interval: 1, clock })).rejects.toThrow(
      'sensor 2 of 2 did not open within 10 s',
    );
    expect(clock.monotonic() - before).toBe(10);
    const closed = new Promise<void>(resolve => {
      late.resolve(
        sensorOf('late', () => [1], {
          close: async () => {
            closedLate = true;
            resolve();
          },
        }),
      );
    });
    await closed;
    expect(closedLate).toBe(true);
  });
});
