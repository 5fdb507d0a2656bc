// How the one stream of the page lives: it begins with the past where the server has it, rests while the page is hidden,
// goes on after the last row, and waits for rows that run ahead of the clock.

import { follow, type FollowState, type Rows } from '../dap/index.ts';
import type { DatasetAddress } from './address.ts';
import { fromMillis, toMillis } from './cftime.ts';
import { ServerClock } from './clock.ts';
import type { Description } from './describe.ts';
import { Pace } from './pace.ts';
import { askServerTime } from './server-time.ts';
import type { Connection } from './status.ts';

/** Milliseconds that a hidden page goes on reading: changing tabs and back costs nothing. */
const HIDDEN_GRACE = 10_000;

/** Milliseconds after which a server that was asked for the past, and says nothing, is asked for the present. */
const PATIENCE = 15_000;

/** Milliseconds added to the past that is asked for: clocks are told in whole seconds, and requests take time. */
const SPARE_PAST = 3000;

/** Rows are handed over for so many milliseconds before the page gets its turn. */
const TURN = 20;

/** A wait for a row that runs ahead is cut into pieces, so that the clock is asked again. */
const LONGEST_NAP = 500;

export interface LiveEvents {
  connection(connection: Connection): void;
  /** Rows begin to come: anew, or where they stopped before. */
  begin(columns: readonly string[], anew: boolean): void;
  /** Rows `from` to `to - 1` of `rows` have come, at `browser`. */
  rows(rows: Rows, from: number, to: number, browser: number): void;
}

/** One way to ask for the rows. */
interface Attempt {
  readonly constraint: string;
  /** Milliseconds of the past that it asks for; 0 for none. */
  readonly past: number;
  /** True where its rows follow those that the page has. */
  readonly resumes: boolean;
}
