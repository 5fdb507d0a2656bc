import { describe, expect, it } from 'vitest';
import type { I2cChipModel, I2cFault } from '../../device/buses/i2c-simulated.ts';
import { openDevice } from '../../device/device.ts';
import type { DeviceEvent } from '../../device/events.ts';
import type { SensorKind } from '../../device/kind.ts';
import { Ads1x15Model } from '../../device/models/ads1x15.ts';
import { Bme280Model } from '../../device/models/bme280.ts';
import { Ina219Model } from '../../device/models/ina219.ts';
import { Lm75Model } from '../../device/models/lm75.ts';
import { Mcp9808Model } from '../../device/models/mcp9808.ts';
import { Sht3xModel } from '../../device/models/sht3x.ts';
import { Tmp102Model } from '../../device/models/tmp102.ts';
import { Tmp105Model } from '../../device/models/tmp105.ts';
import { SENSOR_KINDS } from '../../device/sensors/catalogue.ts';
import { column, sensorOf, take } from './fake-sensors.ts';
import { rigWith } from './sensors/i2c-rig.ts';

type Model = I2cChipModel & { powerOn(): void };

interface Chip {
  readonly address: number;
  readonly model: (now: () => number) => Model;
  /** What the first channel is while all is well. */
  readonly value: number;
}

const CELSIUS = 25;
const temperature = () => CELSIUS;
const air = { temperature, pressure: () => 1000, humidity: () => 50 };

/** A chip for each kind that needs I2C. */
const CHIPS: Readonly<Record<string, Chip>> = {
  ads1115: {
    address: 0x48,
    model: now => new Ads1x15Model({ voltage: () => 1.5, now, bits: 16 }),
    value: 1500,
  },
  ads1015: {
    address: 0x48,
    model: now => new Ads1x15Model({ voltage: () => 1.5, now, bits: 12 }),
    value: 1500,
  },
  lm75: { address: 0x48, model: now => new Lm75Model({ temperature, now }), value: CELSIUS },
  tmp102: { address: 0x48, model: now => new Tmp102Model({ temperature, now }), value: CELSIUS },
  tmp105: { address: 0x48, model: now => new Tmp105Model({ temperature, now }), value: CELSIUS },
  mcp9808: { address: 0x18, model: now => new Mcp9808Model({ temperature, now }), value: CELSIUS },
  bme280: { address: 0x76, model: now => new Bme280Model({ ...air, now, id: 0x60 }), value: CELSIUS },
  bmp280: { address: 0x76, model: now => new Bme280Model({ ...air, now, id: 0x58 }), value: CELSIUS },
  sht3x: { address: 0x44, model: now => new Sht3xModel({ ...air, now }), value: CELSIUS },
  ina219: {
    address: 0x40,
    model: now => new Ina219Model({ busVoltage: () => 12, shuntVoltage: () => 0.02, now }),
    value: 12,
  },
};

const KINDS = SENSOR_KINDS.filter(({ needs }) => needs.includes('i2c')).map(
  kind => [kind.name, kind] as const,
);

const FAULTS: readonly I2cFault[] = [
  'no-answer',
  'disturbed',
  'timeout',
  'hang',
  'gone',
  'forbidden',
  'held',
];

/** A device with the sensor as a dataset has it, and one beside it that needs no bus. */
async function streaming(name: string, kind: SensorKind) {
  const { address, model, value } = CHIPS[name]!;
  let chip: Model | undefined;
  const rig = rigWith(address, now => {
    chip = model(now);
    return chip;
  });
  const sensor = await rig.openLasting(kind);
  const events: DeviceEvent[] = [];
  const device = await openDevice({
    sensors: [async () => sensor, async () => sensorOf('steady', () => [7])],
    interval: 2,
    clock: rig.clock,
    onEvent: event => events.push(event),
  });
  return { ...rig, chip: chip!, device, events, value, rows: device.rows(new AbortController().signal) };
}

/** Whether a value is what the chip measures, to its precision. */
const isRight = (value: number, expected: number) => Math.abs(value - expected) < 0.01;

it('there is a chip for every kind that needs I2C', () => {
  expect(KINDS.map(([name]) => name).sort()).toEqual(Object.keys(CHIPS).sort());
});

describe.each(KINDS)('a stream with a sensor of the kind %s', (name, kind) => {
  it.each(FAULTS)('outlasts a bus that fails (%s): NaN, the reason, and values again', async fault => {
    const { bus, device, events, rows, value } = await streaming(name, kind);
    const before = column(await take(rows, 3), 1);
    bus.fail(fault);
    const during = await take(rows, 5);
    const [state] = device.sensors;
    bus.mend();
    // A back-off that has doubled has to end first.
    const after = await take(rows, 20);

    expect(before.every(read => isRight(read, value))).toBe(true);
    expect(column(during, 1)).toEqual(Array(5).fill(Number.NaN));
    expect(state).toMatchObject({ state: 'failing', lastError: { message: expect.stringMatching(/i2c-1/) } });
    const back = column(after, 1);
    expect(back.every(read => Number.isNaN(read) || isRight(read, value))).toBe(true);
    expect(isRight(back.at(-1)!, value)).toBe(true);
    expect(events.map(event => event.kind).filter(event => event !== 'slots-missed')).toEqual([
      'sensor-failing',
      'sensor-back',
    ]);
    const steady = device.channels.length;
    expect(column([...during, ...after], steady)).toEqual(Array(25).fill(7));
    await device.close();
    expect(bus.open).toBe(0);
  });

  it('outlasts a chip that is pulled out and put back, without a value that it has not measured', async () => {
    const { bus, chip, device, events, rows, value } = await streaming(name, kind);
    await take(rows, 2);
    bus.detach(CHIPS[name]!.address);
    const during = column(await take(rows, 4), 1);
    chip.powerOn();
    bus.attach(CHIPS[name]!.address, chip);
    const after = column(await take(rows, 16), 1);

    expect(during).toEqual(Array(4).fill(Number.NaN));
    expect(after.every(read => Number.isNaN(read) || isRight(read, value))).toBe(true);
    expect(isRight(after.at(-1)!, value)).toBe(true);
    expect(events.map(event => event.kind)).toEqual(['sensor-failing', 'sensor-back']);
    await device.close();
    expect(bus.open).toBe(0);
  });
});
