// Tells the reader of a new server that its numbers are simulated, and what to do next; once dismissed, it stays away.

import type { Catalog } from '../stream/catalog.ts';
import style from '../style/first-run.css?url';
import { element } from '../text/element.ts';
import { documentation, showPanel } from './first-panel.ts';
import { operatorCommands, servedBy } from './operator-commands.ts';

/** The address of its style sheet. */
export const STYLE = style;

export function showFirstRun(catalog: Catalog): void {
  const { datasets } = catalog;
  const commands = operatorCommands(catalog);
  const named = (provenance: string) =>
    datasets.filter(dataset => dataset.provenance.includes(provenance)).map(({ name }) => name);
  const simulated = named('simulation');
  const ofMachine = named('machine').filter(name => !simulated.includes(name));
  showPanel(
    { title: 'No sensor yet: values are simulated', dismissedAs: 'first-run-dismissed' },
    element(
      'p',
      {},
      `${listed(simulated)} ${are(simulated)} simulated: no sensor measures these values. `,
      ofMachine.length === 0 ? '' : `${listed(ofMachine)} ${are(ofMachine)} about this machine itself.`,
    ),
    element(
      'ol',
      {},
      element(
        'li',
        {},
        'Connect a sensor: ',
        documentation('getting-started', 'from a blank card to the chart'),
        '.',
      ),
      element(
        'li',
        {},
        'In a terminal of the server, ',
        element('code', {}, commands.list),
        ' shows what is connected.',
      ),
      element(
        'li',
        {},
        element('code', {}, commands.setup),
        ' asks for its name and writes the ',
        documentation('configuration', 'configuration'),
        ...servedBy(commands),
        '. This panel goes with the first sensor.',
      ),
    ),
  );
}

function listed(names: readonly string[]): string {
  if (names.length > 3) return `${names.length} datasets`;
  const [last = '', ...before] = [...names].reverse();
  return before.length === 0 ? `“${last}”` : `“${before.reverse().join('”, “')}” and “${last}”`;
}

function are(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}
