// Finds the column of times that one stream is resumed by, and its units, at the first moment that a request needs them.

import type { Constraint } from '../../constraint/index.ts';
import { UNIX_SECONDS } from '../../model/time-units.ts';
import type { DapDataset } from '../../model/variable.ts';
import type { Address } from '../http/address.ts';
import { type ClientConnection, Interruption } from '../http/connection.ts';
import { ResponseError } from '../http/request.ts';
import { PATIENCE, type Probe } from './past-rows.ts';
import type { Progress } from './progress.ts';
import { askResumeTime, describedTime } from './resume-time.ts';

/** Broken requests for the DAS after which a column named `time` is taken for seconds since 1970. */
const MOST_BROKEN = 3;

export class ResumeTimeFinder {
  readonly #address: Address;
  readonly #asked: Constraint;
  readonly #progress: Progress;
  #isDone = false;
  #broken = 0;

  constructor(address: Address, asked: Constraint, progress: Progress) {
    this.#address = address;
    this.#asked = asked;
    this.#progress = progress;
  }

  /** True once it is known whether the dataset has a column of times, and whether the projection leaves it out. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Finds the column; `served` is the dataset as the constraint leaves it, if it has come. True if the request has to be repeated,
   * because the projection leaves the column out. Throws a `ResponseError` if the caller's last row needs a column of times and
   * there is none.
   */
  async find(connection: ClientConnection, served?: DapDataset): Promise<boolean> {
    const time = await askResumeTime(connection, this.#address, this.#asked, served);
    this.#isDone = true;
    if (time !== undefined) this.#progress.resumeBy(time);
    else if (this.#progress.isResuming) {
      throw new ResponseError(
        this.#address.base,
        'expected a column of times, to continue after the rows that have come, found none',
      );
    }
    return time?.isOmitted === true;
  }

  /** Asks for the units of the column, if only its name is known so far. */
  async findUnits(connection: ClientConnection): Promise<void> {
    const { time } = this.#progress;
    if (time === undefined || time.units !== undefined) return;
    const described = await describedTime(connection, this.#address, time).catch((error: unknown) => {
      this.#broken++;
      if (!(error instanceof Interruption) || this.#broken < MOST_BROKEN) throw error;
      return { ...time, units: UNIX_SECONDS };
    });
    this.#progress.resumeBy(described);
  }

  /** Asks for the units on a connection of its own; false if the server does not answer soon. */
  async tryUnits(probe: Probe): Promise<boolean> {
    try {
      await probe(connection => {
        connection.limit(PATIENCE, new Interruption('no attributes came'));
        return this.findUnits(connection);
      });
      return true;
    } catch (error) {
      if (error instanceof Interruption) return false;
      throw error;
    }
  }
}
