import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../device/host/clock.ts';
import type { I2cChipModel } from '../../../device/host/i2c/i2c-simulated.ts';
import { usualOptions } from '../../../device/kind.ts';
import { readingOf, rigWith } from '../sensors/i2c-rig.ts';
import { CHIP_CASES, caseFile, chipIn, I2C_KINDS, KINDS_WITH_CASE } from './chip-case.ts';

it('there is a case for every kind on I2C, and no other', () => {
  const missing = I2C_KINDS.filter(({ name }) => CHIP_CASES[name] === undefined);
  expect(missing.map(caseFile), 'write these files, as those beside them').toEqual([]);
  const kinds = I2C_KINDS.map(({ name }) => name);
  const others = Object.keys(CHIP_CASES).filter(name => !kinds.includes(name));
  expect(
    others.map(name => caseFile({ name })),
    'these are for no kind of device/sensors/catalogue.ts that i2cKind has made',
  ).toEqual([]);
});

describe.each(KINDS_WITH_CASE)('a chip of the kind %s', (_, kind, { readings, hasChecksum = false }) => {
  const file = caseFile(kind);
  const options = usualOptions(kind);
  const channels = kind.channels(options).map(({ name }) => name);
  const [address] = kind.chip.addresses;

  it('has readings of every channel in two surroundings', () => {
    const quantities = Object.keys(kind.chip.surroundings(1, systemClock, options)).sort();
    for (const { around, reads } of readings) {
      expect(Object.keys(around).sort(), `the quantities of \`around\` in ${file}`).toEqual(quantities);
      expect(Object.keys(reads), `the channels of \`reads\` in ${file}`).toEqual(channels);
    }
    const [first, second] = readings.map(({ reads }) => Object.values(reads).map(([value]) => value));
    for (const [index, value] of first!.entries()) {
      expect(second![index], `two values of ${channels[index]} in ${file}`).not.toBe(value);
    }
  });

  it('reads what surrounds it, and reads it again when that changes', async () => {
    let [{ around }] = readings;
    const rig = rigWith(address, now => chipIn(kind, () => around, now));
    const sensor = await rig.open(kind);
    for (const reading of readings) {
      around = reading.around;
      rig.clock.pass(1);
      for (const [index, value] of (await readingOf(sensor)).entries()) {
        const [expected, tolerance] = reading.reads[channels[index]!]!;
        expect(Math.abs(value - expected), `${channels[index]}: ${value}`).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it.runIf(hasChecksum)(
    'gives an error for an answer with a wrong bit, and a value for the next',
    async () => {
      let isDisturbed = false;
      const rig = rigWith(address, now => {
        const chip = chipIn(kind, () => readings[0].around, now);
        return {
          write: bytes => chip.write(bytes),
          read: length => {
            const answer = chip.read(length);
            if (isDisturbed && answer !== undefined) answer[0]! ^= 0x10;
            return answer;
          },
        } satisfies I2cChipModel;
      });
      const sensor = await rig.open(kind);
      isDisturbed = true;
      await expect(readingOf(sensor)).rejects.toThrow('i2c-1');
      isDisturbed = false;
      expect(await readingOf(sensor)).toHaveLength(channels.length);
    },
  );
});
