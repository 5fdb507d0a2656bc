// Exports the functions that parse, print, check, run and resume DAP2 constraint expressions.

export { type ArrayPlan, type PlannedArray, planArrays } from './plan/arrays.ts';
export { type Continuations, hasCalls, ROW_BY_ROW } from './plan/continuation.ts';
export { type PlannedRows, RowReader } from './plan/evaluate.ts';
export { isEndless, type Plan, type PlanOptions, planConstraint, timesOnly } from './plan/plan.ts';
export { planAttributes } from './plan/plan-attributes.ts';
export { canRepeatLast, type ResumeOptions, restAfter } from './plan/rest.ts';
export { resumeAfter } from './plan/resume.ts';
export { timesIncrease } from './plan/thinned-continuation.ts';
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
export { constraintOf } from './text/parse-later.ts';
export { encodeConstraint, printConstraint } from './text/print.ts';
export {
  partOfSummaries,
  type SummarisedRows,
  type SummaryUse,
} from './thinning/summarised-rows.ts';
export { type ColumnSummaries, NumberSummary } from './thinning/summary.ts';
