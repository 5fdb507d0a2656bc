// Decides where the values of a sensor come from: the sensor itself, the machine, a recording, or a simulation.

import type { SensorSetup } from './column-setup.ts';

/** `sensor`: measured by a sensor. `machine`: counted by this machine about itself. */
export type Provenance = 'sensor' | 'machine' | 'recording' | 'simulation';

/** Kinds whose values are not measured by a sensor that somebody attached. */
const OF_KINDS: Readonly<Record<string, Provenance>> = {
  'host-load': 'machine',
  'host-cpu': 'machine',
  'host-network': 'machine',
  thermal: 'machine',
  'pi-throttled': 'machine',
  replay: 'recording',
};

/** @param simulate whether the kind's simulation takes the place of parts of the machine */
export function provenanceOf(
  { kind, driver }: Pick<SensorSetup, 'kind' | 'driver'>,
  simulate: boolean,
): Provenance {
  if (simulate && kind.simulate !== undefined) return 'simulation';
  // A driver may read what no part of the machine stands for.
  if (driver !== undefined) return 'sensor';
  return OF_KINDS[kind.name] ?? (kind.needs.length === 0 ? 'simulation' : 'sensor');
}
