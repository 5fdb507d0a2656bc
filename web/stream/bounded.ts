// Tells whether a constraint says itself which rows are wanted, so that the page must not ask for others.

import { type Constraint, type Operand, parseConstraint, pathOf } from '../../dap/constraint/index.ts';
import { meansSame } from '../../dap/constraint/selection/names.ts';

/** Operators that leave a beginning or an end of time open. */
const UNBOUNDING = ['!=', '=~'];

/**
 * True where `constraint` counts rows or compares the column `time` (its name behind that of the Sequence) with a moment.
 * What cannot be read as a constraint is left as it is: true.
 */
export function isBounded(constraint: string, time: string | undefined): boolean {
  let parsed: Constraint;
  try {
    parsed = parseConstraint(constraint);
  } catch {
    return true;
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
