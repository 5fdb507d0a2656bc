// Turns the raw numbers of a BME280 or BMP280 into quantities, with the chip's calibration and the datasheet's formulas.

/** dig_T1 to dig_P9 (BME280, BST-BME280-DS002, table 16; BMP280, BST-BMP280-DS001, table 17). */
export interface Calibration {
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly p4: number;
  readonly p5: number;
  readonly p6: number;
  readonly p7: number;
  readonly p8: number;
  readonly p9: number;
}

/** dig_H1 to dig_H6, which only the BME280 has. */
export interface HumidityCalibration {
  readonly h1: number;
  readonly h2: number;
  readonly h3: number;
  readonly h4: number;
  readonly h5: number;
  readonly h6: number;
}

/** From the 24 bytes at 0x88: words, least significant byte first. */
export function calibrationOf(bytes: Uint8Array): Calibration {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const unsigned = (register: number) => view.getUint16(register - 0x88, true);
  const signed = (register: number) => view.getInt16(register - 0x88, true);
  return {
    t1: unsigned(0x88),
    t2: signed(0x8a),
    t3: signed(0x8c),
    p1: unsigned(0x8e),
    p2: signed(0x90),
    p3: signed(0x92),
    p4: signed(0x94),
    p5: signed(0x96),
    p6: signed(0x98),
    p7: signed(0x9a),
    p8: signed(0x9c),
    p9: signed(0x9e),
  };
}

/** From the byte at 0xa1 and the 7 bytes at 0xe1; dig_H4 and dig_H5 share one byte. */
export function humidityCalibrationOf(h1: number, bytes: Uint8Array): HumidityCalibration {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shared = view.getUint8(0xe5 - 0xe1);
  return {
    h1,
    h2: view.getInt16(0, true),
    h3: view.getUint8(0xe3 - 0xe1),
    h4: view.getInt8(0xe4 - 0xe1) * 16 + (shared & 15),
    h5: view.getInt8(0xe6 - 0xe1) * 16 + (shared >> 4),
    h6: view.getInt8(0xe7 - 0xe1),
  };
}

/** The temperature for the other formulas, `t_fine`: 5120 per degree Celsius, in floating point (appendix A, 8.1). */
export function fineTemperature(raw: number, { t1, t2, t3 }: Calibration): number {
  const linear = (raw / 16_384 - t1 / 1024) * t2;
  const square = (raw / 131_072 - t1 / 8192) ** 2 * t3;
  return linear + square;
}

export function celsiusOf(fine: number): number {
  return fine / 5120;
}

/** Pa; NaN if the calibration would cause a division by 0. */
export function pascalsOf(raw: number, fine: number, calibration: Calibration): number {
  const { p1, p2, p3, p4, p5, p6, p7, p8, p9 } = calibration;
  const warm = fine / 2 - 64_000;
  const offset = ((warm * warm * p6) / 32_768 + warm * p5 * 2) / 4 + p4 * 65_536;
  const slope = (1 + ((p3 * warm * warm) / 524_288 + p2 * warm) / 524_288 / 32_768) * p1;
  if (slope === 0) return Number.NaN;
  const straight = ((1_048_576 - raw - offset / 4096) * 6250) / slope;
  const bent = (p9 * straight * straight) / 2 ** 31 + (straight * p8) / 32_768;
  return straight + (bent + p7) / 16;
}

/** Percent, limited to 0 to 100 as in the datasheet. */
export function humidityOf(raw: number, fine: number, calibration: HumidityCalibration): number {
  const { h1, h2, h3, h4, h5, h6 } = calibration;
  const warm = fine - 76_800;
  const offset = h4 * 64 + (h5 / 16_384) * warm;
  const slope = (h2 / 65_536) * (1 + (h6 / 67_108_864) * warm * (1 + (h3 / 67_108_864) * warm));
  const straight = (raw - offset) * slope;
  return Math.min(Math.max(straight * (1 - (h1 * straight) / 524_288), 0), 100);
}
