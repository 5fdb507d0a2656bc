import { expect, it } from 'vitest';
import { writeInteger, writeValue } from '../../../web/text/values.ts';

it.each([
  [21.4375, 2, '21.44'],
  [-3.7416, 3, '−3.742'],
  [-0.001, 1, '0.0'],
  [0, 2, '0.00'],
  [1013.25, 1, '1013.3'],
  [48803.52, 1, '48\u202f803.5'],
  [1234567.891, 3, '1\u202f234\u202f567.891'],
  [40000, -4, '40\u202f000'],
  [2.5e12, -11, '2.5×10¹²'],
  [-5e11, -11, '−5×10¹¹'],
  [8e8, -8, '8×10⁸'],
  [567043440, 0, '567\u202f043\u202f440'],
  [12345678.25, 1, '12\u202f345\u202f678.3'],
  [1.25e-5, 7, '1.25×10⁻⁵'],
  [0.00012, 5, '0.00012'],
  [Number.NaN, 2, '–'],
  [Number.POSITIVE_INFINITY, 2, '–'],
])('%d to %d digits is %s', (value, decimals, text) => {
  expect(writeValue(value, decimals)).toBe(text);
});

it('gives powers of ten the digits that are asked for at least', () => {
  expect(writeValue(2.38152195e12, -10, 4)).toBe('2.3815×10¹²');
});

it.each([
  [1234, '1234'],
  [12345, '12\u202f345'],
  [-4294967295, '−4\u202f294\u202f967\u202f295'],
  [Number.NaN, '–'],
])('the integer %d is %s', (value, text) => {
  expect(writeInteger(value)).toBe(text);
});
