// Shows a panel of a new server above the charts; once the reader has dismissed it, it stays away.

import type { Catalog } from '../stream/catalog.ts';
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

/** The commands by which an operator sets up the server. */
export interface OperatorCommands {
  readonly list: string;
  readonly setup: string;
  readonly edit: string;
  /** Serves what `setup` has written; undefined where the running server takes it over. */
  readonly serve?: string;
}

/** The file that a person has who has installed no service. */
const OWN_FILE = 'dapberry.yaml';

/** The commands that work where the program is installed, run by npm, or run from its sources. */
export function operatorCommands({ installation }: Catalog): OperatorCommands {
  if (installation !== 'checkout' && installation !== 'npm')
    return { list: 'dapberry list', setup: 'sudo dapberry setup', edit: 'sudo dapberry edit' };
  const program = installation === 'npm' ? 'dapberry' : 'npx dapberry';
  const serve = installation === 'npm' ? 'dapberry serve' : 'npm start --';
  return {
    list: `${program} list`,
    setup: `${program} setup --output ${OWN_FILE}`,
    edit: `${program} edit --config ${OWN_FILE}`,
    serve: `${serve} --config ${OWN_FILE}`,
  };
}

/** The end of a sentence about `setup`: how its file is served; none where the running server takes it over. */
export function servedBy({ serve }: OperatorCommands): readonly (string | HTMLElement)[] {
  return serve === undefined ? [] : ['; ', element('code', {}, serve), ' serves it'];
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
