import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SimulatedGpio } from '../../../device/host/gpio/gpio-simulated.ts';
import { simulatedI2c } from '../../../device/host/i2c/i2c-simulated.ts';
import { oneWire } from '../../../device/host/one-wire.ts';
import {
  type Need,
  type SensorHost,
  type SensorKind,
  simulatedHost,
  usualOptions,
} from '../../../device/kind.ts';
import { fileTree } from '../../../device/models/file-tree.ts';
import { SENSOR_KINDS } from '../../../device/sensors/catalogue.ts';
import { setUpSensor } from '../../../device/setup/column-setup.ts';
import { sensorOpener } from '../../../device/setup/sensor-opener.ts';
import { importsOf, textOf } from '../../sources.ts';
import { FakeClock } from '../fake-clock.ts';
import { valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { cornerFile, cornersOf, trials } from './corner-options.ts';
import { type KernelTree, kernelTree } from './kernel-tree.ts';

/** The standard names here with their canonical units, as in the CF Standard Name Table. */
const STANDARD_NAMES = new Map([
  ['air_temperature', 'K'],
  ['air_pressure', 'Pa'],
  ['relative_humidity', '1'],
]);

/** What each need of the kinds here is reached through. */
const PART_OF: Readonly<Partial<Record<Need, keyof SensorHost>>> = {
  'kernel-files': 'files',
  '1-wire': 'oneWire',
  i2c: 'i2c',
  gpio: 'gpio',
  iio: 'files',
  network: 'mqtt',
};

const SEEDS = [0, 1, 2013, 4_294_967_295];

/** A machine that has nothing: no file, no bus, no chip. */
function emptyHost(seed = 1, clock = new FakeClock()): SensorHost {
  const host = hostOf({ clock, seed, files: fileTree({}) });
  const { files, buses } = host;
  return {
    ...host,
    i2c: simulatedI2c([], { clock, serial: buses.serial }),
    oneWire: oneWire({ files, serial: buses.serial, clock }),
    gpio: new SimulatedGpio({ clock }).lines,
  };
}

/** Three readings of a simulated sensor, a second or a conversion apart, on a machine that has nothing itself. */
async function simulated(
  kind: SensorKind,
  options: Readonly<Record<string, unknown>>,
  seed: number,
): Promise<readonly (readonly number[])[]> {
  const clock = new FakeClock();
  const sensor = await sensorOpener(setUpSensor(kind, options), emptyHost(seed, clock), true)();
  const readings: number[][] = [];
  for (let read = 0; read < 3; read++) {
    clock.pass(Math.max(1, kind.conversionTime(options)));
    readings.push(await valuesOf(sensor));
  }
  await sensor.close();
  return readings;
}

it('no two kinds have one name', () => {
  const names = SENSOR_KINDS.map(({ name }) => name);
  expect([...new Set(names)]).toEqual(names);
});

describe.each(SENSOR_KINDS.map(kind => [kind.name, kind] as const))('the kind %s', (name, kind) => {
  let tree: KernelTree;
  beforeEach(async () => {
    tree = await kernelTree({});
  });
  afterEach(() => tree.dispose());

  it('tells what it is and what each of its options means', () => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(kind.title).toMatch(/^[A-Z1].*[^.]$/);
    expect(kind.description).toMatch(/\.$/);
    const { properties = {}, additionalProperties } = z.toJSONSchema(kind.options, { io: 'input' });
    expect(additionalProperties, 'a strict object').toBe(false);
    for (const [option, schema] of Object.entries(properties)) {
      expect([option, typeof schema === 'object' && schema.description]).toEqual([
        option,
        expect.stringMatching(/\.$/),
      ]);
    }
    if (Object.keys(properties).length === 0) return;
    expect(cornersOf(kind), `write its options at their limits into ${cornerFile(kind)}`).not.toEqual([]);
  });

  it('takes its example as it is, where it has one, and what it does not know never', () => {
    if (kind.example !== undefined) expect(kind.options.safeParse(kind.example).success).toBe(true);
    expect(kind.options.safeParse({ ...kind.example, sttep: 1 }).success).toBe(false);
  });

  it('describes channels that a Sequence and CF understand, without opening anything', () => {
    for (const options of trials(kind)) {
      const channels = kind.channels(options);
      expect(channels.length).toBeGreaterThan(0);
      for (const { name: channel, units, longName, ...more } of channels) {
        const { validRange = [0, 1], resolution = 1, standardName } = more;
        expect(channel).toMatch(/^[A-Za-z][A-Za-z0-9_]*$/);
        // The columns of a dataset begin with it.
        expect(channel).not.toBe('time');
        expect(units).toMatch(/\S/);
        expect(longName).toMatch(/^[A-Z]\S*( \S+)*$/);
        expect(validRange[0]).toBeLessThan(validRange[1]);
        expect(resolution).toBeGreaterThan(0);
        if (standardName !== undefined) expect([...STANDARD_NAMES.keys()]).toContain(standardName);
      }
      expect(new Set(channels.map(channel => channel.name)).size).toBe(channels.length);
      expect(kind.channels(options), 'the same when asked again').toEqual(channels);
    }
  });

  it('says how long a reading takes, and what it holds', () => {
    for (const options of trials(kind)) {
      const takes = kind.conversionTime(options);
      expect(takes).toBeGreaterThanOrEqual(0);
      expect(takes).toBeLessThan(10);
      const claims = kind.claims?.(options) ?? [];
      expect(new Set(claims).size).toBe(claims.length);
      const { bus, address, pin } = options;
      if (kind.needs.includes('i2c')) {
        expect(claims).toEqual([`i2c-${bus}:0x${Number(address).toString(16).padStart(2, '0')}`]);
      } else if (pin !== undefined) {
        expect(claims).toEqual([`gpio${pin}`]);
      } else if (kind.needs.includes('gpio')) {
        for (const claim of claims) expect(claim).toMatch(/^gpio\d+$/);
        expect(claims.length).toBeGreaterThan(1);
      } else if (kind.needs.includes('1-wire') && address !== undefined) {
        expect(claims.join()).toContain(address);
      }
    }
  });

  it('puts a model in the place of all that it needs, and of nothing else', () => {
    const wanted = new Set<string>(kind.needs.map(need => PART_OF[need] ?? need));
    // The folders of thermometers are files too.
    if (wanted.has('oneWire')) wanted.add('files');
    const put = Object.keys(kind.simulate?.(usualOptions(kind), emptyHost()) ?? {});
    expect(new Set(put)).toEqual(wanted);
  });

  it('is simulated on a machine that has nothing: values within their ranges, the same ones for a seed', async () => {
    for (const options of trials(kind)) {
      const channels = kind.channels(options);
      for (const seed of SEEDS) {
        const readings = await simulated(kind, options, seed);
        expect(readings.map(({ length }) => length)).toEqual([0, 1, 2].map(() => channels.length));
        for (const reading of readings) {
          for (const [index, { name: channel, validRange }] of channels.entries()) {
            const value = reading[index];
            const told = `${channel} of ${JSON.stringify(options)}, seed ${seed}: ${value}`;
            expect(value, told).toSatisfy(Number.isFinite);
            expect(value, told).toBeGreaterThanOrEqual(validRange?.[0] ?? Number.NEGATIVE_INFINITY);
            expect(value, told).toBeLessThanOrEqual(validRange?.[1] ?? Number.POSITIVE_INFINITY);
          }
        }
        expect(await simulated(kind, options, seed)).toEqual(readings);
      }
    }
  });

  it('is opened with the channels that it has told', async () => {
    for (const options of trials(kind)) {
      const host = emptyHost();
      const sensor = await kind.open(options, simulatedHost(kind, options, host));
      expect(sensor.channels).toEqual(kind.channels(options));
      await sensor.close();
    }
  });

  it('is found where it is simulated, with options that lead to it', async () => {
    if (kind.find === undefined) return;
    const host = simulatedHost(kind, usualOptions(kind), emptyHost());
    const found = await kind.find(host);
    expect(found.length).toBeGreaterThan(0);
    for (const { options, name: called } of found) {
      if (called !== undefined) expect(called).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
      const sensor = await kind.open(kind.options.parse(options), host);
      const reading = await valuesOf(sensor);
      expect(reading).toHaveLength(sensor.channels.length);
      expect(reading.some(Number.isFinite)).toBe(true);
      await sensor.close();
    }
  });

  it('is not found on a machine that has nothing, or whose every answer is an error', async () => {
    if (kind.find === undefined) return;
    expect(await kind.find(emptyHost())).toEqual([]);
    expect(await kind.find({ ...emptyHost(), files: tree.files })).toEqual([]);
    const broken = () => Promise.reject(new Error('EIO: i/o error'));
    const host: SensorHost = {
      ...emptyHost(),
      files: { read: broken, write: broken, list: broken },
      i2c: { list: async () => [{ number: 1, controller: '' }], open: broken },
      gpio: { input: broken, output: broken },
    };
    const { files, clock, buses } = host;
    expect(await kind.find({ ...host, oneWire: oneWire({ files, serial: buses.serial, clock }) })).toEqual(
      [],
    );
  });
});

/** What models have in common: no chip of its own. */
const SHARED = ['file-tree', 'quantity', 'word-registers'].map(name => `device/models/${name}.ts`);

describe('every chip', () => {
  const onWires = SENSOR_KINDS.filter(({ needs }) =>
    needs.some(need => need !== 'kernel-files' && need !== 'iio'),
  );
  const files = importedBy('device/sensors/catalogue.ts');

  it.each(onWires.map(({ name }) => name))('%s has a model in device/models', name => {
    const [file = ''] = files.filter(path => textOf(path).includes(`name: '${name}',`));
    expect(file).toMatch(/^device\/sensors\//);
    const models = withAllImported([file]).filter(path => path.startsWith('device/models/'));
    expect(models.filter(model => !SHARED.includes(model))).not.toEqual([]);
  });
});

function importedBy(file: string): readonly string[] {
  return importsOf(file).flatMap(item => (item.kind === 'file' ? [item.path] : []));
}

/** These files, and all of device/sensors and device/models that they are made of. */
function withAllImported(files: readonly string[]): readonly string[] {
  const found = new Set(files);
  for (const file of found) {
    for (const path of importedBy(file)) {
      if (/^device\/(sensors|models)\//.test(path)) found.add(path);
    }
  }
  return [...found];
}
