// Finds what is attached, reads it once, and lists it by numbers to choose from.

import { readOnce, SENSOR_KINDS, type SensorHost, sensorOpener, setUpSensor } from '../../../device/index.ts';
import type { FoundOfKind } from '../../config/reference/paste.ts';
import { DEFAULT_SEED } from '../../config/schema/schema.ts';
import { i2cBuses } from '../../machine/i2c.ts';
import type { Machine } from '../../machine/machine.ts';
import { aligned } from '../../text/terminal-text.ts';
import { findSensors } from '../found-sensors.ts';
import type { Asking, Questions } from './questions.ts';

/** The needs of kinds that describe the machine itself, and not what is attached to it. */
const OF_MACHINE = 'kernel-files';

/** Kinds whose sensors the kernel reads, so that reading one disturbs no running server. */
const READ_BY_THE_KERNEL = ['1-wire', 'iio'];

/** Lists the attached sensors with their values. Those at the same place, of which only one can be right, follow each other. */
export async function surveyed(
  machine: Machine,
  terminal: Asking,
  questions: Questions,
): Promise<readonly FoundOfKind[]> {
  const kinds = SENSOR_KINDS.filter(({ needs }) => needs.length > 0 && !needs.includes(OF_MACHINE));
  const hasI2c = (await i2cBuses(machine)).some(({ reserved }) => reserved === undefined);
  const probe =
    hasI2c &&
    (await questions.confirm(
      'Look for chips on I2C too? Each address is asked, which is safe for nearly all chips',
      true,
    ));
  const found = await findSensors(
    kinds.map(kind => ({ kind })),
    machine,
    probe,
  );
  if (found.length === 0) return [];
  // One host for all, so that readings of one bus wait for each other.
  const host = machine.host(DEFAULT_SEED);
  const values = await Promise.all(found.map(sensor => readingOf(sensor, host)));
  const rows = found.map((sensor, index) => [
    `${index + 1}`,
    nameFor(sensor),
    values[index] ?? '',
    sensor.found.note ?? '',
  ]);
  terminal.print(`Attached to this machine:\n\n${aligned(rows).replaceAll(/^(?=.)/gm, '  ')}\n\n`);
  return found;
}

/** What a person calls a sensor that nobody has named. */
export function nameFor({ kind, found }: FoundOfKind): string {
  return found.title ?? kind.title;
}

/** The resources that two sensors must not share. */
export function claimsOf({ kind, found }: FoundOfKind): readonly string[] {
  return kind.claims?.(kind.options.parse(found.options)) ?? [];
}

/** Values such as `21.562 degree_Celsius`, by which a person recognises a thermometer in a warm hand. */
async function readingOf({ kind, found }: FoundOfKind, host: SensorHost): Promise<string> {
  if (!kind.needs.some(need => READ_BY_THE_KERNEL.includes(need))) return '';
  const setup = setUpSensor(kind, kind.options.parse(found.options));
  const { values, error } = await readOnce(sensorOpener(setup, host, false), host.clock);
  if (values === undefined) return `no value: ${error ?? 'unknown'}`;
  return setup.columns
    .map(({ column }, index) => `${Number((values[index] ?? Number.NaN).toPrecision(5))} ${column.units}`)
    .join(', ');
}
