import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runContained, takeStray } from '../../../device/drivers/containment.ts';
import type { Reading, Sensor } from '../../../device/sensor.ts';
import { hostOf } from '../known-sensors.ts';
import { CHANNELS, kindWith, NEVER, originOf } from './driver-rig.ts';

/** A driver's sensor that throws an uncaught error on demand, as a timer or a connection does. */
function strayingKind() {
  const origin = originOf();
  let throwNow: (() => void) | undefined;
  let answer: ((reading: Reading) => void) | undefined;
  const kind = kindWith(
    {
      open: async (): Promise<Sensor> => {
        // Called from elsewhere, it runs in the name of the sensor all the same.
        let go: () => void = () => undefined;
        const gone = new Promise<void>(resolve => {
          go = resolve;
        });
        throwNow = go;
        void gone.then(() => takeStray(new Error('connection lost'), stray => told.push(stray.file)));
        return {
          name: 'mine',
          channels: CHANNELS,
          read: () =>
            new Promise<Reading>(resolve => {
              answer = resolve;
            }),
          close: async () => {},
        };
      },
    },
    origin,
  );
  const told: string[] = [];
  return { kind, origin, told, stray: () => throwNow?.(), answer: (reading: Reading) => answer?.(reading) };
}

describe('an uncaught error of a driver', () => {
  it('fails the current reading, and each reading until the sensor is opened anew', async () => {
    const { kind, origin, told, stray, answer } = strayingKind();
    const sensor = await kind.open({}, hostOf());
    const message = 'an error that the driver did not catch: connection lost';
    const reading = sensor.read(NEVER);
    stray();
    await expect(reading).rejects.toThrow(message);
    await expect(sensor.read(NEVER)).rejects.toThrow(message);
    expect(told).toEqual([origin.file]);
    await sensor.close();

    const again = await kind.open({}, hostOf());
    const next = again.read(NEVER);
    await nextTurn();
    answer([3]);
    expect(await next).toEqual([3]);
    await again.close();
  });

  it('is recognised by its stack outside the driver’s context', async () => {
    const origin = originOf();
    const [one, other] = [kindWith({}, origin), kindWith({})];
    const sensors = [await one.open({}, hostOf()), await other.open({}, hostOf())];
    const error = new Error('lost');
    error.stack = `Error: lost\n    at tick (${origin.url}:3:9)`;
    const told: string[] = [];
    expect(takeStray(error, stray => told.push(stray.file))).toBe(true);
    expect(told).toEqual([origin.file]);
    await expect(sensors[0]?.read(NEVER)).rejects.toThrow('lost');
    expect(await sensors[1]?.read(NEVER)).toEqual([1]);
    for (const sensor of sensors) await sensor.close();
  });

  it('is not recognised without context and stack', () => {
    const tell = () => expect.unreachable();
    expect(takeStray(new Error('ours'), tell)).toBe(false);
    expect(takeStray('a text', tell)).toBe(false);
  });

  it('may be anything that can be thrown', async () => {
    const { kind, origin } = strayingKind();
    const sensor = await kind.open({}, hostOf());
    const told: string[] = [];
    runContained(origin, () => takeStray(Object.create(null), ({ error }) => told.push(error.message)));
    expect(told).toEqual(['an object']);
    await sensor.close();
  });

  it('is reported also before the sensor is open and after it is closed', async () => {
    const { kind, origin, told, stray } = strayingKind();
    const sensor = await kind.open({}, hostOf());
    await sensor.close();
    stray();
    await nextTurn();
    expect(told).toEqual([origin.file]);
    const before = await runContained(origin, async () =>
      takeStray('rejected', given => told.push(given.error.message)),
    );
    expect([before, ...told]).toEqual([true, origin.file, 'rejected']);
  });

  it('ends an opening that hangs, and the sensor is closed if it opens later', async () => {
    let opened: ((sensor: Sensor) => void) | undefined;
    let isClosed = false;
    const origin = originOf();
    const kind = kindWith(
      {
        open: () => {
          void nextTurn().then(() => takeStray(new Error('refused'), () => undefined));
          return new Promise<Sensor>(resolve => {
            opened = resolve;
          });
        },
      },
      origin,
    );
    await expect(kind.open({}, hostOf())).rejects.toThrow('refused');
    const close = async () => {
      isClosed = true;
    };
    opened?.({ name: 'mine', channels: CHANNELS, read: async () => [1], close });
    await nextTurn();
    expect(isClosed).toBe(true);
  });
});
