// The shapes of a waveform: functions of the position in periods, with values about -1 to 1, computed for any position directly.

import { gaussian, randomBits } from '../models/seeded-noise.ts';

type Shape = (position: number) => number;

/** From 0 up to, not including, 1. */
function fraction(position: number): number {
  return position - Math.floor(position);
}

/** Each shape starts at 0 and rises; the square wave starts high. Only the random walk uses the seed. */
export const SHAPES = {
  sine: () => position => Math.sin(2 * Math.PI * fraction(position)),
  triangle: () => position => 1 - 4 * Math.abs(fraction(position + 0.25) - 0.5),
  square: () => position => (fraction(position) < 0.5 ? 1 : -1),
  sawtooth: () => position => 2 * fraction(position + 0.5) - 1,
  'random-walk': randomWalk,
  constant: () => () => 0,
} as const satisfies Readonly<Record<string, (seed: number) => Shape>>;

export type ShapeName = keyof typeof SHAPES;

export function shapeOf(name: ShapeName, seed: number): Shape {
  return SHAPES[name](seed);
}

/** How many times the period is halved for the finest steps of the walk. */
const OCTAVES = 14;

/** Straight lines between random knots have a variance of 2/3; all octaves together have almost twice that of the first. */
const DEVIATION = Math.sqrt((2 / 3) * (2 - 2 ** (1 - OCTAVES)));

/**
 * Looks like a random walk, but is computed without summing steps: random lines whose variance is proportional to their length, so that
 * steps over twice the time have twice the variance, from one period down to 1/8192 of it. Standard deviation 1.
 */
function randomWalk(seed: number): Shape {
  const octaves = Array.from({ length: OCTAVES }, (_, index) => ({
    knots: 2 ** index,
    height: 2 ** (-index / 2) / DEVIATION,
    seed: randomBits(seed, index),
  }));
  return position => {
    let sum = 0;
    for (const octave of octaves) {
      const place = position * octave.knots;
      const knot = Math.floor(place);
      const start = gaussian(randomBits(octave.seed, knot));
      const end = gaussian(randomBits(octave.seed, knot + 1));
      sum += octave.height * (start + (end - start) * (place - knot));
    }
    return sum;
  };
}
