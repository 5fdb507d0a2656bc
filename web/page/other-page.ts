// Loads the page anew when its address comes to say what only a page that starts reads: other datasets, limits, or a kiosk.

import { parametersOf } from '../stream/parameters.ts';

const AT_START = ['d', 'url', 'warn', 'alarm', 'kiosk'];

/** Watches the hash: a browser loads a page anew by itself if any other part of its address changes. */
export function watchHash(): void {
  const started = readAtStart();
  addEventListener('hashchange', () => {
    if (readAtStart() !== started) location.reload();
  });
}

function readAtStart(): string {
  const parameters = parametersOf(location.href);
  return JSON.stringify(AT_START.map(name => parameters.get(name)));
}
