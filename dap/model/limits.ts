// Declares the limits of a column, beyond which its values are a warning or an alarm, and their attributes in a DAS.

import { type Attribute, type AttributeTable, listedNumbers } from './attributes.ts';
import type { AtomicType } from './variable.ts';

/** The levels of limits, the milder one first. */
export const LEVELS = ['warn', 'alarm'] as const;

export type Level = (typeof LEVELS)[number];

const SIDES = ['below', 'above'] as const;

export type Side = (typeof SIDES)[number];

/** The bounds of one level; a value equal to a bound is within. */
export type Bounds = Readonly<Partial<Record<Side, number>>>;

/** The limits of a column, in the units in which its values are shown. */
export type ColumnLimits = Readonly<Partial<Record<Level, Bounds>>>;

/** One bound of one level. */
export interface Limit {
  readonly level: Level;
  readonly side: Side;
  readonly value: number;
}

/** The bounds one by one: those of warnings first, the lower bound before the upper one. */
export function listedLimits(limits: ColumnLimits): readonly Limit[] {
  return LEVELS.flatMap(level =>
    SIDES.flatMap(side => {
      const value = limits[level]?.[side];
      return value === undefined ? [] : [{ level, side, value }];
    }),
  );
}

/** The limits with these bounds; undefined without any. */
export function limitsOf(list: readonly Limit[]): ColumnLimits | undefined {
  const limits: Partial<Record<Level, Bounds>> = {};
  for (const { level, side, value } of list) limits[level] = { ...limits[level], [side]: value };
  return list.length === 0 ? undefined : limits;
}

/** A bound as a column of the type compares with it: among whole numbers, "above 30.5" is "above 30". */
export function heldBound(type: string, side: Side, value: number): number {
  if (type === 'Float32') return Math.fround(value);
  if (type === 'Float64') return value;
  return side === 'above' ? Math.floor(value) : Math.ceil(value);
}

/** The attributes `warn_below`, `warn_above`, `alarm_below` and `alarm_above` for the bounds that are given, in the type of the column. */
export function limitAttributes(type: AtomicType, limits: ColumnLimits): [string, Attribute][] {
  return listedLimits(limits).map(({ level, side, value }) => [
    nameOf(level, side),
    { type, values: [type === 'Float32' ? value : heldBound(type, side, value)] },
  ]);
}

/** The limits that the attributes of a column of the type state; undefined without any. */
export function limitsIn(type: string, attributes: AttributeTable | undefined): ColumnLimits | undefined {
  return limitsOf(
    LEVELS.flatMap(level =>
      SIDES.flatMap(side => {
        const value = listedNumbers(attributes, nameOf(level, side))[0]?.value;
        if (value === undefined || !Number.isFinite(value)) return [];
        return [{ level, side, value: heldBound(type, side, value) }];
      }),
    ),
  );
}

/** The state of a value: the worst level whose bounds it exceeds, or `ok`; undefined for a missing value. */
export function levelOf(limits: ColumnLimits, value: number): Level | 'ok' | undefined {
  if (Number.isNaN(value)) return undefined;
  if (isBeyond(limits.alarm, value)) return 'alarm';
  return isBeyond(limits.warn, value) ? 'warn' : 'ok';
}

function isBeyond(
  { below = Number.NEGATIVE_INFINITY, above = Number.POSITIVE_INFINITY }: Bounds = {},
  value: number,
) {
  return value < below || value > above;
}

function nameOf(level: Level, side: Side): string {
  return `${level}_${side}`;
}
