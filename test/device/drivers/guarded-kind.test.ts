import { describe, expect, it } from 'vitest';
import { DRIVER_TOOLS } from '../../../device/drivers/driver.ts';
import { FaultyKind } from '../../../device/drivers/faults.ts';
import { guardedKind } from '../../../device/drivers/guarded-kind.ts';
import { type SensorKind, simulatedHost } from '../../../device/kind.ts';
import { readOnce } from '../../../device/setup/read-once.ts';
import { hostOf } from '../known-sensors.ts';
import { CHANNELS, kindWith, NEVER, originOf } from './driver-rig.ts';

describe('the kind of a driver', () => {
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

  it('is refused if it opens no sensor, or if its reading has not one number per channel', async () => {
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
      error: 'expected 1 value, one per channel, found 2 in the reading',
    });
    expect(await once(gives(undefined))).toEqual({
      error: 'expected 1 value, one per channel, found none in the reading',
    });
    // A column would make 0 of null, and a number of a text.
    expect(await once(gives([null]))).toEqual({ error: 'expected a number for depth, found nothing' });
    expect(await once(gives(['21.3']))).toEqual({ error: 'expected a number for depth, found "21.3"' });
  });

  it('refuses a simulation that replaces nothing, and does not read the machine instead', () => {
    const kind = kindWith({ simulate: () => undefined });
    expect(() => simulatedHost(kind, {}, hostOf())).toThrow(
      'simulate: expected an object that replaces parts of the host',
    );
    expect(() => simulatedHost(kindWith({}), {}, hostOf())).toThrow('of the kind mine cannot be simulated');
  });

  it('finds nothing if its search fails, or if it finds options that the schema refuses', async () => {
    const found = async (find: () => unknown) => kindWith({ find }).find?.(hostOf());
    expect(await found(() => Promise.reject(new Error('no bus')))).toEqual([]);
    expect(await found(() => 'everywhere')).toEqual([]);
    expect(await found(() => [{ options: { depth: 1 } }, { options: {} }])).toEqual([{ options: {} }]);
  });
});

describe('the tools of a driver', () => {
  it('are enough for a chip on I2C and its model', async () => {
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
