// Decides by which clock the times of rows are judged: that of this machine if it is synchronised, else that of the broker.

import type { SinkMachine } from '../publish/sink.ts';
import type { BrokerClock } from './claim.ts';
import { FleetFault } from './fleet-fault.ts';

/** The clock of this machine. */
export interface MachineClock extends SinkMachine {
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Seconds by which a row may be ahead of the clock, and by which the clocks of this machine and of the broker may differ. */
export const AHEAD = 300;

export class RowClock {
  readonly #machine: MachineClock;
  readonly #broker: BrokerClock;

  constructor(machine: MachineClock, broker: BrokerClock) {
    this.#machine = machine;
    this.#broker = broker;
  }

  /**
   * Seconds since 1970.
   * @throws {FleetFault} `clock` if the two clocks differ and nothing tells which one is right: rows wait, instead of being refused
   */
  now(): number {
    const own = this.#machine.now();
    if (this.#machine.synchronized?.() === 'yes') return own;
    const broker = this.#broker.now();
    if (Math.abs(own - broker) <= AHEAD) return broker;
    throw new FleetFault(
      'clock',
      `the clock of this machine (${textOf(own)}) and that of the broker (${textOf(broker)}) differ, and this machine's is not known to be synchronised: set the wrong one; the rows wait`,
    );
  }
}

/** A time in seconds since 1970, as people write it. */
export function textOf(time: number): string {
  return new Date(time * 1000).toISOString().replace('.000', '');
}
