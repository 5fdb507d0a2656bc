import { describe, expect, it } from 'vitest';
import type { I2cFault } from '../../../device/host/i2c/i2c-simulated.ts';
import type { I2cKind, PoweredModel } from '../../../device/sensors/i2c-kind.ts';
import { about, expectToOutlast, streaming } from '../faults/outage.ts';
import { rigWith } from '../sensors/i2c-rig.ts';
import { type ChipCase, chipIn, KINDS_WITH_CASE } from './chip-case.ts';

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

/** Rows of the sensor, with its chip on a bus in the first surroundings of its case. */
async function streamOf(kind: I2cKind, { readings: [{ around, reads }] }: ChipCase) {
  const [address] = kind.chip.addresses;
  const [[value, tolerance]] = kind
    .channels(kind.options.parse({}))
    .slice(0, 1)
    .map(({ name }) => reads[name]!) as [readonly [number, number]];
  let chip: PoweredModel | undefined;
  const rig = rigWith(address, now => {
    chip = chipIn(kind, () => around, now);
    return chip;
  });
  const sensor = await rig.openReopening(kind);
  const stream = await streaming(sensor, rig.clock);
  return { ...rig, chip: chip!, address, isRight: about(value, tolerance), stream };
}

describe.each(KINDS_WITH_CASE)('a stream with a sensor of the kind %s', (_, kind, chipCase) => {
  it.each(FAULTS)('outlasts a bus that fails (%s): NaN, the reason, and values again', async fault => {
    const { bus, stream, isRight } = await streamOf(kind, chipCase);
    await expectToOutlast(stream, {
      break: () => bus.fail(fault),
      mend: () => bus.mend(),
      isRight,
      reason: /i2c-1/,
    });
    expect(bus.open).toBe(0);
  });

  it('outlasts a chip that is pulled out and put back, without a value that it has not measured', async () => {
    const { bus, chip, address, stream, isRight } = await streamOf(kind, chipCase);
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
