// Reads from the health of a dataset whether the receivers of its rows take them, and words the notices.

import { listOf, numberOf, textOf } from '../text/fields.ts';
import { fieldsOf } from '../text/json.ts';
import type { Notice } from './notice.ts';

/** Rows that were dropped are shown for this many seconds. */
const DROPS_SHOWN = 86_400;

/** A receiver of the rows that has trouble. */
export interface PublishHealth {
  /** Its address, or the kind of it. */
  readonly to: string;
  /** It takes no rows: since when, in milliseconds since 1970, and why. */
  readonly away: { readonly since: number | undefined; readonly reason: string } | undefined;
  /** Rows that it still gets when it comes back. */
  readonly behind: number;
  /** Why it recently did not get rows; empty if it got all. */
  readonly dropReason: string;
}

/** `lastTime`: the time of the newest row, in seconds. */
export function parsePublish(json: unknown, lastTime: number | undefined): readonly PublishHealth[] {
  return listOf(json)
    .map(fieldsOf)
    .map(({ kind, to, state, since, behind, lastDrop, lastError }) => {
      const drop = fieldsOf(lastDrop);
      const seconds = numberOf(since);
      const isRecent = (lastTime ?? 0) - (numberOf(drop['time']) ?? Number.NEGATIVE_INFINITY) < DROPS_SHOWN;
      return {
        to: textOf(to) === '' ? textOf(kind) : textOf(to),
        away:
          state === 'away'
            ? {
                since: seconds === undefined ? undefined : seconds * 1000,
                reason: textOf(fieldsOf(lastError)['message']),
              }
            : undefined,
        behind: numberOf(fieldsOf(behind)['rows']) ?? 0,
        dropReason: isRecent ? textOf(drop['reason']) : '',
      };
    });
}

export function publishNotices(receivers: readonly PublishHealth[]): Notice[] {
  return receivers.flatMap(({ to, away, behind, dropReason }) => {
    const notices: Notice[] = [];
    if (away !== undefined)
      notices.push({
        key: `publish ${to}`,
        title: `${to} takes no rows`,
        since: away.since,
        text:
          behind === 0
            ? 'The server tries again.'
            : `The server tries again; ${behind === 1 ? 'a row waits' : `${behind} rows wait`}.`,
        lines: away.reason === '' ? [] : [away.reason],
        over: `${to} takes rows again`,
      });
    if (dropReason !== '')
      notices.push({
        key: `publish dropped ${to}`,
        title: `Rows did not reach ${to}`,
        lines: [dropReason],
        over: `The last rows that did not reach ${to} are a day old`,
      });
    return notices;
  });
}
