import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  channelFaults,
  claimFaults,
  conversionTimeFaults,
  faultLine,
  kindFaults,
  sensorFaults,
} from '../../../device/drivers/faults.ts';
import { SENSOR_KINDS } from '../../../device/sensors/catalogue.ts';

const KIND = {
  name: 'mine',
  title: 'Mine',
  description: 'A sensor.',
  needs: [],
  options: z.strictObject({}),
  channels: () => [],
  conversionTime: () => 0,
  open: () => undefined,
};

const CHANNEL = { name: 'depth', units: 'm', longName: 'Depth' };

const OWN_FIELDS = ['chip', 'isPushing', 'problemOf', 'roundTime'];

const lines = (faults: ReturnType<typeof kindFaults>) => faults.map(faultLine);

describe('the kind of a driver', () => {
  it('may be like each kind of the project', () => {
    for (const kind of SENSOR_KINDS) {
      const options = kind.options.parse(kind.example ?? {});
      // Kinds of drivers have none of these fields; `chip` is for the project's tests alone.
      const fields = Object.fromEntries(
        Object.entries(kind).filter(([field]) => !OWN_FIELDS.includes(field)),
      );
      expect([kind.name, kindFaults(fields)]).toEqual([kind.name, []]);
      expect([kind.name, channelFaults(kind.channels(options))]).toEqual([kind.name, []]);
      expect([kind.name, conversionTimeFaults(kind.conversionTime(options))]).toEqual([kind.name, []]);
      expect([kind.name, claimFaults(kind.claims?.(options) ?? [])]).toEqual([kind.name, []]);
    }
  });

  it('is refused with each field that it lacks', () => {
    expect(lines(kindFaults({}))).toEqual([
      'name: expected a name of at most 64 small letters, digits and -, beginning with a letter, found nothing',
      'title: expected a text that is not empty, found nothing',
      'description: expected a text that is not empty, found nothing',
      expect.stringMatching(/^needs: expected a list of some of kernel-files, .*, found nothing$/),
      'options: expected a schema of options, such as z.strictObject({ ... }), found nothing',
      'channels: expected a function of the options that gives the channels, found nothing',
      'conversionTime: expected a function of the options that gives seconds, found nothing',
      'open: expected a function of options and host that opens the sensor, found nothing',
    ]);
  });

  it.each([
    [{ name: 'Mine' }, /^name: .*, found "Mine"$/],
    [{ title: ' ' }, /^title: .*, found " "$/],
    [{ needs: ['i2c', 'spi'] }, /^needs: expected a list of some of .*, found \["i2c","spi"\]$/],
    [{ options: { path: 'text' } }, /^options: expected a schema.*, found an object$/],
    [{ options: z.string() }, /^options: /],
    [{ channels: [CHANNEL] }, /^channels: expected a function.*, found a list of 1$/],
    [{ conversionTime: 0.1 }, /^conversionTime: expected a function.*, found 0\.1$/],
    [{ open: Promise.resolve() }, /^open: expected a function.*, found a promise$/],
    [{ simulate: true }, /^simulate: expected a function.*, found true$/],
    [{ find: [] }, /^find: /],
    [{ claims: 'gpio17' }, /^claims: /],
    [{ example: [] }, /^example: /],
    [{ simulat: () => ({}) }, /^simulat: expected one of the fields name, .*, found "simulat"$/],
  ])('is refused with the field that is wrong: %o', (wrong, line) => {
    expect(lines(kindFaults({ ...KIND, ...wrong }))).toEqual([expect.stringMatching(line)]);
  });

  it.each([
    [undefined, 'nothing'],
    [5, '5'],
    ['kind', '"kind"'],
    [[KIND], 'a list of 1'],
    [() => KIND, 'a function'],
  ])('has to be one: %o', (kind, found) =>
    expect(lines(kindFaults(kind))).toEqual([`expected a sensor kind, found ${found}`]),
  );

  it('is refused with the name of another kind, or with options that every sensor has', () => {
    const kind = { ...KIND, options: z.object({ name: z.string(), path: z.string() }) };
    expect(lines(kindFaults(kind, { names: ['mine'], keys: ['name', 'channels'] }))).toEqual([
      'name: expected a name that no built-in kind has, found "mine"',
      'options.name: expected another name for the option, found a key of every sensor',
    ]);
  });
});

describe('the results of its functions', () => {
  it.each([
    [[], 'channels: expected a list of one channel or more, found an empty list'],
    [Promise.resolve([CHANNEL]), 'channels: expected a list of one channel or more, found a promise'],
    [['depth'], 'channels[0]: expected a channel, found "depth"'],
    [
      [{ ...CHANNEL, name: 'a-b' }],
      'channels[0].name: expected a name of at most 64 letters, digits and _, not beginning with a digit, found "a-b"',
    ],
    [[CHANNEL, CHANNEL], 'channels[1].name: expected a name that no other channel has, found "depth"'],
    [
      [{ ...CHANNEL, units: '°C' }],
      'channels[0].units: expected units in UDUNITS spelling, such as degree_Celsius, hPa, m s-1 or 1, found "°C"',
    ],
    [
      [{ ...CHANNEL, longName: undefined }],
      'channels[0].longName: expected a text that is not empty, found nothing',
    ],
    [
      [{ ...CHANNEL, type: 'Float16' }],
      'channels[0].type: expected one of Float64, Float32, Int32, UInt32, found "Float16"',
    ],
    [
      [{ ...CHANNEL, standardName: 'Sea depth' }],
      'channels[0].standardName: expected a name of the CF standard name table, such as air_temperature, found "Sea depth"',
    ],
    [
      [{ ...CHANNEL, validRange: [10, 0] }],
      'channels[0].validRange: expected a list of two numbers, the lower one first, found [10,0]',
    ],
    [[{ ...CHANNEL, resolution: 0 }], 'channels[0].resolution: expected a number above 0, found 0'],
    [
      [{ ...CHANNEL, unit: 'm' }],
      'channels[0].unit: expected one of the fields name, type, units, longName, standardName, validRange, resolution, serialNumber, found "unit"',
    ],
  ])('are refused as channels: %o', (channels, line) => {
    expect(lines(channelFaults(channels))).toEqual([line]);
  });

  it('are refused as the time of a conversion, as claims and as a sensor', () => {
    expect(lines(conversionTimeFaults('1 s'))).toEqual([
      'conversionTime: expected seconds, 0 or more, found "1 s"',
    ]);
    expect(lines(conversionTimeFaults(-1))).toEqual([
      'conversionTime: expected seconds, 0 or more, found -1',
    ]);
    expect(lines(conversionTimeFaults(Number.NaN))).toHaveLength(1);
    expect(lines(claimFaults([17]))).toEqual([
      'claims: expected a list of texts, such as ["i2c-1:0x48"], found [17]',
    ]);
    expect(lines(sensorFaults(undefined))).toEqual(['open: expected a sensor, found nothing']);
    expect(lines(sensorFaults({ name: 'a', channels: [], read: 5, helper: 1 }))).toEqual([
      'open.read: expected a function that gives one number a channel, found 5',
      'open.close: expected a function that gives back what the sensor holds, found nothing',
    ]);
  });
});
