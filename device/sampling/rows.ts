// Declares the rows of a device: an async generator of batches of columns.

import type { Batch } from '../../dap/model/value.ts';

/**
 * Batches of rows. A caller that has used the last batch may hand it back with `next(batch)`, and must not touch it then: the
 * generator may fill it again. Without that, each batch has new memory.
 */
export type RowBatches = AsyncGenerator<Batch, void, Batch | undefined>;
