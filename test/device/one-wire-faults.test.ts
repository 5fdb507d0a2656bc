import { describe, expect, it } from 'vitest';
import type { SensorKind } from '../../device/kind.ts';
import type { Ds18b20Fault } from '../../device/models/ds18b20.ts';
import { thermometerModel } from '../../device/models/ds18s20.ts';
import type { W1ThermOptions } from '../../device/models/w1-therm.ts';
import { column, take } from './fake-sensors.ts';
import { FILE_FAULTS, type FileFault } from './faults/faulty-files.ts';
import { kindsThatNeed } from './faults/kinds.ts';
import { ADDRESS, BULK, MASTER, ONE_WIRE_SENSORS, thermometerBus } from './faults/one-wire-buses.ts';
import { about, expectToOutlast, streaming } from './faults/outage.ts';
import { opensOn } from './sensors/opens.ts';

const KINDS = kindsThatNeed('1-wire');
const DRIVERS = ['bulk', 'single', 'old'] as const;
const OTHER = '28-0316a2790000';
const SLAVE = `${MASTER}/${ADDRESS}/w1_slave`;
const CELSIUS = 21.4375;
const isRight = about(CELSIUS, 0);

/** What may be the matter with a thermometer, and what is said of it. */
const CHIP_FAULTS: Readonly<Record<Ds18b20Fault, RegExp>> = {
  gone: /expected a reading, found none|no thermometer answers on this bus|expected bytes with the right CRC/,
  'wrong-crc': /or not with the right CRC|expected bytes with the right CRC/,
  'held-low': /the data line is held low/,
  unpowered: /found 85 degree_Celsius, which it says after power-on/,
};

interface Place {
  readonly failing?: string;
  readonly options?: Partial<W1ThermOptions>;
  readonly written?: object;
  readonly others?: Readonly<Record<string, number>>;
}

/** Rows of the thermometer. */
async function streamOf(name: string, kind: SensorKind, place: Place = {}) {
  const { failing = SLAVE, options, written = ONE_WIRE_SENSORS[name], others = {} } = place;
  const bus = thermometerBus({ [ADDRESS]: CELSIUS, ...others }, failing, options);
  const sensor = await opensOn(bus.host).openReopening(kind, written);
  return { ...bus, chip: bus.chips[ADDRESS]!, stream: await streaming(sensor, bus.clock) };
}

it('there is a thermometer for every kind that needs 1-Wire', () => {
  expect(KINDS.map(([name]) => name)).toEqual(Object.keys(ONE_WIRE_SENSORS));
});

