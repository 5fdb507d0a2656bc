// Names the file that a browser saves rows as, by the dataset and the window of time.

import type { TimeBounds } from '../../dap/protocol.ts';

/** Times that a file name holds: ISO 8601 has years of four digits. */
const YEARS = [-62_167_219_200, 253_402_300_800] as const;

/**
 * A name such as `roof_20261127T000000Z_20261128T000000Z.csv`; times without a bound are left out. Windows allows no colons in a
 * name: times have the basic format of ISO 8601.
 */
export function fileName(dataset: string, suffix: string, { low, high }: TimeBounds): string {
  const [from, to] = [stamp(low), stamp(high)];
  const window =
    from !== undefined && to !== undefined
      ? `_${from}_${to}`
      : from !== undefined
        ? `_from_${from}`
        : to !== undefined
          ? `_until_${to}`
          : '';
  return `${dataset}${window}${suffix}`;
}

/** Whole seconds, rounded down. */
function stamp(seconds: number): string | undefined {
  if (!(seconds >= YEARS[0] && seconds < YEARS[1])) return undefined;
  const iso = new Date(Math.floor(seconds) * 1000).toISOString();
  return `${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
