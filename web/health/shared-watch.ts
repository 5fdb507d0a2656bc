// Asks each server for its health once for all of its datasets on the page.

import type { Health } from './health.ts';
import { HealthWatch } from './health-watch.ts';

type Answered = (health: Health | undefined) => void;

interface Shared {
  readonly watch: HealthWatch;
  readonly listeners: { readonly answered: Answered; readonly unanswered: () => void }[];
}

const watches = new Map<string, Shared>();

/** The part of a watch that belongs to one dataset. */
export interface SharedWatch extends Pick<HealthWatch, 'streamIs'> {
  /** True for the first dataset of its server on the page. */
  readonly isFirst: boolean;
}

/** Watches the health at the address `from`; the functions are called as `HealthWatch` calls them. */
export function sharedWatch(from: string, answered: Answered, unanswered: () => void): SharedWatch {
  const found = watches.get(from);
  if (found !== undefined) {
    found.listeners.push({ answered, unanswered });
    return { isFirst: false, streamIs: state => found.watch.streamIs(state) };
  }
  const listeners: Shared['listeners'] = [{ answered, unanswered }];
  const watch = new HealthWatch(
    from,
    health => {
      for (const each of listeners) each.answered(health);
    },
    () => {
      for (const each of listeners) each.unanswered();
    },
  );
  watches.set(from, { watch, listeners });
  return { isFirst: true, streamIs: state => watch.streamIs(state) };
}
