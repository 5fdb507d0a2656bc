// Reads from the health of a dataset whether the rows of another server come, and words the notices about it.

import { numberOf, textOf } from '../text/fields.ts';
import { fieldsOf } from '../text/json.ts';
import { writeDuration } from '../text/times.ts';
import type { Notice } from './notice.ts';

/** The rows of another server, which a dataset takes over. */
export interface SourceHealth {
  /** The server cannot be reached. Times in milliseconds. */
  readonly away: { readonly since: number | undefined; readonly reason: string } | undefined;
  /** Why some messages with rows cannot be read; empty if all can. */
  readonly unread: string;
  /** Rows come that are not later than the last one. */
  readonly isBehind: boolean;
  /** The age of the newest row in milliseconds; 0 if it is not known. */
  readonly behind: number;
}

/** Empty for a dataset of sensors. */
export function parseSource(json: unknown): { readonly source?: SourceHealth } {
  if (json === undefined) return {};
  const { state, since, lastError, isBehind, behind, problem } = fieldsOf(json);
  const seconds = numberOf(since);
  // A stream of NATS says what its problem is now, another server what it was last.
  const now = textOf(problem);
  const reason = now || textOf(fieldsOf(lastError)['message']);
  const away = { since: seconds === undefined ? undefined : seconds * 1000, reason };
  return {
    source: {
      away: state === 'away' ? away : undefined,
      unread: state === 'away' ? '' : now,
      isBehind: isBehind === true,
      behind: (numberOf(behind) ?? 0) * 1000,
    },
  };
}

/** The problems of a dataset whose rows are those of another server. */
export function sourceNotices(source: SourceHealth | undefined): Notice[] {
  const { away, unread = '', isBehind = false, behind = 0 } = source ?? {};
  const notices: Notice[] = [];
  if (away !== undefined) {
    notices.push({
      key: 'source',
      title: 'The server of these rows does not answer',
      since: away.since,
      ...(behind > 0 ? { text: `The newest row is ${writeDuration(behind)} old.` } : {}),
      lines: away.reason === '' ? [] : [away.reason],
      over: 'The server of these rows answers again',
    });
  }
  if (unread !== '') {
    notices.push({
      key: 'source unread',
      title: 'Some of these rows cannot be read',
      lines: [unread],
      over: 'All of these rows can be read again',
    });
  }
  if (isBehind) {
    notices.push({
      key: 'source clock',
      title: 'The clock of the server of these rows was set back',
      text: 'Its rows are not later than the last one, and are not taken over until they are.',
      over: 'Rows are later than the last one again',
    });
  }
  return notices;
}
