// Lists the datasets that can not be read yet behind the others, with the reason.

import type { WaitingEntry } from '../stream/catalog.ts';
import { byId, element } from '../text/element.ts';
import { viewOf } from './navigation.ts';

/** Adds links to the list of datasets: their pages open as soon as they can be read. */
export function showWaiting(waiting: readonly WaitingEntry[]): void {
  const nav = byId('datasets', HTMLElement);
  nav.hidden = false;
  nav.append(
    ...waiting.map(({ name, reason, address }) =>
      element(
        'a',
        {
          href: viewOf({ base: address, constraint: '' }),
          class: 'is-waiting',
          title: `${name} cannot be read yet: ${reason}`,
          'data-dataset': address,
        },
        `${name} (waits)`,
      ),
    ),
  );
}
