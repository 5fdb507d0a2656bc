// Tells the reader of a new server that its numbers are simulated, and what to do next; once dismissed, it stays away.

import type { Catalog } from '../stream/catalog.ts';
import { byId, element } from '../text/element.ts';

/** Where the browser keeps that the reader has dismissed the panel. */
const DISMISSED = 'first-run-dismissed';

/** Shows the panel above the charts, unless the reader has dismissed it. */
export function showFirstRun({ datasets }: Catalog): void {
  if (isDismissed()) return;
  const named = (provenance: string) =>
    datasets.filter(dataset => dataset.provenance.includes(provenance)).map(({ name }) => name);
  const simulated = named('simulation');
  const ofMachine = named('machine').filter(name => !simulated.includes(name));
  const dismiss = element('button', { type: 'button' }, 'Do not show this again');
  // On a phone the values are to be in the first sight.
  const details = element('details', { open: !matchMedia('(max-width: 44rem)').matches });
  const panel = element(
    'section',
    { id: 'first-run', class: 'first-run', 'aria-labelledby': 'first-run-title' },
    details,
  );
  details.append(
    element('summary', {}, element('h2', { id: 'first-run-title' }, 'No sensor yet: values are simulated')),
    element(
      'p',
      {},
      `${listed(simulated)} ${are(simulated)} simulated: no sensor measures these values. `,
      ofMachine.length === 0 ? '' : `${listed(ofMachine)} ${are(ofMachine)} about this machine itself.`,
    ),
    element(
      'ol',
      {},
      element('li', {}, 'Connect a sensor: ', link('getting-started', 'from a blank card to the chart'), '.'),
      element(
        'li',
        {},
        'In a terminal of the server, ',
        element('code', {}, 'dapberry list'),
        ' shows what is connected.',
      ),
      element(
        'li',
        {},
        'Name it in the ',
        link('configuration', 'configuration'),
        ', which the service reads from ',
        element('code', {}, '/etc/dapberry/config.yaml'),
        '. This panel goes with the first sensor.',
      ),
    ),
    element('p', {}, dismiss, ' ', element('a', { href: './docs/' }, 'All documentation')),
  );
  dismiss.addEventListener('click', () => {
    keepDismissed();
    panel.remove();
  });
  byId('datasets-shown', HTMLElement).before(panel);
}

function link(page: string, words: string): HTMLElement {
  return element('a', { href: `./docs/${page}.html` }, words);
}

function listed(names: readonly string[]): string {
  if (names.length > 3) return `${names.length} datasets`;
  const [last = '', ...before] = [...names].reverse();
  return before.length === 0 ? `“${last}”` : `“${before.reverse().join('”, “')}” and “${last}”`;
}

function are(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}

function isDismissed(): boolean {
  try {
    return localStorage.getItem(DISMISSED) !== null;
  } catch {
    return false;
  }
}

function keepDismissed(): void {
  try {
    localStorage.setItem(DISMISSED, 'yes');
  } catch {
    // A browser that keeps nothing shows the panel again.
  }
}
