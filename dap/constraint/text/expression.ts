// Declares the syntax tree of a constraint expression, the text after the `?` (DAP2 draft, section 4.1).

/** The rows `start`, `start + stride`, ... up to `stop` inclusive: whole numbers, counted from 0. */
export interface RowRange {
  /** 0 to `Number.MAX_SAFE_INTEGER`. */
  readonly start: number;
  /** 1 to `Number.MAX_SAFE_INTEGER`. */
  readonly stride: number;
  /** `start` or more; Infinity, written `*`, for no end; `ENDLESS_STOP` for no end, written in digits. */
  readonly stop: number;
}

/**
 * The value of every stop beyond `Number.MAX_SAFE_INTEGER`, which no stream reaches. It is written 9223372036854775806, as pydap
 * writes an open end: servers that do not know `*` understand that.
 */
export const ENDLESS_STOP = 2 ** 63;

/** One part of a dotted name with its indices: `sensor[0:1:9]` in `sensor[0:1:9].time`. */
export interface Step {
  readonly name: string;
  readonly indices: readonly RowRange[];
}

/** The name of a variable: a path, `sensor.time`, or only its last part. */
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

/** An unquoted time as the client wrote it: `now-10minutes`, `2026-11-21T10:00:00Z`. */
export interface TimeConstant {
  readonly kind: 'time';
  readonly text: string;
}

export type Operand = Name | NumberConstant | TextConstant | TimeConstant | Call;

/** `{5,6,7}`: the comparison is true if it is true for one of the values. */
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

/** The requested variables, by default all, and the clauses that each row must meet. */
export interface Constraint {
  readonly projections: readonly Projection[];
  readonly selections: readonly Selection[];
}

/** Any part of the tree that has a position in the text. */
export type Node = Projection | Selection | Operand | ValueList | RowRange;

/** The dotted name without indices. */
export function pathOf(name: Name): string {
  return name.steps.map(step => step.name).join('.');
}
