// Words the notices about the server: one for each problem, and the announcement of each change.

import { writeDuration, writeTime } from '../text/times.ts';
import type {
  CertificateHealth,
  DatasetHealth,
  FailingSensor,
  Health,
  WrongConfiguration,
} from './health.ts';
import { historyNotices } from './history-notices.ts';
import type { Notice } from './notice.ts';
import { publishNotices } from './publish-health.ts';
import { sourceNotices } from './source-health.ts';

/** The most problems of a configuration, and columns of a sensor, that are named. */
const MOST_PROBLEMS = 3;
const MOST_COLUMNS = 6;

/** The longest reason that is shown, in UTF-16 units. */
const LONGEST_REASON = 500;

/** The least lead of row times in milliseconds that is reported: clocks are corrected by less all the time. */
const LEAST_AHEAD = 100;

/** The problems of the server and of one of its datasets; `labels` of the columns by their names. */
export function noticesOf(
  health: Health,
  dataset: DatasetHealth | undefined,
  labels: ReadonlyMap<string, string>,
): Notice[] {
  const { failure, ahead = 0, forward = 0, failing = [], history, publish = [], source } = dataset ?? {};
  const notices: Notice[] = [];
  if (failure !== undefined) {
    notices.push({
      key: 'rows',
      title: 'The rows have broken off',
      lines: failure === '' ? [] : [failure],
      over: 'Rows can come again',
    });
  }
  notices.push(...sourceNotices(source));
  if (health.wrong !== undefined) notices.push(configurationNotice(health.wrong));
  if (health.failed.length > 0) notices.push(unopenedNotice(health.failed));
  if (health.certificate !== undefined) notices.push(certificateNotice(health.certificate));
  if (health.isUnsynchronized) {
    notices.push({
      key: 'synchronized',
      title: 'The server’s clock is not synchronised',
      text: 'The times of its rows may be wrong.',
      over: 'The server’s clock is synchronised',
    });
  }
  if (ahead >= LEAST_AHEAD) {
    notices.push({
      key: 'clock',
      title: 'The server’s clock was set back',
      text: `Row times are ${writeDuration(ahead)} ahead of it, and pass more slowly until it has caught up.`,
      over: 'The server’s clock has caught up',
    });
  }
  if (forward > 0) {
    notices.push({
      key: 'forward',
      title: 'The server’s clock was set forward',
      text: `Earlier rows have the times of the clock as it was, ${writeDuration(forward)} behind.`,
      over: 'The server’s clock was set some time ago',
    });
  }
  notices.push(...historyNotices(history), ...publishNotices(publish));
  return [...notices, ...failing.map(sensor => sensorNotice(sensor, labels))];
}

/** The announcement to screen readers when `now` replaces `before`; empty for no change. */
export function newsOf(before: readonly Notice[], now: readonly Notice[]): string {
  const isIn = (notices: readonly Notice[], { key }: Notice): boolean =>
    notices.some(other => other.key === key);
  return [
    ...now.filter(notice => !isIn(before, notice)).map(({ title }) => title),
    ...before.filter(notice => !isIn(now, notice)).map(({ over }) => over),
  ]
    .map(sentence => `${sentence}.`)
    .join(' ');
}

/** The notice while rows are not later than those from before the server's clock was set back; times in milliseconds. */
export function seamNotice(last: number, serverTime: number): Notice {
  return {
    key: 'seam',
    title: 'The server started again with an earlier clock',
    text: `Its rows go on at ${writeTime(serverTime)}, though the last one before was of ${writeTime(last)}: one of these times is wrong.`,
    over: 'Rows are later again than those from before the server started',
  };
}

/** The notice that attributes of a dataset could not be read, for the reason `problem`. */
export function attributesNotice(problem: string): Notice {
  return {
    key: 'attributes',
    title: 'The attributes of the dataset could not be read',
    text: 'Names, units and missing values are shown as far as they are known.',
    lines: [problem.length > LONGEST_REASON ? `${problem.slice(0, LONGEST_REASON)}…` : problem],
    over: 'The attributes of the dataset could be read',
  };
}

function configurationNotice({ problems, since, inUse, lastGood }: WrongConfiguration): Notice {
  const goodTime = lastGood === undefined ? '' : ` of ${writeTime(lastGood)}`;
  const text = {
    previous: 'The server goes on with the one before.',
    'last-good': `The server has started with the last good one${goodTime}.`,
    'host-only': 'No earlier one can be used: only the load of the machine is served.',
  }[inUse];
  return {
    key: 'configuration',
    title: 'The configuration is wrong',
    since,
    text,
    lines: problems.slice(0, MOST_PROBLEMS),
    more: Math.max(0, problems.length - MOST_PROBLEMS),
    over: 'The configuration is right again',
  };
}

function certificateNotice({ expires, problem }: CertificateHealth): Notice {
  const isWrong = problem !== '';
  return {
    key: 'certificate',
    title: isWrong
      ? 'The certificate of the server is wrong'
      : 'The certificate of the server is not renewed',
    text: expires === undefined ? 'The former one stays in use.' : `It is valid until ${writeTime(expires)}.`,
    lines: isWrong ? [problem] : [],
    over: 'The certificate of the server is right again',
  };
}

function unopenedNotice(failed: readonly string[]): Notice {
  return {
    key: 'unopened',
    title: failed.length === 1 ? 'A dataset could not be opened' : 'Datasets could not be opened',
    text: 'The server tries again.',
    lines: failed.slice(0, MOST_PROBLEMS),
    more: Math.max(0, failed.length - MOST_PROBLEMS),
    over: 'All datasets are open',
  };
}

function sensorNotice(
  { name, columns, since, reason }: FailingSensor,
  labels: ReadonlyMap<string, string>,
): Notice {
  const named = columns.slice(0, MOST_COLUMNS).map(column => labels.get(column) ?? column);
  const more = columns.length - named.length;
  return {
    key: `sensor ${name}`,
    title: `Sensor ${name} fails`,
    since,
    text:
      named.length === 0 ? '' : `No values for ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
    lines: reason === '' ? [] : [reason],
    over: `Sensor ${name} fails no more`,
  };
}
