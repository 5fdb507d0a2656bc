// Generates bytes that are nearly right: those of a seed with a few changes, as damage or an attacker makes them.

import fc from 'fast-check';

type Change = (bytes: Uint8Array) => Uint8Array;

/** Numbers at which sizes, signs and types turn over, in both orders of bytes. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** Bytes that mean something in texts. */
const MARKS = Array.from('\0\t\n\r "\'%&()*+,-./:;<=>?@[\\]^_`{|}~09aAzZ\u00ff', mark => mark.charCodeAt(0));

const cut = (bytes: Uint8Array, from: number, to: number, between: Uint8Array = new Uint8Array(0)) =>
  Buffer.concat([bytes.subarray(0, from), between, bytes.subarray(to)]);

/** A place, as a share of the length. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Uint8Array, share: number) => Math.floor(share * (bytes.length + 1));
const span = fc.oneof({ weight: 4, arbitrary: fc.nat(16) }, { weight: 1, arbitrary: fc.nat(4000) });

const flip = fc.tuple(place, fc.nat(7)).map(
  ([share, bit]): Change =>
    bytes => {
      const changed = Buffer.from(bytes);
      if (changed.length > 0) changed[at(bytes, share) % changed.length]! ^= 1 << bit;
      return changed;
    },
);

const overwrite = fc.tuple(place, fc.constantFrom(...EDGES), fc.constantFrom(1, 2, 4, 8), fc.boolean()).map(
  ([share, edge, size, isBig]): Change =>
    bytes => {
      const number = Buffer.alloc(8);
      if (isBig) number.writeBigUInt64BE(BigInt(edge));
      else number.writeBigUInt64LE(BigInt(edge));
      const written = isBig ? number.subarray(8 - size) : number.subarray(0, size);
      const from = at(bytes, share);
      return cut(bytes, from, from + size, written);
    },
);

const insert = fc
  .tuple(
    place,
    fc.oneof(
      fc.constantFrom(...MARKS).map(mark => Uint8Array.of(mark)),
      fc.uint8Array({ maxLength: 8 }),
      fc.stringMatching(/^-?[0-9]{1,25}$/).map(digits => Buffer.from(digits)),
    ),
  )
  .map(
    ([share, added]): Change =>
      bytes =>
        cut(bytes, at(bytes, share), at(bytes, share), added),
  );

const remove = fc.tuple(place, span).map(
  ([share, size]): Change =>
    bytes =>
      cut(bytes, at(bytes, share), at(bytes, share) + size),
);

const repeat = fc.tuple(place, span, fc.integer({ min: 1, max: 40 })).map(
  ([share, size, times]): Change =>
    bytes => {
      const from = at(bytes, share);
      const piece = bytes.subarray(from, from + size);
      return cut(bytes, from, from, Buffer.concat(Array.from({ length: times }, () => piece)));
    },
);

const truncate = place.map(
  (share): Change =>
    bytes =>
      bytes.subarray(0, at(bytes, share)),
);

const splice = (seeds: readonly Uint8Array[]) =>
  fc.tuple(place, fc.constantFrom(...seeds), place, span).map(
    ([share, other, from, size]): Change =>
      bytes => {
        const begin = at(other, from);
        return cut(bytes, at(bytes, share), at(bytes, share), other.subarray(begin, begin + size));
      },
  );

/** Seeds with one to six changes. */
export function mutated(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.oneof(flip, overwrite, insert, remove, repeat, truncate, splice(seeds));
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([seed, changes]) => new Uint8Array(changes.reduce((bytes, each) => each(bytes), seed)));
}
