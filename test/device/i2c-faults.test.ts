import { describe, expect, it } from 'vitest';
import type { I2cFault } from '../../device/host/i2c/i2c-simulated.ts';
import type { SensorKind } from '../../device/kind.ts';
import { CHIPS, type Model } from './faults/i2c-chips.ts';
import { kindsThatNeed } from './faults/kinds.ts';
import { about, expectToOutlast, streaming } from './faults/outage.ts';
import { rigWith } from './sensors/i2c-rig.ts';

const KINDS = kindsThatNeed('i2c');

const FAULTS: readonly I2cFault[] = [
  'no-answer',
  'disturbed',
  'timeout',
  'hang',
  'gone',
  'forbidden',
  'not-allowed',
  'held',
];

/** Rows of the sensor, with its chip on a bus. */
async function streamOf(name: string, kind: SensorKind) {
  const { address, model, value } = CHIPS[name]!;
  let chip: Model | undefined;
  const rig = rigWith(address, now => {
    chip = model(now);
    return chip;
  });
  const sensor = await rig.openReopening(kind);
  return { ...rig, chip: chip!, address, isRight: about(value), stream: await streaming(sensor, rig.clock) };
}

it('there is a chip for every kind that needs I2C', () => {
  expect(KINDS.map(([name]) => name).sort()).toEqual(Object.keys(CHIPS).sort());
});

describe.each(KINDS)('a stream with a sensor of the kind %s', (name, kind) => {
  it.each(FAULTS)('outlasts a bus that fails (%s): NaN, the reason, and values again', async fault => {
    const { bus, stream, isRight } = await streamOf(name, kind);
    await expectToOutlast(stream, {
      break: () => bus.fail(fault),
      mend: () => bus.mend(),
      isRight,
      reason: /i2c-1/,
    });
    expect(bus.open).toBe(0);
  });

  it('outlasts a chip that is pulled out and put back, without a value that it has not measured', async () => {
    const { bus, chip, address, stream, isRight } = await streamOf(name, kind);
    await expectToOutlast(stream, {
      break: () => bus.detach(address),
      mend: () => {
        chip.powerOn();
        bus.attach(address, chip);
      },
      isRight,
      reason: /i2c-1/,
    });
    expect(bus.open).toBe(0);
  });
});
