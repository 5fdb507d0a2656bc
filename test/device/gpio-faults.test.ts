import { describe, expect, it } from 'vitest';
import type { GpioFault } from '../../device/host/gpio/gpio-simulated.ts';
import type { SensorKind } from '../../device/kind.ts';
import { column, take } from './fake-sensors.ts';
import { CIRCUITS, type Circuit } from './faults/gpio-circuits.ts';
import { kindsThatNeed } from './faults/kinds.ts';
import { expectToOutlast, streaming } from './faults/outage.ts';
import { gpioRig } from './sensors/gpio-rig.ts';

const KINDS = kindsThatNeed('gpio');

const FAULTS: readonly GpioFault[] = ['gone', 'held', 'forbidden'];

/** Rows of the sensor, with its circuit at the pins. */
async function streamOf(kind: SensorKind, { connect, pin }: Circuit, fault?: GpioFault) {
  const rig = gpioRig();
  connect(rig);
  if (fault !== undefined) rig.gpio.fail(pin, fault);
  const sensor = await rig.openReopening(kind);
  return { ...rig, stream: await streaming(sensor, rig.clock) };
}

it('there is a circuit for every kind that needs GPIO', () => {
  expect(KINDS.map(([name]) => name).sort()).toEqual(Object.keys(CIRCUITS).sort());
});

describe.each(KINDS)('a stream with a sensor of the kind %s', (name, kind) => {
  const circuit = CIRCUITS[name]!;
  const { pin, value } = circuit;

  it.each(FAULTS)('outlasts a line that fails (%s): NaN, the reason, and values again', async fault => {
    const { gpio, stream } = await streamOf(kind, circuit);
    await expectToOutlast(stream, {
      break: () => gpio.fail(pin, fault),
      mend: () => gpio.mend(pin),
      isRight: read => read === value,
      reason: new RegExp(`GPIO${pin}`),
    });
    expect(gpio.open).toEqual([]);
  });

  it('starts without a line that another program holds, and opens it when that is free', async () => {
    const { gpio, stream } = await streamOf(kind, circuit, 'held');
    expect(column(await take(stream.rows, 3), 1)).toEqual(Array(3).fill(Number.NaN));
    gpio.mend(pin);
    expect(column(await take(stream.rows, 20), 1).at(-1)).toBe(value);
    await stream.device.close();
    expect(gpio.open).toEqual([]);
  });
});
