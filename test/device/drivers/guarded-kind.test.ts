import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contained, takeStray } from '../../../device/drivers/containment.ts';
import { DRIVER_TOOLS } from '../../../device/drivers/driver.ts';
import { FaultyKind } from '../../../device/drivers/faults.ts';
import { guardedKind } from '../../../device/drivers/guarded-kind.ts';
import { oneWire } from '../../../device/host/one-wire.ts';
import { serialQueues } from '../../../device/host/serial.ts';
import { type SensorHost, type SensorKind, simulatedHost } from '../../../device/kind.ts';
import { fileTree } from '../../../device/models/file-tree.ts';
import type { Reading, Sensor } from '../../../device/sensor.ts';
import { readOnce } from '../../../device/setup/read-once.ts';
import { FakeClock } from '../fake-clock.ts';
import { hostOf } from '../known-sensors.ts';

const CHANNELS = [{ name: 'depth', units: 'm', longName: 'Depth' }];
const NEVER = new AbortController();

/** A driver of another file each time. */
let count = 0;
const originOf = () => {
  count++;
  return { file: `/etc/mine-${count}.js`, url: `file:///etc/mine-${count}.js?version=1` };
};

/** What is wrong on purpose is of types that the contract does not have. */
const kindWith = (parts: object, origin = originOf()): SensorKind =>
  guardedKind(
    {
      name: 'mine',
      title: 'Mine',
      description: 'A sensor.',
      needs: ['files'],
      options: z.strictObject({}),
      channels: () => CHANNELS,
      conversionTime: () => 0,
      open: async () => ({ name: 'mine', channels: CHANNELS, read: async () => [1], close: async () => {} }),
      ...parts,
    },
    origin,
  );

describe('a kind that someone else wrote', () => {
  it('works as it was written, with `this`', async () => {
    const kind = kindWith({
      title: 'Tank',
      claims(this: SensorKind) {
        return [this.title];
      },
      async find(this: SensorKind) {
        return [{ options: {}, note: this.title }];
      },
    });
    expect(kind.channels({})).toBe(CHANNELS);
    expect(kind.claims?.({})).toEqual(['Tank']);
    expect(await kind.find?.(hostOf())).toEqual([{ options: {}, note: 'Tank' }]);
    const sensor = await kind.open({}, hostOf());
    expect(await sensor.read(NEVER)).toEqual([1]);
    await sensor.close();
  });

  it.each([
    [{ channels: () => [{ name: 'depth' }] }, 'channels[0].units: expected units in UDUNITS'],
    [
      {
        channels: () => {
          throw new Error('no table');
        },
      },
      'channels: expected an answer, found the error: no table',
    ],
  ])('is refused where its channels are wrong: %o', (parts, message) => {
    expect(() => kindWith(parts).channels({})).toThrow(FaultyKind);
    expect(() => kindWith(parts).channels({})).toThrow(message);
  });

  it('is refused where what opens is no sensor, and read no more than one number a channel', async () => {
    const once = (parts: object) => {
      const host = hostOf();
      return readOnce(() => kindWith(parts).open({}, host), host.clock);
    };
    expect(await once({ open: async () => undefined })).toEqual({
      error: 'open: expected a sensor, found nothing',
    });
    const gives = (reading: unknown) => ({
      open: () => ({ name: 'mine', channels: CHANNELS, read: () => reading, close: () => {} }),
    });
    expect(await once(gives([7]))).toEqual({ values: [7] });
    expect(await once(gives(Float32Array.of(0.5)))).toEqual({ values: [0.5] });
    expect(await once(gives([1, 2]))).toEqual({
      error: 'expected 1 values, one per channel, found 2 in the reading',
    });
    expect(await once(gives(undefined))).toEqual({
      error: 'expected 1 values, one per channel, found none in the reading',
    });
    // A column would make 0 of null, and a number of a text.
    expect(await once(gives([null]))).toEqual({ error: 'expected a number for depth, found nothing' });
    expect(await once(gives(['21.3']))).toEqual({ error: 'expected a number for depth, found "21.3"' });
  });

  it('never reads the machine in the name of a simulation that gives nothing', () => {
    const kind = kindWith({ simulate: () => undefined });
    expect(() => simulatedHost(kind, {}, hostOf())).toThrow(
      'simulate: expected an object of what takes the place',
    );
    expect(() => simulatedHost(kindWith({}), {}, hostOf())).toThrow('of the kind mine cannot be simulated');
  });

  it('finds nothing where its search fails, or gives what no configuration can say', async () => {
    const found = async (find: () => unknown) => kindWith({ find }).find?.(hostOf());
    expect(await found(() => Promise.reject(new Error('no bus')))).toEqual([]);
    expect(await found(() => 'everywhere')).toEqual([]);
    expect(await found(() => [{ options: { depth: 1 } }, { options: {} }])).toEqual([{ options: {} }]);
  });
});

