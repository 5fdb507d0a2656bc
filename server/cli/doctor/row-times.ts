// Examines whether the row times of a running server are ahead of a clock that was set back.

import type { AnsweringServer } from '../../machine/answering-server.ts';
import { CATCHES_UP_IN, FAR_AHEAD, RESTART_ADVICE } from '../../machine/far-ahead.ts';
import { spoken } from '../../text/terminal-text.ts';
import { type Finding, fix, note } from './finding.ts';

/** Seconds. Smaller corrections of a clock are normal. */
const LEAST_AHEAD = 60;

export function examineRowTimes({ datasets }: AnsweringServer): readonly Finding[] {
  const early = datasets.filter(({ ahead }) => ahead >= LEAST_AHEAD);
  if (early.length === 0) return [];
  const most = Math.max(...early.map(({ ahead }) => ahead));
  const names = early.map(({ name }) => name).join(', ');
  const text = `those of ${names} are ${spoken(most)} ahead of the clock, which was set back; it catches up in ${spoken(CATCHES_UP_IN * most)}`;
  return [(most >= FAR_AHEAD ? fix : note)('row times', text, RESTART_ADVICE)];
}
