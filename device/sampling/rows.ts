// What a device gives: rows, as an async generator of batches of columns.

import type { Batch } from '../../dap/model/value.ts';

/**
 * Batches of rows. Whoever has done with the last one may hand it back with `next(batch)`, and touches it no more: its
 * memory may then serve for a later one. A loop that hands back nothing gets new memory each time.
 */
export type Rows = AsyncGenerator<Batch, void, Batch | undefined>;
