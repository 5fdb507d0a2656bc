// Words the news of feeds of rows to other machines for the log.

import { messageOf } from '../../../device/index.ts';
import type { FeedEvent } from '../../publish/sink.ts';
import { spoken } from '../../text/terminal-text.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** @param held the number of earlier changes that were not logged; of dropped rows `rows` is the sum */
export function publishLine(dataset: string, event: FeedEvent, held: number, rows = 0): LogLine {
  const { to } = event;
  const again = held > 0 ? `, after ${held} more changes` : '';
  switch (event.kind) {
    case 'away':
      return {
        level: 'warn',
        text: `${to} does not take the rows of ${dataset}${again}: ${messageOf(event.error)}; it is tried again`,
      };
    case 'back':
      return {
        level: 'info',
        text: `${to} takes the rows of ${dataset} again after ${spoken(event.seconds)}${again}`,
      };
    case 'dropped': {
      const number = event.rows === undefined ? 'rows' : rows === 1 ? 'a row' : `${rows} rows`;
      return {
        level: 'warn',
        text: `${number} of ${dataset} will not reach ${to}: ${event.reason}`,
      };
    }
    case 'no-progress':
      return {
        level: 'error',
        text: `it cannot be saved which rows of ${dataset} were sent to ${to}, so that they may be sent again after a start: ${messageOf(event.error)}`,
      };
  }
}
