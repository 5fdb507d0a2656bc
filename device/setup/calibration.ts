// Corrects a sensor's value by the calibration of its configuration before it becomes a column.

/** `value * scale + offset`, in the units of the column. */
export interface LinearCalibration {
  readonly kind: 'linear';
  readonly scale: number;
  readonly offset: number;
}

/** A correction of a channel's value; a straight line is the only one so far. */
export type Calibration = LinearCalibration;

/** The corrected value; NaN for NaN. */
export function calibrated({ scale, offset }: Calibration, value: number): number {
  return value * scale + offset;
}

/** The range after the correction, the smaller bound first. */
export function calibratedRange(
  calibration: Calibration,
  [low, high]: readonly [number, number],
): readonly [number, number] {
  const [first, second] = [calibrated(calibration, low), calibrated(calibration, high)];
  return first <= second ? [first, second] : [second, first];
}

/** The resolution after the correction. */
export function calibratedStep({ scale }: Calibration, step: number): number {
  return Math.abs(scale) * step;
}
