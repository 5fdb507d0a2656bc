// Asks a server for a stretch of the past, thinned out by the server where it can do that.

import { isTransient } from '../../dap/client/http/request.ts';
import { DapError, ResponseError, read } from '../../dap/index.ts';
import { type DatasetAddress, encodedConstraint } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';
import { intervalFor } from './intervals.ts';
import { pastConstraint, pastRows } from './past-request.ts';
import type { PastRows, Stretch } from './past-rows.ts';
import { thinsRowsOut } from './thinning-server.ts';

/** The longest answer in bytes: a million rows of a few columns. */
const MOST_BYTES = 64 * 1024 * 1024;

export class PastSource {
  readonly #address: DatasetAddress;
  readonly #description: Description;
  /** Whether the server thins rows out; undefined while that is not known. */
  #thins: boolean | undefined;

  /** `isOwn`: the server is that of the page, which thins rows out. */
  constructor(address: DatasetAddress, description: Description, isOwn: boolean) {
    this.#address = address;
    this.#description = description;
    if (isOwn) this.#thins = true;
  }

  /** The same dataset with its first column of numbers alone, which the server answers in less time. */
  firstColumn(): PastSource {
    const numbers = this.#description.columns.filter(({ kind }) => kind !== 'text');
    return new PastSource(
      this.#address,
      { ...this.#description, columns: numbers.slice(0, 1) },
      this.#thins === true,
    );
  }

  /** Seconds of the intervals in which `stretch` would come in `width` CSS pixels; 0 for all rows. `usual`: milliseconds between rows. */
  intervalOf({ from, to }: Stretch, width: number, usual: number | undefined): number {
    const interval = intervalFor(to - from, width);
    const spacing = usual ?? 1000 * (this.#description.interval ?? 0);
    return this.#thins !== false && interval * 1000 > spacing ? interval : 0;
  }

  /**
   * The rows of `stretch` in intervals of `interval` seconds, whose beginnings it is widened to; all rows for 0. Rejects with the
   * error of the request.
   */
  async rows(
    { from, to }: Stretch,
    interval: number,
    usual: number | undefined,
    signal: AbortSignal,
  ): Promise<PastRows> {
    if (interval > 0 && !(await this.#thinsOut(signal))) return this.rows({ from, to }, 0, usual, signal);
    const unit = interval * 1000;
    const request = { from: unit === 0 ? from : Math.floor(from / unit) * unit, to, interval };
    const constraint = pastConstraint(this.#address, this.#description, request);
    try {
      const answer = await read(this.#address.base, {
        constraint: encodedConstraint({ constraint }),
        maxBytes: MOST_BYTES,
        signal,
      });
      return pastRows(this.#description, request, answer, usual);
    } catch (error) {
      signal.throwIfAborted();
      if (interval === 0 || !isRefused(error)) throw error;
      const rows = await this.rows({ from, to }, 0, usual, signal);
      // It was the function that the server refused, and not every request for a while.
      this.#thins = false;
      return rows;
    }
  }

  /** Asks another server whether it is one of dapberry: to others the function would be unknown, or worse, ignored. */
  async #thinsOut(signal: AbortSignal): Promise<boolean> {
    if (this.#thins !== undefined) return this.#thins;
    this.#thins = await thinsRowsOut(this.#address, signal);
    return this.#thins;
  }
}

/** Whether the server understood the request and refused it: every other error may be over at the next attempt. */
function isRefused(error: unknown): boolean {
  if (error instanceof DapError) return !isTransient(error.code);
  return error instanceof ResponseError && error.status !== undefined && !isTransient(error.status);
}
