// Where in the text each part of a constraint stands, so that an error found later can still point there.

import { ConstraintError } from './error.ts';
import type { Constraint, Node } from './expression.ts';
import { type PrintedConstraint, printWithPositions } from './print.ts';

const sources = new WeakMap<Constraint, PrintedConstraint>();

/** Remembers the text that `constraint` was read from; the tree itself stays free of positions. */
export function rememberSource(
  constraint: Constraint,
  expression: string,
  positions: ReadonlyMap<Node, number>,
): void {
  sources.set(constraint, { expression, positions });
}

/**
 * The error that at `node`, a part of `constraint`, something else was expected. Its text is the one that `constraint` was
 * read from, or for one that was made otherwise the text that it prints as.
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
