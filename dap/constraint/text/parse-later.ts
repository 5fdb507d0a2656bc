// Parses a constraint with code that is loaded for the first text that is not empty: a page that builds its constraints needs none of it.

import type { Constraint } from './expression.ts';

/** As `parseConstraint`; rejects as that throws. */
export async function constraintOf(query: string): Promise<Constraint> {
  if (query === '') return { projections: [], selections: [] };
  const { parseConstraint } = await import('./parse.ts');
  return parseConstraint(query);
}
