// Estimates how many bytes a day of rows takes on disk, from what days of simulated sensors took.

/** A sensor as far as the size of its values depends on it. */
export interface StoredSensor {
  /** The name of its kind; empty for the kind of a driver. */
  readonly kind: string;
  /** Its columns, the derived ones included. */
  readonly columns: number;
  readonly derived: number;
  /** Seconds between two readings. */
  readonly every: number;
}

/** Bytes of a row's time: rows come within a few milliseconds of their schedule. */
const TIME = 0.6;

/** Bytes of a value of a kind, at a row a second: `test/server/cli/stored-size.test.ts` measures them. */
const VALUES: Readonly<Record<string, number>> = {
  'host-load': 0.6,
  'host-cpu': 2.5,
  'host-network': 2.5,
  thermal: 2,
  ads1015: 0.8,
  lm75: 0.2,
  tmp102: 0.8,
  tmp105: 0.8,
  mcp9808: 0.8,
  ds18b20: 0.8,
  bme280: 5.5,
  bmp280: 5.2,
  sht3x: 3,
  ina219: 3,
  'pi-throttled': 0.05,
  mcp3008: 0.6,
  'gpio-input': 0.3,
};

/** Of other kinds, and of a derived column. */
const USUAL_VALUE = 1.5;
/** Of a value that is not read for this row, but missing or that of an earlier row. */
const HELD_VALUE = 0.1;

/** Seconds of a summarised stretch, and bytes of a column in it: its count, and its least, mean and greatest value. */
const STRETCH = 60;
const SUMMARY = 4;
const SUMMARY_OF_BYTE = 2.7;

/** Bytes of a file beside its values, and of a column in it: the facts about the dataset, and where each column lies. */
const FILE = 2000;
const COLUMN = 150;
/** Of a column in a row group of 4096 rows. */
const COLUMN_CHUNK = 60;

/** @param interval seconds between rows */
export function estimatedDay(sensors: readonly StoredSensor[], interval: number): number {
  const rows = 86_400 / interval;
  const stretches = Math.min(rows, 86_400 / STRETCH);
  let [bytes, columns] = [TIME * rows, 1];
  for (const sensor of sensors) {
    const value = VALUES[sensor.kind] ?? USUAL_VALUE;
    const readings = Math.min(1, interval / sensor.every);
    const held = HELD_VALUE * (1 - readings);
    const own = (sensor.columns - sensor.derived) * value + sensor.derived * USUAL_VALUE;
    bytes += rows * (own * readings + sensor.columns * held);
    bytes += stretches * (SUMMARY * sensor.columns + SUMMARY_OF_BYTE * own);
    columns += sensor.columns;
  }
  // The rows are in one file, the summaries of the minutes in another.
  return bytes + 2 * FILE + columns * (COLUMN + COLUMN_CHUNK * Math.ceil(rows / 4096));
}
