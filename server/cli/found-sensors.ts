// Finds the sensors that are attached to this machine, of some kinds.

import type { Need, SensorKind } from '../../device/index.ts';
import type { FoundOfKind } from '../config/reference/paste.ts';
import { DEFAULT_SEED } from '../config/schema/schema.ts';
import type { Machine } from '../machine/machine.ts';

/** Needs whose sensors are found only by sending something to them. */
const PROBED_ONLY: readonly Need[] = ['i2c'];

export interface ListedKind {
  readonly kind: SensorKind;
  /** The file of a driver; undefined for a kind of the project. */
  readonly driver?: string;
}

/** Finds the sensors attached now; with `probe` also those that are found only by sending something to them. */
export async function findSensors(
  kinds: readonly ListedKind[],
  machine: Machine,
  probe: boolean,
): Promise<readonly FoundOfKind[]> {
  const host = machine.host(DEFAULT_SEED);
  const lists = kinds.map(async listed => {
    const { kind, driver } = listed;
    if (!probe && isProbedOnly(listed)) return [];
    const found = (await kind.find?.(host)) ?? [];
    // A device whose number or name a configuration cannot express is only listed as attached.
    const usable = found.filter(sensor => kind.options.safeParse(sensor.options).success);
    return usable.map(sensor => ({ kind, ...(driver && { driver }), found: sensor }));
  });
  return (await Promise.all(lists)).flat();
}

export function isProbedOnly({ kind }: ListedKind): boolean {
  return kind.needs.some(need => PROBED_ONLY.includes(need));
}
