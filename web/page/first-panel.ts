// Shows a panel of a new server above the charts; once the reader has dismissed it, it stays away.

import { byId, element } from '../text/element.ts';

export interface PanelWords {
  readonly title: string;
  /** Where the browser keeps that the reader has dismissed the panel. */
  readonly dismissedAs: string;
}

/** Shows the panel, unless the reader has dismissed it. */
export function showPanel({ title, dismissedAs }: PanelWords, ...body: readonly HTMLElement[]): void {
  if (isDismissed(dismissedAs)) return;
  const dismiss = element('button', { type: 'button' }, 'Do not show this again');
  // On a phone the values are to be in the first sight.
  const details = element('details', { open: !matchMedia('(max-width: 44rem)').matches });
  const panel = element(
    'section',
    { id: 'first-run', class: 'first-run', 'aria-labelledby': 'first-run-title' },
    details,
  );
  details.append(
    element('summary', {}, element('h2', { id: 'first-run-title' }, title)),
    ...body,
    element('p', {}, dismiss, ' ', element('a', { href: './docs/' }, 'All documentation')),
  );
  dismiss.addEventListener('click', () => {
    keepDismissed(dismissedAs);
    panel.remove();
  });
  byId('datasets-shown', HTMLElement).before(panel);
}

/** A link to a page of the documentation. */
export function documentation(page: string, words: string): HTMLElement {
  return element('a', { href: `./docs/${page}.html` }, words);
}

function isDismissed(key: string): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

function keepDismissed(key: string): void {
  try {
    localStorage.setItem(key, 'yes');
  } catch {
    // A browser that keeps nothing shows the panel again.
  }
}
