// Asks how often sensors are read, and how long past rows are kept.

import { duration, LONGEST_INTERVAL, SHORTEST_INTERVAL } from '../../../device/index.ts';
import { type FoundOfKind, sensorLines } from '../../config/reference/paste.ts';
import { type SlowestKind, slowestKind } from '../../config/reference/round-time.ts';
import { DEFAULT_HISTORY, KEEP } from '../../config/schema/history-schema.ts';
import { DEFAULT_INTERVAL } from '../../config/schema/schema.ts';
import type { Questions } from './questions.ts';

const INTERVAL = duration({ low: SHORTEST_INTERVAL, high: LONGEST_INTERVAL }, 'Time between rows.');

const SECONDS_A_YEAR = 366 * 86_400;

export function askInterval(questions: Questions, sensors: readonly FoundOfKind[]): Promise<string> {
  const slowest = slowestKind(sensors);
  const shortest = slowest?.seconds ?? 0;
  const usual = sensors.length === 0 ? DEFAULT_INTERVAL : sensorLines(sensors).interval;
  const why = slowest !== undefined && usual > DEFAULT_INTERVAL ? ` (${reasonOf(slowest)})` : '';
  return questions.ask(`Time between two rows${why}`, `${usual} s`, answer => {
    const written = withUnit(answer, 's');
    const { data } = INTERVAL.safeParse(written);
    if (data === undefined)
      throw new Error(`expected a time such as 500 ms, 10 s or 1 min, found "${answer}"`);
    if (data < shortest)
      throw new Error(
        `expected ${shortest} s or more, which a reading of ${slowest?.isInTurn ? 'all sensors' : 'the slowest sensor'} takes, found "${answer}"`,
      );
    return written;
  });
}

/** Why rows come less often than usual. */
function reasonOf({ kind, count, seconds, isInTurn }: SlowestKind): string {
  return isInTurn
    ? `the ${count} sensors of the kind ${kind.name} are read one after the other, which takes ${seconds} s`
    : `a reading of ${kind.name} takes ${seconds} s`;
}

/** @param path the folder where the service has none of its own; undefined for the installed service */
export function askHistory(
  questions: Questions,
  path: string | undefined,
): Promise<{ readonly keep: string; readonly path: string | undefined } | undefined> {
  const years = Math.round(DEFAULT_HISTORY.keep / SECONDS_A_YEAR);
  const where = path === undefined ? 'on disk' : `in ${path}`;
  return questions.ask(
    `How long to keep past rows ${where} (a time such as 90 d or 5 y, or no)`,
    `${years} y`,
    answer => {
      if (/^no?$/i.test(answer)) return undefined;
      const keep = withUnit(answer, 'd');
      if (KEEP.safeParse(keep).success) return { keep, path };
      throw new Error(`expected a time from 1 d to 100 y, or no, found "${answer}"`);
    },
  );
}

/** A number alone has the usual unit. */
function withUnit(answer: string, unit: string): string {
  return /^[\d.]+$/.test(answer) ? `${answer} ${unit}` : answer;
}
