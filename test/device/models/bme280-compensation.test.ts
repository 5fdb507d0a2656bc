import { describe, expect, it } from 'vitest';
import {
  calibrationOf,
  celsiusOf,
  fineTemperature,
  humidityCalibrationOf,
  humidityOf,
  pascalsOf,
} from '../../../device/models/bme280-compensation.ts';

/** dig_T1 to dig_P9 of the BMP280 datasheet's worked example (BST-BMP280-DS001, section 3.12, figure 10). */
const WORDS = [27_504, 26_435, -1000, 36_477, -10_685, 3024, 2855, 140, -7, 15_500, -14_600, 6000];
const RAW_TEMPERATURE = 519_888;
const RAW_PRESSURE = 415_148;

function bytesOf(words: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(2 * words.length);
  for (const [index, word] of words.entries()) bytes.writeInt16LE((word << 16) >> 16, 2 * index);
  return bytes;
}

const calibration = calibrationOf(bytesOf(WORDS));

describe("the datasheet's worked example", () => {
  const fine = fineTemperature(RAW_TEMPERATURE, calibration);

  it('has the calibration that is in the registers', () => {
    expect(Object.values(calibration)).toEqual(WORDS);
  });

  it('is 25.08 degree_Celsius, t_fine 128422', () => {
    expect(fine).toBeCloseTo(128_422.28, 1);
    expect(celsiusOf(fine)).toBeCloseTo(25.08, 2);
  });

  it('is 100653.27 Pa', () => {
    expect(pascalsOf(RAW_PRESSURE, fine, calibration)).toBeCloseTo(100_653.27, 2);
  });

  it('has no pressure where the calibration would divide by 0', () => {
    expect(pascalsOf(RAW_PRESSURE, fine, { ...calibration, p1: 0 })).toBeNaN();
  });
});

/**
 * The datasheet's other way to say the same, in whole numbers (BST-BME280-DS002, section 4.2.3): 1/1024 percent, from
 * which the formula in floating point may differ by its own rounding.
 */
function wholeHumidity(raw: number, fine: number, [h1, h2, h3, h4, h5, h6]: readonly number[]): number {
  const warm = fine - 76_800;
  const offset = ((raw << 14) - (h4! << 20) - Math.imul(h5!, warm) + 16_384) >> 15;
  const bend = Math.imul((warm * h6!) >> 10, ((warm * h3!) >> 11) + 32_768) >> 10;
  const slope = (Math.imul(bend + 2_097_152, h2!) + 8192) >> 14;
  const straight = Math.imul(offset, slope);
  const square = Math.imul(straight >> 15, straight >> 15) >> 7;
  const bent = straight - (Math.imul(square, h1!) >> 4);
  return (Math.min(Math.max(bent, 0), 419_430_400) >> 12) / 1024;
}

describe('humidity', () => {
  // 0x69 0x01: 361; 0x14 and the lower half of 0x24: 324; 0x03 and its upper half: 50.
  const bytes = Uint8Array.of(0x69, 0x01, 0x00, 0x14, 0x24, 0x03, 0x1e);
  const humidities = humidityCalibrationOf(75, bytes);

  it('has the calibration that is in the registers, two of it in one byte', () => {
    expect(Object.values(humidities)).toEqual([75, 361, 0, 324, 50, 30]);
    const negative = humidityCalibrationOf(75, Uint8Array.of(0x69, 0x01, 0x00, 0xf0, 0x24, 0xf8, 0xe2));
    expect(negative).toMatchObject({ h4: -252, h5: -126, h6: -30 });
  });

  it.each([24_000, 26_000, 28_000, 30_000, 33_000])(
    'of the raw number %i is what the formula in whole numbers gives',
    raw => {
      for (const fine of [25_600, 128_422, 256_000]) {
        const expected = wholeHumidity(raw, fine, Object.values(humidities));
        expect(Math.abs(humidityOf(raw, fine, humidities) - expected)).toBeLessThan(0.05);
        expect(expected).toBeGreaterThan(5);
        expect(expected).toBeLessThan(100);
      }
    },
  );

  it('is neither below 0 nor above 100 percent', () => {
    expect(humidityOf(0, 128_422, humidities)).toBe(0);
    expect(humidityOf(65_535, 128_422, humidities)).toBe(100);
  });
});
