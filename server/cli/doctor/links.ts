// Examines whether a running server reaches the machines that it sends rows to or takes rows from.

import type { AnsweringLink } from '../../machine/answering-links.ts';
import type { AnsweringServer } from '../../machine/answering-server.ts';
import { counted } from '../../text/terminal-text.ts';
import { type Finding, fix, note, ok } from './finding.ts';

/** Datasets that a line names; of more it says their number. */
const NAMED = 3;

/** One line for each kind of connection and for each reason: a broker that is away concerns many datasets. */
export function examineLinks({ links = [] }: AnsweringServer): readonly Finding[] {
  const groups = new Map<string, AnsweringLink[]>();
  for (const link of links) {
    const key = JSON.stringify([link.kind, link.state, link.problem]);
    groups.set(key, [...(groups.get(key) ?? []), link]);
  }
  return [...groups.values()].map(finding);
}

function finding(group: readonly AnsweringLink[]): Finding {
  const [{ kind, state, problem, to }] = group as [AnsweringLink];
  const places = [...new Set(group.map(link => link.to))];
  const where = places.length === 1 ? to : `${to} and ${counted(places.length - 1, 'other')}`;
  const text = `${rowsOf(group)}${kind === 'publish' ? ' to ' : kind === 'source' ? ' from ' : ''}${where}`;
  if (problem !== undefined)
    return fix(kind, `${text}: ${problem}`, 'the server tries again until that is mended');
  if (state === 'connected') return ok(kind, text);
  return state === 'connecting'
    ? note(kind, `${text}: not connected yet`)
    : fix(kind, `${text}: away`, 'the server tries again; look at its log');
}

/** Such as `rows of roof, cellar`; nothing for a fleet, which names its stream. */
function rowsOf(group: readonly AnsweringLink[]): string {
  const datasets = group.flatMap(({ dataset }) => dataset ?? []);
  if (datasets.length === 0) return '';
  const isLong = datasets.length > NAMED;
  return `rows of ${isLong ? counted(datasets.length, 'dataset') : datasets.join(', ')}`;
}
