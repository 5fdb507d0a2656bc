// Computes how long a reading of all sensors takes, some of which wait for each other.

import type { FoundSensor, SensorKind } from '../../../device/index.ts';

interface KindAndFound {
  readonly kind: SensorKind;
  readonly found: FoundSensor;
}

/** Sensors of one kind, and the seconds in which all of them are read. */
export interface SlowestKind {
  readonly kind: SensorKind;
  readonly count: number;
  readonly seconds: number;
  /** Whether they wait for each other, so that all of them take longer than the slowest. */
  readonly isInTurn: boolean;
}

/** The kind whose sensors take longest; kinds do not wait for each other. Undefined without a sensor. */
export function slowestKind(sensors: readonly KindAndFound[]): SlowestKind | undefined {
  const kinds = [...new Set(sensors.map(({ kind }) => kind))];
  const times = kinds.map((kind): SlowestKind => {
    const found = sensors.filter(sensor => sensor.kind === kind).map(sensor => sensor.found);
    const longest = Math.max(...found.map(({ options }) => kind.conversionTime(kind.options.parse(options))));
    const seconds = kind.roundTime?.(found) ?? longest;
    return { kind, count: found.length, seconds: toMilliseconds(seconds), isInTurn: seconds > longest };
  });
  return times.sort((a, b) => b.seconds - a.seconds)[0];
}

/** Without the last digits of a sum such as 2.3400000000000003. */
function toMilliseconds(seconds: number): number {
  return Number(seconds.toFixed(3));
}
