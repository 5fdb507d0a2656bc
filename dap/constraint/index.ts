// What the rest of the code uses of DAP2 constraint expressions: to read, write, check, run and resume them.

export type { TimeBounds } from './bounds.ts';
export { MAX_EXPRESSION } from './decode.ts';
export { ConstraintError } from './error.ts';
export { RowReader, type Selected } from './evaluate.ts';
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
} from './expression.ts';
export { parseConstraint } from './parse.ts';
export { timesIncrease } from './place.ts';
export { type Plan, type PlanOptions, planConstraint } from './plan.ts';
export { encodeConstraint, printConstraint } from './print.ts';
export { canRepeatLast, type ResumeOptions, resumeAfter } from './resume.ts';
export { rowCount, rowRangeOf } from './rows.ts';
export { timeBounds, timeClause, upperTimeBound } from './time-clauses.ts';
