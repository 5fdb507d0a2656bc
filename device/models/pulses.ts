// How does a switch move that a simulated line is wired to? It closes now and then, and bounces: a function of seed and time.

import type { Edge, Level } from '../host/gpio/gpio.ts';
import type { Wave } from '../host/gpio/gpio-simulated.ts';
import { randomBits, uniform } from './seeded-noise.ts';

/** Seconds. */
export interface Pulses {
  /** One pulse falls into each of these, at a random place. */
  readonly period: number;
  /** How long the contact is closed, bounces and all. */
  readonly width: number;
  /** How long it bounces at either end; 0 for one that does not. */
  readonly bounce: number;
}

/** Times within a bounce at which the level turns, as shares of it; an odd number, so that it has turned in the end. */
const BOUNCES = [0, 0.25, 0.4, 0.7, 1];

/** Contacts of a switch, 1 while it is closed. */
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
