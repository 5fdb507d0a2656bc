// Defines the options for reading a sensor less often than rows are made.

import { z } from 'zod';
import {
  BETWEEN,
  duration,
  LONGEST_INTERVAL,
  type SamplingOverride,
  SHORTEST_INTERVAL,
} from '../../../device/index.ts';

/** When a sensor is read that is not read for each row, and which value the rows between two readings have. */
export const PACE_SHAPE = {
  every: duration(
    { low: SHORTEST_INTERVAL, high: LONGEST_INTERVAL },
    'Time from one reading to the next, for a sensor that is read less often than rows are made; by default it is read for each row.',
  ).optional(),
  between: z
    .enum(BETWEEN)
    .optional()
    .describe(
      'Value of the rows between two readings: nan (no value) or hold (the earlier reading again, while the sensor is healthy). Required if a reading takes longer than the interval; otherwise nan by default.',
    ),
};

/** The valid options of the pace. */
export function paceOf(written: Readonly<Record<string, unknown>>): SamplingOverride {
  const pace = Object.entries(PACE_SHAPE).flatMap(([key, schema]) => {
    const { data } = schema.safeParse(written[key]);
    return data === undefined ? [] : [[key, data] as const];
  });
  return Object.fromEntries(pace);
}
