// Tells whether a dataset is described otherwise than before: other limits, titles or attributes, while its rows go on.

import type { AttributeTable } from '../../dap/protocol.ts';
import { printDas } from '../../dap/protocol.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { etagOf } from './responses/caching.ts';

const tags = new WeakMap<AttributeTable, string>();

/** Another text after each change of the dataset's DAS. */
export function descriptionTag({ attributes }: Pick<Dataset, 'attributes'>): string {
  let tag = tags.get(attributes);
  if (tag === undefined) {
    tag = etagOf(printDas(attributes)).replaceAll('"', '');
    tags.set(attributes, tag);
  }
  return tag;
}
