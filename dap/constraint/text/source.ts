// Remembers the position of each part of a constraint in its text, so that a later error can point at it.

import { ConstraintError } from './error.ts';
import type { Constraint, Node } from './expression.ts';
import { type PrintedConstraint, printWithPositions } from './print.ts';

const sources = new WeakMap<Constraint, PrintedConstraint>();

/** Remembers the text of `constraint` and the positions in it, so that the tree itself needs no positions. */
export function rememberSource(
  constraint: Constraint,
  expression: string,
  positions: ReadonlyMap<Node, number>,
): void {
  sources.set(constraint, { expression, positions });
}

/**
 * The error at `node`, a part of `constraint`. It quotes the text from which `constraint` was parsed; for a constraint that was built
 * in code, the text as which it prints.
 */
export function errorAt(
  constraint: Constraint,
  node: Node,
  expected: string,
  found: string,
): ConstraintError {
  const { expression, positions } = sources.get(constraint) ?? printWithPositions(constraint);
  return new ConstraintError(expression, positions.get(node) ?? 0, expected, found);
}
