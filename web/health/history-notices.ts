// Words the notices about the rows on the server's disk.

import type { HistoryFault, HistoryHealth } from './history-health.ts';
import type { Notice } from './notice.ts';

/** The problems of a dataset's history; none without a history. */
export function historyNotices(history: HistoryHealth | undefined): Notice[] {
  if (history === undefined) return [];
  const { writing, merging, deleting, unfit, lost, setAside, lastSetAside } = history;
  const notices: Notice[] = [];
  if (writing !== undefined) {
    notices.push({
      ...faultNotice('history', writing),
      title: 'Rows cannot be stored on the server’s disk',
      text: 'They are kept in its memory.',
      over: 'Rows are stored on the server’s disk again',
    });
  }
  if (lost > 0) {
    notices.push({
      key: 'history lost',
      title: lost === 1 ? 'A row was lost' : `${lost} rows were lost`,
      text: 'The server could neither store them nor keep them in memory.',
      over: 'The last loss of rows was a day ago',
    });
  }
  if (unfit !== undefined) {
    notices.push({
      ...faultNotice('history unfit', unfit),
      title: 'New rows are not stored on the server’s disk',
      text: 'Their times are not after those of the stored rows: the server’s clock is wrong, or was.',
      over: 'New rows are stored on the server’s disk again',
    });
  }
  if (setAside > 0) {
    notices.push({
      key: 'history files',
      title:
        setAside === 1
          ? 'A file with past rows was set aside'
          : `${setAside} files with past rows were set aside`,
      text: setAside === 1 ? 'The rows in it are not served.' : 'The rows in them are not served. The last:',
      lines: lastSetAside === '' ? [] : [lastSetAside],
      over: 'The last file was set aside a day ago',
    });
  }
  if (merging !== undefined) {
    notices.push({
      ...faultNotice('history merge', merging),
      title: 'The server cannot merge the files of past days',
      text: 'Their rows are served as before.',
      over: 'The server can merge the files of past days again',
    });
  }
  if (deleting !== undefined) {
    notices.push({
      ...faultNotice('history delete', deleting),
      title: 'The server cannot delete its oldest rows',
      text: 'Its disk may fill up.',
      over: 'The server can delete its oldest rows again',
    });
  }
  return notices;
}

function faultNotice(key: string, { since, reason }: HistoryFault): Pick<Notice, 'key' | 'since' | 'lines'> {
  return { key, since, lines: reason === '' ? [] : [reason] };
}
