// Declares the test case of an I2C kind, one file a kind in `cases/`: its option corners, and its readings in two surroundings.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type SensorKind, usualOptions } from '../../../device/kind.ts';
import { SENSOR_KINDS } from '../../../device/sensors/catalogue.ts';
import { type I2cKind, isI2cKind, type PoweredModel } from '../../../device/sensors/i2c-kind.ts';

/** Surroundings of a chip, and what its kind reads in them with default options. */
export interface ChipReading {
  /** By the quantities of the kind's `surroundings`, in the units of the model. */
  readonly around: Readonly<Record<string, number>>;
  /** By channel: the value, and how far a reading may be off. */
  readonly reads: Readonly<Record<string, readonly [value: number, tolerance: number]>>;
}

/**
 * Everything that tests of all kinds need of one kind. They read the chip, break it, find it, and run it in a booted guest
 * (test/appliance/guest/i2c-kinds.mjs), which gets the readings as JSON.
 */
export interface ChipCase {
  /** Options at their limits, as they are written in a configuration. */
  readonly corners: readonly Readonly<Record<string, unknown>>[];
  /** Two readings whose values differ on every channel. */
  readonly readings: readonly [ChipReading, ChipReading];
  /** Whether each answer carries a checksum, so that a disturbed answer is an error. */
  readonly hasChecksum?: boolean;
}

const FOLDER = 'test/device/i2c/cases';

/** The file of a kind's case, for messages. */
export function caseFile({ name }: Pick<SensorKind, 'name'>): string {
  return `${FOLDER}/${name}.ts`;
}

const names = readdirSync(join(import.meta.dirname, 'cases')).map(file => basename(file, '.ts'));

/** By kind. */
export const CHIP_CASES: Readonly<Record<string, ChipCase>> = Object.fromEntries(
  await Promise.all(
    names.map(async name => {
      const { chipCase } = (await import(`./cases/${name}.ts`)) as { readonly chipCase: ChipCase };
      return [name, chipCase] as const;
    }),
  ),
);

export const I2C_KINDS: readonly I2cKind[] = SENSOR_KINDS.filter(isI2cKind);

/** Each kind on I2C that has a case, for `describe.each`. A kind without one fails `cases.test.ts` alone. */
export const KINDS_WITH_CASE = I2C_KINDS.flatMap(kind => {
  const chipCase = CHIP_CASES[kind.name];
  return chipCase === undefined ? [] : [[kind.name, kind, chipCase] as const];
});

/** The model of a chip in surroundings that `around` gives, which may change between calls. */
export function chipIn(
  kind: I2cKind,
  around: () => Readonly<Record<string, number>>,
  now: () => number,
): PoweredModel {
  const quantities = Object.keys(around());
  const surroundings = Object.fromEntries(quantities.map(quantity => [quantity, () => around()[quantity]!]));
  return kind.chip.model(surroundings, now, usualOptions(kind));
}