describe.each(KINDS)('a stream with a sensor of the kind %s', (name, kind) => {
  describe.each(DRIVERS)('behind the %s driver', driver => {
    it.each(Object.keys(CHIP_FAULTS) as Ds18b20Fault[])(
      'outlasts a thermometer that is %s: NaN, the reason, and values again',
      async fault => {
        const { chip, stream } = await streamOf(name, kind, { options: { driver } });
        await expectToOutlast(stream, {
          break: () => {
            chip.fault = fault;
          },
          mend: () => {
            chip.fault = undefined;
          },
          isRight,
          reason: CHIP_FAULTS[fault],
        });
      },
    );

    it('outlasts one that is pulled out until the kernel knows, and put back', async () => {
      const { chip, driver: files, stream } = await streamOf(name, kind, { options: { driver } });
      await expectToOutlast(stream, {
        break: () => {
          chip.fault = 'gone';
          files.remove(ADDRESS);
        },
        mend: () => {
          chip.fault = undefined;
          chip.powerOn();
          files.attach(ADDRESS, chip);
        },
        isRight,
        reason: /no longer on w1_bus_master1|found no thermometer at all/,
      });
    });

    it('outlasts one that says -127 deg C', async () => {
      const { places, stream } = await streamOf(name, kind, { options: { driver } });
      await expectToOutlast(stream, {
        break: () => places.set(ADDRESS, -127),
        mend: () => places.set(ADDRESS, CELSIUS),
        isRight,
        reason: /expected -55 to 125 degree_Celsius, found -127/,
      });
    });

    it.each(Object.keys(FILE_FAULTS) as FileFault[])(
      'outlasts a file that fails (%s): NaN, the reason, and values again',
      async fault => {
        const { files, stream } = await streamOf(name, kind, { options: { driver } });
        await expectToOutlast(stream, {
          break: () => files.fail(fault),
          mend: () => files.mend(),
          isRight,
          reason: new RegExp(FILE_FAULTS[fault]),
        });
        const [failing] = stream.events;
        if (fault !== 'hang') expect(failing).toMatchObject({ error: expect.stringContaining(ADDRESS) });
      },
    );
  });

  it.each(['EIO', 'hang'] as const)(
    'outlasts a bus that is stuck (%s) as all are to convert',
    async fault => {
      const { files, stream } = await streamOf(name, kind, { failing: BULK });
      await expectToOutlast(stream, {
        break: () => files.fail(fault),
        mend: () => files.mend(),
        isRight,
        reason: new RegExp(FILE_FAULTS[fault]),
      });
    },
  );

  it.each(['forbidden', 'vanished'] as const)(
    'goes on by itself where all may not convert at once any more (%s)',
    async fault => {
      const { files, stream } = await streamOf(name, kind, { failing: BULK, others: { [OTHER]: 30 } });
      await take(stream.rows, 3);
      files.fail(fault);
      const alone = await take(stream.rows, 5);
      const { state, note } = stream.device.sensors[0]!;
      files.mend();
      const again = await take(stream.rows, 3);

      expect(column([...alone, ...again], 1)).toEqual(Array(8).fill(CELSIUS));
      expect(state).toBe('ok');
      const text = 'the thermometers on w1_bus_master1 convert one after the other';
      if (fault === 'forbidden') {
        expect(note).toContain(text);
        expect(stream.events.map(event => event.kind)).toEqual(['sensor-note']);
        expect(stream.sentences).toEqual([expect.stringContaining(text)]);
      } else {
        // Nobody can do anything about it: that is how older kernels are.
        expect([note, stream.sentences]).toEqual([undefined, []]);
      }
      expect(stream.device.sensors[0]).not.toHaveProperty('note');
      await stream.device.close();
    },
  );

  it('gives the value of the one that it began with when another one is plugged in', async () => {
    const { driver, stream, clock } = await streamOf(name, kind, { written: {} });
    await take(stream.rows, 2);
    driver.attach(
      OTHER,
      thermometerModel(OTHER, () => 40),
    );
    clock.pass(1);
    expect(column(await take(stream.rows, 5), 1)).toEqual(Array(5).fill(CELSIUS));
    expect(stream.events.filter(({ kind }) => kind !== 'slots-missed')).toEqual([]);
    await stream.device.close();
  });

  it('takes neither of two where the one without a name was pulled out, and says which there are', async () => {
    const third = '10-000802b53f12';
    const { chip, driver, stream } = await streamOf(name, kind, { written: {} });
    await expectToOutlast(stream, {
      break: () => {
        driver.remove(ADDRESS);
        driver.attach(
          OTHER,
          thermometerModel(OTHER, () => 40),
        );
        driver.attach(
          third,
          thermometerModel(third, () => 50),
        );
      },
      mend: () => {
        driver.remove(OTHER);
        driver.remove(third);
        driver.attach(ADDRESS, chip);
      },
      isRight,
      rows: 8,
      reason: new RegExp(`expected one thermometer on 1-Wire, found .*${OTHER}|no longer on`),
    });
  });

  it('reads the one that is put in the place of the only one', async () => {
    const { driver, stream } = await streamOf(name, kind, { written: {} });
    await take(stream.rows, 2);
    driver.remove(ADDRESS);
    driver.attach(
      OTHER,
      thermometerModel(OTHER, () => 40),
    );
    const after = column(await take(stream.rows, 10), 1);
    expect(after[0]).toBeNaN();
    expect(after.filter(value => !Number.isNaN(value) && value !== 40)).toEqual([]);
    expect(after.at(-1)).toBe(40);
    await stream.device.close();
  });
});
