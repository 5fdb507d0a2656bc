// Reads which time and which columns an embedded chart is to show, from its attributes.

import { timeNamed } from '../page/view-address.ts';
import type { Shown } from '../past/timeline.ts';
import type { DatasetAddress } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';

/** The attributes that name a time; null for one that is missing. */
export interface TimeAttributes {
  readonly window: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * The time that the attributes name; undefined if there is none of them. `now`: milliseconds since 1970.
 * @throws `TypeError` for a time that cannot be read
 */
export function wantedTime({ window, from, to }: TimeAttributes, now: number): Shown | undefined {
  if (from !== null || to !== null) {
    const shown = shownIn({ from: from ?? '', to: to ?? 'now' }, now);
    if (shown !== undefined) return shown;
    throw new TypeError(
      `Expected from and to to be times such as 2026-11-28T19:00:00Z, now-7d or now, the first one earlier, found from="${from ?? ''}" and to="${to ?? 'now'}"`,
    );
  }
  if (window === null) return undefined;
  const isSeconds = /^[\d.]+$/.test(window.trim());
  const shown = shownIn(isSeconds ? { window } : { from: `now-${window}`, to: 'now' }, now);
  if (shown !== undefined) return shown;
  throw new TypeError(
    `Expected window to be a length such as 10min, 1h or 7d, or a number of seconds from 1 on, found "${window}"`,
  );
}

/** The names in a list such as `air, hum`; undefined for an empty one, which stands for all columns. */
export function wantedColumns(list: string | null): readonly string[] | undefined {
  const names = (list ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
  return names.length === 0 ? undefined : [...new Set(names)];
}

/**
 * The dataset with the columns `names` alone, in their order, and its address with a constraint that asks for no others.
 * @throws `TypeError` for a name that no column has
 */
export function withColumns(
  address: DatasetAddress,
  description: Description,
  names: readonly string[],
): { readonly address: DatasetAddress; readonly description: Description } {
  const { columns, sequence, time } = description;
  const chosen = names.map(name => {
    const column = columns.find(each => each.name === name);
    if (column !== undefined) return column;
    const known = columns.map(each => each.name).join(', ');
    throw new TypeError(`Expected columns to be some of ${known}, found "${name}"`);
  });
  const asked = [...(time === undefined ? [] : [time.name]), ...names].map(name => `${sequence}.${name}`);
  return {
    // A constraint that came with the address says itself what it asks for.
    address: address.constraint === '' ? { ...address, constraint: asked.join() } : address,
    description: { ...description, columns: chosen },
  };
}

/** The time that a page shows whose address names the same; undefined if that is none. */
function shownIn(values: Readonly<Record<string, string>>, now: number): Shown | undefined {
  const parameters = new Map(Object.entries(values).map(([name, value]) => [name, [value]]));
  return timeNamed(parameters, now, () => {});
}
