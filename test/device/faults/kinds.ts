// Lists the kinds that a fault matrix covers: the kinds that need the faulty part of the machine.

import type { Need, SensorKind } from '../../../device/kind.ts';
import { SENSOR_KINDS } from '../../../device/sensors/catalogue.ts';

/** Kinds with these needs and their names, for `describe.each`; without an argument, the kinds that need nothing. */
export function kindsThatNeed(...needs: readonly Need[]): readonly (readonly [string, SensorKind])[] {
  return SENSOR_KINDS.filter(kind =>
    needs.length === 0 ? kind.needs.length === 0 : needs.some(need => kind.needs.includes(need)),
  ).map(kind => [kind.name, kind] as const);
}
