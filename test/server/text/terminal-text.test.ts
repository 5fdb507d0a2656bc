import { expect, it } from 'vitest';
import { aligned, counted, durationText, sizeText, wrapped } from '../../../server/text/terminal-text.ts';

it('breaks lines between words, and leaves long words whole', () => {
  expect(wrapped('one two three-and-more four', 9)).toBe('one two\nthree-and-more\nfour');
});

it('puts cells below each other, and goes on below the beginning of the last', () => {
  const rows = [
    ['a', 'bb', 'c'],
    ['ccc', 'd', 'one two three four five six seven eight nine'],
    ['e', ''],
  ];
  expect(aligned(rows, 40)).toBe(
    'a    bb  c\nccc  d   one two three four five six\n         seven eight nine\ne',
  );
});

it.each([
  [100, '100 bytes'],
  [304 * 1024, '304 KiB'],
  [32 * 1024 ** 2, '32 MiB'],
  [1.5 * 1024 ** 3, '1.5 GiB'],
])('writes %d bytes as %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));

it.each([
  [0.5, '0.5 s'],
  [10, '10 s'],
  [61, '61 s'],
  [90, '1.5 min'],
  [3600, '1 h'],
  [604_800, '7 d'],
  [5 * 365.25 * 86_400, '5 y'],
])('writes %d seconds as %s', (seconds, text) => expect(durationText(seconds)).toBe(text));

it('counts', () => {
  expect([counted(1, 'row'), counted(2, 'row')]).toEqual(['1 row', '2 rows']);
});
