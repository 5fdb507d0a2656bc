// Reproducible noise: random bits as a pure function of a seed and a whole number.

const TWO_32 = 2 ** 32;

/**
 * 32 random bits, as a signed integer, for `index`, any whole number that a Float64 holds exactly. Only the lowest 32 bits of the seed
 * count.
 */
export function randomBits(seed: number, index: number): number {
  return mixBits(mixBits(mixBits(seed) ^ index) ^ Math.floor(index / TWO_32));
}

/**
 * A permutation of the 32-bit numbers that leaves no trace of their order: MurmurHash3's finalizer (Austin Appleby, public domain) after an
 * addition, since the finalizer maps 0 to 0.
 */
export function mixBits(bits: number): number {
  let mixed = (bits + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The sum of four independent uniform bytes has a standard deviation of sqrt(4 (256^2 - 1) / 12). */
const PER_DEVIATION = 1 / Math.sqrt((256 ** 2 - 1) / 3);
const FOUR_BYTES_MEAN = 510;

/** A nearly Gaussian number of mean 0 and standard deviation 1, within +-3.5: the sum of the four bytes of `bits`. */
export function gaussian(bits: number): number {
  const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
  return (sum - FOUR_BYTES_MEAN) * PER_DEVIATION;
}

/** A number from 0 up to, not including, 1. */
export function uniform(bits: number): number {
  return (bits >>> 0) / TWO_32;
}
