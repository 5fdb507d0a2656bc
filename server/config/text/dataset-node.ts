// Where is a dataset written? In a document, at a path of it.

import type { Document } from './document.ts';
import type { Step } from './problem.ts';

export interface DatasetNode {
  readonly name: string;
  readonly document: Document;
  /** Where the document lies in the whole configuration: a file of one dataset below the dataset's name. */
  readonly prefix: readonly Step[];
  /** Where the dataset lies in the document. */
  readonly path: readonly Step[];
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
