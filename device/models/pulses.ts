// A simulated switch that closes once per period, at a random time, and bounces: a function of seed and time.

import type { Edge, Level } from '../host/gpio/gpio.ts';
import type { Wave } from '../host/gpio/gpio-simulated.ts';
import { randomBits, uniform } from './seeded-noise.ts';

/** Seconds. */
export interface Pulses {
  /** There is one pulse in each period, at a random time. */
  readonly period: number;
  /** How long the contact is closed, bouncing included. */
  readonly width: number;
  /** How long it bounces at either end; 0 for no bouncing. */
  readonly bounce: number;
}

/** The times of the edges within a bounce, as shares of it; an odd number, so that the level has changed in the end. */
const BOUNCES = [0, 0.25, 0.4, 0.7, 1];

/** The level of the switch: 1 while it is closed. */
export function pulses(seed: number, { period, width, bounce }: Pulses): Wave {
  const edgesOf = (pulse: number): Edge[] => {
    const start = pulse * period + uniform(randomBits(seed, pulse)) * (period - width);
    const turns = bounce > 0 ? BOUNCES : [0];
    const times = [start, start + width - bounce].flatMap(end => turns.map(share => end + share * bounce));
    return times.map((time, index) => ({ level: index % 2 === 0 ? 1 : 0, time }));
  };
  const edges = (after: number, until: number) => {
    const found: Edge[] = [];
    for (let pulse = Math.floor(after / period); pulse <= Math.floor(until / period); pulse++) {
      found.push(...edgesOf(pulse).filter(({ time }) => time > after && time <= until));
    }
    return found;
  };
  return {
    edges,
    level: (time): Level =>
      edgesOf(Math.floor(time / period)).findLast(edge => edge.time <= time)?.level ?? 0,
  };
}
