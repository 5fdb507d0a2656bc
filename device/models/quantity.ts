// The course of a simulated quantity: slow waves about a mean, with noise, as a function of seed and time.

import type { Clock } from '../host/clock.ts';
import { gaussian, randomBits, uniform } from './seeded-noise.ts';

/** In the units of the quantity; the period in seconds. */
export interface Course {
  readonly mean: number;
  /** The greatest distance from the mean, without the noise. */
  readonly amplitude: number;
  readonly period: number;
  /** The standard deviation of the noise, which changes each millisecond. */
  readonly noise: number;
}

/** The second wave, as shares of the amplitude and of the period; the period never coincides with the first. */
const SECOND_SHARE = 0.25;
const SECOND_PERIOD = 0.1618;

/** The quantity at a time (seconds since 1970). */
export function quantity(seed: number, { mean, amplitude, period, noise }: Course): (time: number) => number {
  const noises = randomBits(seed, 0);
  const waves = [
    { height: amplitude * (1 - SECOND_SHARE), period },
    { height: amplitude * SECOND_SHARE, period: period * SECOND_PERIOD },
  ].map((wave, index) => ({ ...wave, phase: uniform(randomBits(seed, index + 1)) }));
  return time => {
    const drawn = noise * gaussian(randomBits(noises, Math.floor(time * 1000)));
    return waves.reduce(
      (sum, wave) => sum + wave.height * Math.sin(2 * Math.PI * (time / wave.period + wave.phase)),
      mean + drawn,
    );
  };
}

/** The quantity now. */
export function quantityNow(seed: number, course: Course, clock: Clock): () => number {
  const at = quantity(seed, course);
  return () => at(clock.wall());
}

/** A room in a house. */
export const ROOM_TEMPERATURE: Course = { mean: 21.5, amplitude: 2.5, period: 1200, noise: 0.03 };
export const ROOM_HUMIDITY: Course = { mean: 45, amplitude: 9, period: 1700, noise: 0.05 };
/** hPa, at sea level. */
export const AIR_PRESSURE: Course = { mean: 1013.25, amplitude: 8, period: 7200, noise: 0.02 };
