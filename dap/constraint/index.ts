// Exports the functions that parse, print, check, run and resume DAP2 constraint expressions.

export { timesIncrease } from './plan/continuation.ts';
export { type PlannedRows, RowReader } from './plan/evaluate.ts';
export { type Plan, type PlanOptions, planConstraint } from './plan/plan.ts';
export { canRepeatLast, type ResumeOptions, resumeAfter } from './plan/resume.ts';
export type { TimeBounds } from './selection/bounds.ts';
export { rowCount, rowRangeOf } from './selection/rows.ts';
export { timeBounds, timeClause, upperTimeBound } from './selection/time-clauses.ts';
export { MAX_EXPRESSION } from './text/decode.ts';
export { ConstraintError } from './text/error.ts';
export {
  type Call,
  type Comparison,
  type Constraint,
  ENDLESS_STOP,
  type Name,
  type Operand,
  type Operator,
  type Projection,
  pathOf,
  type RowRange,
  type Selection,
  type ValueList,
} from './text/expression.ts';
export { parseConstraint } from './text/parse.ts';
export { encodeConstraint, printConstraint } from './text/print.ts';
