// What a constraint expression consists of: the syntax tree of the text after the `?` (DAP2 draft, section 4.1).

/** Rows `start`, `start + stride`, ... up to `stop`, which may be among them: whole numbers, counted from 0. */
export interface RowRange {
  /** 0 to `Number.MAX_SAFE_INTEGER`. */
  readonly start: number;
  /** 1 to `Number.MAX_SAFE_INTEGER`. */
  readonly stride: number;
  /** `start` or more; Infinity, written `*`, for no end, and `ENDLESS_STOP` for the same in digits. */
  readonly stop: number;
}

/**
 * What every stop past `Number.MAX_SAFE_INTEGER` becomes: no stream gets there. It is written 9223372036854775806, as
 * pydap writes an open end, which servers that know no `*` understand.
 */
export const ENDLESS_STOP = 2 ** 63;

/** One part of a dotted name, with the index that follows it: `sensor[0:1:9]` in `sensor[0:1:9].time`. */
export interface Step {
  readonly name: string;
  readonly indices: readonly RowRange[];
}

/** The name of a variable: a path, `sensor.time`, or its last part alone. */
export interface Name {
  readonly kind: 'name';
  readonly steps: readonly Step[];
}

/** A server-side function with its arguments. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Operand[];
}

export interface NumberConstant {
  readonly kind: 'number';
  /** NaN and the infinities are legal. */
  readonly value: number;
}

/** A quoted text. */
export interface TextConstant {
  readonly kind: 'text';
  readonly value: string;
}

/** An unquoted point in time, as it was written: `now-10minutes`, `2026-11-21T10:00:00Z`. */
export interface TimeConstant {
  readonly kind: 'time';
  readonly text: string;
}

export type Operand = Name | NumberConstant | TextConstant | TimeConstant | Call;

/** `{5,6,7}`: the comparison holds where it holds for one of the values. */
export interface ValueList {
  readonly kind: 'list';
  readonly values: readonly Operand[];
}

/** `=~` compares a text with a regular expression; `planConstraint` refuses it. */
export const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', '=~'] as const;

export type Operator = (typeof OPERATORS)[number];

export interface Comparison {
  readonly kind: 'comparison';
  readonly left: Operand;
  readonly operator: Operator;
  readonly right: Operand | ValueList;
}

export type Projection = Name | Call;

export type Selection = Comparison | Call;

/** What is asked for (nothing named means everything), and the clauses that each row must meet. */
export interface Constraint {
  readonly projections: readonly Projection[];
  readonly selections: readonly Selection[];
}

/** Anything in the tree that stands somewhere in the text. */
export type Node = Projection | Selection | Operand | ValueList | RowRange;

/** The dotted name without its indices. */
export function pathOf(name: Name): string {
  return name.steps.map(step => step.name).join('.');
}
