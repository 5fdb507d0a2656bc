// Identifies the description of a dataset by a hash of its DAS, so that clients notice changed limits, titles and attributes.

import { type AttributeTable, printDas } from '../../dap/protocol.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { etagOf } from './responses/caching.ts';

const tags = new WeakMap<AttributeTable, string>();

/** A hash of the dataset's DAS, computed once for each attribute table. */
export function descriptionTag({ attributes }: Pick<Dataset, 'attributes'>): string {
  let tag = tags.get(attributes);
  if (tag === undefined) {
    tag = etagOf(printDas(attributes)).replaceAll('"', '');
    tags.set(attributes, tag);
  }
  return tag;
}
