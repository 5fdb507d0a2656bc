// Which kinds does a matrix have to cover? Those that need what it breaks.

import type { Need, SensorKind } from '../../../device/kind.ts';
import { SENSOR_KINDS } from '../../../device/sensors/catalogue.ts';

/** With their names, for `describe.each`; those that need nothing where no need is given. */
export function kindsThatNeed(...needs: readonly Need[]): readonly (readonly [string, SensorKind])[] {
  return SENSOR_KINDS.filter(kind =>
    needs.length === 0 ? kind.needs.length === 0 : needs.some(need => kind.needs.includes(need)),
  ).map(kind => [kind.name, kind] as const);
}
