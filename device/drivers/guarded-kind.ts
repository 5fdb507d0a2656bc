// Wraps a driver's kind: checks the results of its functions, and runs them in the driver's context.

import { messageOf } from '../error-message.ts';
import type { SensorHost, SensorKind } from '../kind.ts';
import type { Sensor } from '../sensor.ts';
import { type Origin, runContained } from './containment.ts';
import {
  channelFaults,
  claimFaults,
  conversionTimeFaults,
  type Fault,
  FaultyKind,
  foundFaults,
  hostFaults,
} from './faults.ts';
import { openGuarded } from './guarded-sensor.ts';

/**
 * Wraps a kind without faults (see `kindFaults`). The functions of the result throw `FaultyKind` if those of the kind fail or
 * break the contract.
 */
export function guardedKind(kind: SensorKind, origin: Origin): SensorKind {
  const { name, title, description, needs, options, example, claims, simulate, find } = kind;
  const ask = <T>(field: string, work: () => T, faultsOf: (given: unknown) => readonly Fault[]): T => {
    const given = runContained(origin, () => answerOf(field, work));
    const faults = faultsOf(given);
    if (faults.length > 0) throw new FaultyKind(faults);
    return given;
  };
  return {
    ...{ name, title, description, needs, options },
    ...(example && { example }),
    channels: given => ask('channels', () => kind.channels(given), channelFaults),
    conversionTime: given => ask('conversionTime', () => kind.conversionTime(given), conversionTimeFaults),
    ...(claims && { claims: given => ask('claims', () => claims.call(kind, given), claimFaults) }),
    open: (given, host): Promise<Sensor> => openGuarded(kind, origin, given, host),
    ...(simulate && {
      simulate: (given, host: SensorHost) =>
        ask('simulate', () => simulate.call(kind, given, host), hostFaults),
    }),
    ...(find && {
      find: async host => {
        const found = await runContained(origin, async () => find.call(kind, host)).catch(() => []);
        if (foundFaults(found).length > 0) return [];
        return found.filter(sensor => options.safeParse(sensor.options).success);
      },
    }),
  };
}

function answerOf<T>(field: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const message = messageOf(error);
    throw new FaultyKind([{ field: [field], expected: 'an answer', found: `the error: ${message}` }]);
  }
}