/** A sensor that can be told to throw where nobody catches it, as a timer or a connection does. */
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

describe('an error that nobody catches', () => {
  it('is the failure of the reading under way, and of each until the sensor is opened anew', async () => {
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

  it('is known by its stack where it comes in nobody’s name', async () => {
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

  it('is no driver’s where neither says so', () => {
    const tell = () => expect.unreachable();
    expect(takeStray(new Error('ours'), tell)).toBe(false);
    expect(takeStray('a text', tell)).toBe(false);
  });

  it('may be anything that can be thrown', async () => {
    const { kind, origin } = strayingKind();
    const sensor = await kind.open({}, hostOf());
    const told: string[] = [];
    contained(origin, () => takeStray(Object.create(null), ({ error }) => told.push(error.message)));
    expect(told).toEqual(['an object']);
    await sensor.close();
  });

  it('is told of though it comes before there is a sensor, or after', async () => {
    const { kind, origin, told, stray } = strayingKind();
    const sensor = await kind.open({}, hostOf());
    await sensor.close();
    stray();
    await nextTurn();
    expect(told).toEqual([origin.file]);
    const before = await contained(origin, async () =>
      takeStray('rejected', given => told.push(given.error.message)),
    );
    expect([before, ...told]).toEqual([true, origin.file, 'rejected']);
  });

  it('ends an opening that would never end, and closes what opens too late', async () => {
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

describe('a driver that never answers', () => {
  const never = () => new Promise<never>(() => undefined);

  it('is given up when nobody waits for its reading any more, so that it can be opened anew', async () => {
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

  it('is given up at its opening after a minute, and closed should it open after all', async () => {
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
  ])('keeps %s from the sensors of others for %i s at most', async (name, seconds, read) => {
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
      `expected ${name} to be let go within ${seconds} s, found that its work has not ended`,
    );
    expect(await others).toBe(seconds);
    await sensor.close();
  });

  it('keeps no bus when it has been closed, nor its place in a queue', async () => {
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

describe('what a driver is given', () => {
  it('is enough for a chip on I2C and the model of it', async () => {
    const { z: zod, sensorKind, i2c } = DRIVER_TOOLS;
    const channels = [{ name: 'light', units: 'lx', longName: 'Illuminance' }];
    // BH1750: one word, most significant byte first, 1.2 counts a lux (ROHM datasheet, page 7).
    const bh1750 = guardedKind(
      sensorKind({
        name: 'bh1750',
        title: 'BH1750 light sensor',
        description: 'How bright it is.',
        needs: ['i2c'],
        options: zod.strictObject({ bus: i2c.busOption, address: i2c.addressOption(0x23, 0x5c, 0x23) }),
        channels: () => channels,
        conversionTime: () => 0.18,
        claims: i2c.claimsOf,
        open: (place, host) =>
          i2c.openI2cSensor({
            name: 'bh1750',
            channels,
            place,
            host,
            begin: async chip => {
              await chip.write(Uint8Array.of(0x10));
              return async context => {
                const [high = 0, low = 0] = await chip.read(2, context);
                return [((high << 8) | low) / 1.2];
              };
            },
          }),
        simulate: (place, host) =>
          i2c.hostWith({ write: () => true, read: () => Uint8Array.of(0x83, 0x90) }, place, host),
      }),
      originOf(),
    );
    const options = bh1750.options.parse({});
    expect(bh1750.claims?.(options)).toEqual(['i2c-1:0x23']);
    const sensor = await bh1750.open(options, simulatedHost(bh1750, options, hostOf()));
    expect(await sensor.read(NEVER)).toEqual([33_680 / 1.2]);
    await sensor.close();
  });
});
