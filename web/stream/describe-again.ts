// Asks again for the description of a dataset that is shown, to notice that its server was configured anew.

import { describe } from '../../dap/index.ts';
import { type DatasetAddress, encodedConstraint } from './address.ts';
import type { Description } from './describe.ts';
import { describeAt } from './describe-at.ts';

/**
 * The description that the dataset at `address` has now, if it is another one than `known`; undefined if it is the same, or a part
 * of its attributes cannot be read. Rejects without an answer.
 * The stream goes on without columns that were added, and breaks off without columns that were removed.
 */
export async function otherDescription(
  address: DatasetAddress,
  known: Description,
): Promise<Description | undefined> {
  const query = address.constraint === '' ? '' : `?${encodedConstraint(address)}`;
  const { dataset, attributes, problem } = await describe(`${address.base}${query}`);
  if (problem !== undefined) return undefined;
  const now = await describeAt(address, dataset, attributes);
  return textOf(now) === textOf(known) ? undefined : now;
}

/** A text that is the same for the same descriptions: the words of states are in a map. */
function textOf(description: Description): string {
  return JSON.stringify(description, (_, value: unknown) => (value instanceof Map ? [...value] : value));
}
