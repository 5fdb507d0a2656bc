import { describe, expect, it } from 'vitest';
import type { GpioFault } from '../../device/buses/gpio-simulated.ts';
import { openDevice } from '../../device/device.ts';
import type { DeviceEvent } from '../../device/events.ts';
import type { SensorKind } from '../../device/kind.ts';
import { Mcp3008Model } from '../../device/models/mcp3008.ts';
import { SENSOR_KINDS } from '../../device/sensors/catalogue.ts';
import { connectMcp3008 } from '../../device/sensors/mcp3008.ts';
import { column, sensorOf, take } from './fake-sensors.ts';
import { type GpioRig, gpioRig } from './sensors/gpio-rig.ts';

interface Circuit {
  readonly connect: (rig: GpioRig) => void;
  /** A pin of it that may fail. */
  readonly pin: number;
  /** What the first channel is while all is well. */
  readonly value: number;
}

/** A circuit for each kind that needs GPIO. */
const CIRCUITS: Readonly<Record<string, Circuit>> = {
  mcp3008: {
    connect: ({ gpio }) => {
      const pins = { clock: 18, data_out: 23, data_in: 24, select: 25 };
      connectMcp3008(gpio, new Mcp3008Model({ voltage: () => 1.65, reference: 3.3 }), pins);
    },
    pin: 23,
    value: (512 * 3300) / 1023,
  },
  'gpio-input': { connect: ({ gpio }) => gpio.set(17, 1), pin: 17, value: 1 },
};

const KINDS = SENSOR_KINDS.filter(({ needs }) => needs.includes('gpio')).map(
  kind => [kind.name, kind] as const,
);

const FAULTS: readonly GpioFault[] = ['gone', 'held', 'forbidden'];

/** A device with the sensor as a dataset has it, and one beside it that needs no pin. */
async function streaming(kind: SensorKind, { connect, pin }: Circuit, fault?: GpioFault) {
  const rig = gpioRig();
  connect(rig);
  if (fault !== undefined) rig.gpio.fail(pin, fault);
  const sensor = await rig.openLasting(kind);
  const events: DeviceEvent[] = [];
  const device = await openDevice({
    sensors: [async () => sensor, async () => sensorOf('steady', () => [7])],
    interval: 2,
    clock: rig.clock,
    onEvent: event => events.push(event),
  });
  return { ...rig, device, events, rows: device.rows(new AbortController().signal) };
}

it('there is a circuit for every kind that needs GPIO', () => {
  expect(KINDS.map(([name]) => name).sort()).toEqual(Object.keys(CIRCUITS).sort());
});

describe.each(KINDS)('a stream with a sensor of the kind %s', (name, kind) => {
  const circuit = CIRCUITS[name]!;
  const { pin, value } = circuit;

  it.each(FAULTS)('outlasts a line that fails (%s): NaN, the reason, and values again', async fault => {
    const { gpio, device, events, rows } = await streaming(kind, circuit);
    const before = await take(rows, 3);
    gpio.fail(pin, fault);
    const during = await take(rows, 5);
    const [state] = device.sensors;
    gpio.mend(pin);
    // A back-off that has doubled has to end first.
    const after = await take(rows, 20);

    expect(column(before, 1)).toEqual(Array(3).fill(value));
    expect(column(during, 1)).toEqual(Array(5).fill(Number.NaN));
    expect(state).toMatchObject({
      state: 'failing',
      lastError: { message: expect.stringContaining(`GPIO${pin}`) },
    });
    const back = column(after, 1);
    expect(back.every(read => Number.isNaN(read) || read === value)).toBe(true);
    expect(back.at(-1)).toBe(value);
    expect(events.map(event => event.kind)).toEqual(['sensor-failing', 'sensor-back']);
    expect(column([...during, ...after], device.channels.length)).toEqual(Array(25).fill(7));
    await device.close();
    expect(gpio.open).toEqual([]);
  });

  it('begins without a line that another has, and has it when that one has gone', async () => {
    const { gpio, device, rows } = await streaming(kind, circuit, 'held');
    expect(column(await take(rows, 3), 1)).toEqual(Array(3).fill(Number.NaN));
    gpio.mend(pin);
    expect(column(await take(rows, 20), 1).at(-1)).toBe(value);
    await device.close();
    expect(gpio.open).toEqual([]);
  });
});
