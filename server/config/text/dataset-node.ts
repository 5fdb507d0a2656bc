// Declares where a dataset is written: in which document, and at which path in it.

import type { Document } from './document.ts';
import type { Step } from './problem.ts';

export interface DatasetNode {
  readonly name: string;
  readonly document: Document;
  /** The document's path in the configuration: the file of one dataset lies below the dataset's name. */
  readonly prefix: readonly Step[];
  /** The dataset's path in the document. */
  readonly path: readonly Step[];
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
