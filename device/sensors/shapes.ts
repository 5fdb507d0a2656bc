// Which courses does a waveform take? Functions of the position in periods, between -1 and 1, that can be asked for any position.

import { gaussian, randomBits } from '../models/seeded-noise.ts';

type Shape = (position: number) => number;

/** From 0 up to, not including, 1. */
function fraction(position: number): number {
  return position - Math.floor(position);
}

/** Each begins at 0 and goes up, but for the square wave, which begins high. The seed is for chance. */
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

/** Halvings of the period down to which the walk is one. */
const OCTAVES = 14;

/** Of random knots with straight lines between them the variance is 2/3; of all octaves together twice that of the first. */
const DEVIATION = Math.sqrt((2 / 3) * (2 - 2 ** (1 - OCTAVES)));

/**
 * What a random walk looks like, though nothing is added up: random lines whose variance goes with their length, so that
 * steps over twice the time have twice the variance, from a period down to its 8192nd part. Standard deviation 1.
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
