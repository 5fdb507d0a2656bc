// Describes the dataset at an address, with what the constraint in the address does to its rows.

import type { AttributeTable, DapDataset } from '../../dap/index.ts';
import type { DatasetAddress } from './address.ts';
import { isBounded } from './bounded.ts';
import { type Description, describeDataset } from './describe.ts';

/** As `describeDataset`. */
export async function describeAt(
  { constraint }: DatasetAddress,
  dataset: DapDataset,
  attributes: AttributeTable,
): Promise<Description> {
  const description = describeDataset(dataset, attributes);
  if (constraint === '') return description;
  const { sequence, time } = description;
  return { ...description, isBounded: await isBounded(constraint, time && `${sequence}.${time.name}`) };
}
