// Decides whether a constraint selects rows itself, so that the page must not add a bound on time.

import { type Constraint, constraintOf, type Operand, pathOf } from '../../dap/constraint/index.ts';
import { meansSame } from '../../dap/constraint/selection/names.ts';

/** Operators that do not bound time. */
const UNBOUNDING = ['!=', '=~'];

/**
 * True if `constraint` has a row range or compares the column `time` (its name behind that of the Sequence) with a moment.
 * True for a text that is no constraint, too: it is sent unchanged.
 */
export async function isBounded(constraint: string, time: string | undefined): Promise<boolean> {
  let parsed: Constraint;
  try {
    parsed = await constraintOf(constraint);
  } catch (error) {
    if (error instanceof Error && error.name === 'ConstraintError') return true;
    throw error;
  }
  const isTime = (operand: Operand): boolean =>
    operand.kind === 'name' && time !== undefined && meansSame(pathOf(operand), time);
  const countsRows = parsed.projections.some(
    projection => projection.kind === 'name' && projection.steps.some(({ indices }) => indices.length > 0),
  );
  return (
    countsRows ||
    parsed.selections.some(
      selection =>
        selection.kind === 'comparison' &&
        !UNBOUNDING.includes(selection.operator) &&
        (isTime(selection.left) || (selection.right.kind !== 'list' && isTime(selection.right))),
    )
  );
}
