// Options for each kind that needs nothing of the machine, with the values that they give.

import { about } from './outage.ts';

/** When the clock of a simulation begins: seconds since 1970, a whole hour. */
export const HOUR = 1_800_000_000;

/** A recording of one row in two seconds, whose values count them. */
export function recording(rows: number, first = 0): string {
  const lines = Array.from({ length: rows }, (_, row) => `${HOUR + 2 * row},${first + row}`);
  return ['time,t', ...lines, ''].join('\n');
}

export interface Simulation {
  /** Options of the sensor; `file` is where a recording lies. */
  readonly written: (file: string) => object;
  readonly isRight: (value: number) => boolean;
}

/** For each kind that needs nothing. */
export const SIMULATIONS: Readonly<Record<string, Simulation>> = {
  // The range of its voltage, in mV.
  'tmp36-simulated': { written: () => ({ seed: 7 }), isRight: about(700, 200) },
  waveform: { written: () => ({ mean: 5, amplitude: 0 }), isRight: about(5, 0) },
  replay: {
    written: file => ({ file, columns: ['t'] }),
    isRight: value => Number.isInteger(value) && value >= 0 && value < 10,
  },
};
