import { expect, it, vi } from 'vitest';
import { decimalSignOf, writeInteger, writeValue } from '../../../web/text/values.ts';

it.each([
  [21.4375, 2, '21.44'],
  [-3.7416, 3, '−3.742'],
  [-0.001, 1, '0.0'],
  [0, 2, '0.00'],
  [-0, 9, '0'],
  [1013.25, 1, '1013.3'],
  [48803.52, 1, '48\u202f803.5'],
  [1234567.891, 3, '1\u202f234\u202f567.891'],
  [40000, -4, '40\u202f000'],
  [2.5e12, -11, '2.5×10¹²'],
  [-5e11, -11, '−5×10¹¹'],
  [8e8, -8, '8×10⁸'],
  [567043440, 0, '567\u202f043\u202f440'],
  [12345678.25, 1, '12\u202f345\u202f678.3'],
  // A power of ten with fewer digits would hide the fraction.
  [1e9 + 0.1, 1, '1\u202f000\u202f000\u202f000.1'],
  [-1e22, 1, '−1.00000000×10²²'],
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
  [-0.2, '0'],
  [Number.NaN, '–'],
])('the integer %d is %s', (value, text) => {
  expect(writeInteger(value)).toBe(text);
});

it.each([
  ['en-GB', '.'],
  ['de-DE', ','],
  ['de-CH', '.'],
  ['fr-FR', ','],
  ['ar-EG', '.'],
])('the decimal sign of %s is "%s", which stands before digits from 0 to 9', (language, sign) => {
  expect(decimalSignOf(language)).toBe(sign);
});

it('writes values and times with the decimal sign of the language, and groups with spaces', async () => {
  const { NumberFormat } = Intl;
  vi.resetModules();
  vi.stubGlobal('Intl', {
    ...Intl,
    DateTimeFormat: Intl.DateTimeFormat,
    NumberFormat: function German() {
      return new NumberFormat('de');
    },
  });
  try {
    const [values, times] = await Promise.all([
      import('../../../web/text/values.ts'),
      import('../../../web/text/times.ts'),
    ]);
    expect(values.writeValue(22.6, 1)).toBe('22,6');
    expect(values.writeValue(-1234567.891, 3)).toBe('−1\u202f234\u202f567,891');
    expect(values.writeValue(1.25e-5, 7)).toBe('1,25×10⁻⁵');
    expect(values.writeInteger(12345)).toBe('12\u202f345');
    expect(times.writeDuration(1500)).toBe('1,5 s');
    expect(times.writeSpan(1250, true)).toBe('0:00:01,250');
  } finally {
    vi.unstubAllGlobals();
    // Other tests in this process import these modules too.
    vi.resetModules();
  }
});
