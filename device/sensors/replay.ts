// The kind `replay`: the rows of a recording, at its own pace, at another one, or as fast as they are read.

import { z } from 'zod';
import { messageOf } from '../error-message.ts';
import type { Clock } from '../host/clock.ts';
import { sensorKind } from '../kind.ts';
import { type Recording, readRecording } from '../recordings/recording.ts';
import type { Channel, Reading } from '../sensor.ts';
import { identifierOf } from './identifiers.ts';

const AS_READ = 'as-read';

const OPTIONS = z.strictObject({
  file: z
    .string()
    .min(1)
    .describe(
      'A .dods of any DAP2 server (with a .das of the same name beside it for its missing values), an .asc of this server, or a .csv with a line of names. What is cut off at its end is left out. A relative path starts in the folder where the server was started.',
    ),
  columns: z
    .array(z.string().min(1).max(128))
    .min(1)
    .max(256)
    .refine(columns => new Set(columns.map(identifierOf)).size === columns.length)
    .meta({
      description: 'The columns of the file to replay, by their names in the file.',
      expected: 'a list of one to 256 names of columns, no two alike',
    }),
  time: z
    .string()
    .min(1)
    .default('time')
    .describe('The column of times: seconds since 1970 or ISO 8601. Not used with speed: as-read.'),
  missing: z.array(z.number()).max(16).default([]).meta({
    description: 'Numbers in the file that mean a missing value, such as -999.',
    expected: 'a list of up to 16 numbers',
  }),
  speed: z
    .union([z.number().gt(0).max(1_000_000), z.literal(AS_READ)])
    .default(1)
    .meta({
      description:
        'The speed, as a multiple of the recorded one; as-read gives one row of the recording for each row, whatever their times.',
      expected: 'a number above 0, at most 1000000, or as-read',
    }),
  repeat: z
    .boolean()
    .default(true)
    .describe('Start again after the end. With false there are no values after the end.'),
});

function channelOf(column: string): Channel {
  return { name: identifierOf(column), units: '1', longName: `Recorded ${column}` };
}

export const replay = sensorKind({
  name: 'replay',
  title: 'Recording (replayed)',
  description:
    'Columns of a recorded file. Each recorded row is given once; rows in between have no values. Set the units of the columns with channels.',
  needs: [],
  options: OPTIONS,
  example: { file: 'docs/recording.csv', columns: ['temperature'] },
  channels: ({ columns }) => columns.map(channelOf),
  conversionTime: () => 0,
  problemOf: options =>
    recordingOf(options).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    ),
  open: async (options, { clock }) => {
    const { columns, speed, repeat } = options;
    const recording = await recordingOf(options);
    const { times } = recording;
    const next =
      speed === AS_READ || times === undefined
        ? rowByRow(recording.rows, repeat)
        : byTime(times, speed, repeat, clock);
    return {
      name: 'replay',
      channels: columns.map(channelOf),
      read: async () => readingOf(recording, next()),
      close: async () => {},
    };
  },
});

function recordingOf({ file, columns, time, missing, speed }: z.output<typeof OPTIONS>): Promise<Recording> {
  return readRecording(file, { columns, time: speed === AS_READ ? undefined : time, missing });
}

/** The number of the row that is due now, `NONE` between two rows, or `ENDED`. */
type NextRow = () => number;

const NONE = -1;
const ENDED = -2;

function readingOf({ columns, rows }: Recording, row: number): Reading {
  const values = columns.map(column => column[row] ?? Number.NaN);
  // Not an error: the sensor would be reopened, and the recording would start again.
  if (row === ENDED) return { values, problem: `the recording has ended, after ${rows} rows` };
  return values;
}

function rowByRow(rows: number, repeat: boolean): NextRow {
  let row = 0;
  return () => {
    if (row >= rows && !repeat) return ENDED;
    return row++ % rows;
  };
}

/** A row is skipped if it was due earlier than this many row spacings ago: the reader is slower than the recording. */
const LATEST = 1.5;

/**
 * Rows when they are due, in time since the first read. A row is due half the usual spacing early, so that a reader at the recording's own
 * pace gets each row once, whatever the phase of its schedule.
 */
function byTime(times: Float64Array, speed: number, repeat: boolean, clock: Clock): NextRow {
  const first = times[0]!;
  const spacing = usualSpacing(times);
  /** Recorded seconds from one start to the next. */
  const length = times.at(-1)! - first + spacing;
  let start: number | undefined;
  /** Counts on from one repetition to the next. */
  let row = 0;
  const dueAt = (index: number) =>
    Math.floor(index / times.length) * length + times[index % times.length]! - first;
  return () => {
    const now = clock.monotonic();
    start ??= now;
    const position = (now - start) * speed;
    if (!repeat && position >= length) return ENDED;
    // After a long pause the repetitions that went by are not gone through one by one.
    const repetition = Math.floor(position / length) - 1;
    row = Math.max(row, repetition * times.length);
    const last = repeat ? Number.POSITIVE_INFINITY : times.length;
    while (row + 1 < last && dueAt(row) < position - LATEST * spacing && dueAt(row + 1) <= position) row++;
    if (row >= last || dueAt(row) > position + spacing / 2) return NONE;
    return row++ % times.length;
  };
}

/** The median spacing of the rows in seconds; 1 for a single row. */
function usualSpacing(times: Float64Array): number {
  const distances = Float64Array.from(
    { length: times.length - 1 },
    (_, row) => times[row + 1]! - times[row]!,
  );
  const median = distances.filter(distance => distance > 0).sort();
  return median[Math.floor(median.length / 2)] ?? 1;
}
