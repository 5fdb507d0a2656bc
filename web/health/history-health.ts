// Reads from the health of a dataset whether its rows can be stored on the server's disk.

import { numberOf, textOf } from '../text/fields.ts';
import { fieldsOf } from '../text/json.ts';

/** The loss of rows, and a file that was set aside, are shown for this many seconds. */
const EVENTS_SHOWN = 86_400;

export interface HistoryFault {
  /** Milliseconds since 1970, by the server's clock; undefined if the server does not state it. */
  readonly since: number | undefined;
  /** Empty if the server states none. */
  readonly reason: string;
}

export interface HistoryHealth {
  /** Rows cannot be written. */
  readonly writing: HistoryFault | undefined;
  /** The files of past days cannot be merged. */
  readonly merging: HistoryFault | undefined;
  /** The oldest files cannot be deleted. */
  readonly deleting: HistoryFault | undefined;
  /** New rows are not stored for their times. */
  readonly unfit: HistoryFault | undefined;
  /** Rows that were recently lost. */
  readonly lost: number;
  /** Files that were recently set aside, and why the last of them was. */
  readonly setAside: number;
  readonly lastSetAside: string;
}

/** `lastTime`: the time of the newest row, in seconds. */
export function parseHistory(json: unknown, lastTime: number | undefined): HistoryHealth | undefined {
  if (json === undefined) return undefined;
  const { failure, failingSince, mergeFailure, deletionFailure, unfitSince, ...fields } = fieldsOf(json);
  const { lost, lostAt, setAside, lastSetAside } = fields;
  const { time, message } = fieldsOf(lastSetAside);
  const recent = (number: unknown, at: unknown) =>
    (lastTime ?? 0) - (numberOf(at) ?? Number.NEGATIVE_INFINITY) < EVENTS_SHOWN ? (numberOf(number) ?? 0) : 0;
  return {
    writing: faultOf(failure, failingSince),
    merging: faultOf(mergeFailure, undefined),
    deleting: faultOf(deletionFailure, undefined),
    unfit: faultOf(numberOf(unfitSince) === undefined ? undefined : '', unfitSince),
    lost: recent(lost, lostAt),
    setAside: recent(setAside, time),
    lastSetAside: textOf(message),
  };
}

function faultOf(reason: unknown, since: unknown): HistoryFault | undefined {
  if (typeof reason !== 'string') return undefined;
  const seconds = numberOf(since);
  return { reason: textOf(reason), since: seconds === undefined ? undefined : seconds * 1000 };
}
