// How is a sensor's value corrected before it becomes a column? By a function that a person gives: today a straight line.

/** `value * scale + offset`, in the units of the column. */
export interface LinearCalibration {
  readonly kind: 'linear';
  readonly scale: number;
  readonly offset: number;
}

/** What may be done to a channel's value; `kind` tells the ways apart. */
export type Calibration = LinearCalibration;

/** The corrected value. NaN stays NaN: a value that is not there is not made up. */
export function calibrated({ scale, offset }: Calibration, value: number): number {
  return value * scale + offset;
}

/** A range of values as it is after the correction, the smaller bound first. */
export function calibratedRange(
  calibration: Calibration,
  [low, high]: readonly [number, number],
): readonly [number, number] {
  const [first, second] = [calibrated(calibration, low), calibrated(calibration, high)];
  return first <= second ? [first, second] : [second, first];
}

/** A step between values as it is after the correction. */
export function calibratedStep({ scale }: Calibration, step: number): number {
  return Math.abs(scale) * step;
}
