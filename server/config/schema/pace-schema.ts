// The options by which a sensor is read less often than rows are made, and what the rows between two readings have.

import { z } from 'zod';
import {
  BETWEEN,
  duration,
  LONGEST_INTERVAL,
  type SamplingOverride,
  SHORTEST_INTERVAL,
} from '../../../device/index.ts';

/** When a sensor is read that is not read for each row, and what the rows between hold. */
export const PACE_SHAPE = {
  every: duration(
    { low: SHORTEST_INTERVAL, high: LONGEST_INTERVAL },
    'Time from one reading to the next, for a sensor that is read more rarely than rows are made; with each row where it is left out.',
  ).optional(),
  between: z
    .enum(BETWEEN)
    .optional()
    .describe(
      'What rows between two readings have: nan, no value; hold, the earlier reading once more, for as long as the sensor is well. To be said where a reading takes longer than the interval; nan where it is left out.',
    ),
};

/** What is said of the pace, as far as it can be understood. */
export function paceOf(written: Readonly<Record<string, unknown>>): SamplingOverride {
  const pace = Object.entries(PACE_SHAPE).flatMap(([key, schema]) => {
    const { data } = schema.safeParse(written[key]);
    return data === undefined ? [] : [[key, data] as const];
  });
  return Object.fromEntries(pace);
}
