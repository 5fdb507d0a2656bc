// Loads the parts of the page that few servers need: the picker of many datasets, and the panels of a server that nobody has set up.

import type { Catalog } from '../stream/catalog.ts';
import { loadPart, withStyle } from '../stream/page-part.ts';
import { byId } from '../text/element.ts';

/** With more datasets, the list of links becomes a field that finds them. */
const FEW = 6;

/** Adds what this catalogue asks for. Call it when the links to the datasets, if the page has some, are there. */
export async function addExtras(catalog: Catalog): Promise<void> {
  // A page that lies elsewhere than beside its datasets has no such pages.
  byId('server-pages', HTMLElement).hidden = catalog.datasets.length === 0;
  byId('sign-in', HTMLElement).hidden = catalog.isPartial !== true;
  const { datasets, waiting = [] } = catalog;
  if (waiting.length > 0) {
    const { showWaiting } = await loadPart(() => import('./waiting-datasets.ts'));
    showWaiting(waiting);
  }
  const links = byId('datasets', HTMLElement).querySelectorAll('a[data-dataset]').length;
  if (links > FEW) {
    const { pickDatasets } = await loadPart(() => withStyle(() => import('./dataset-picker.ts')));
    pickDatasets([...datasets, ...waiting]);
  }
  // Nobody dismisses a panel on a kiosk.
  const isKiosk = document.documentElement.hasAttribute('data-kiosk');
  if (isKiosk) return;
  if (catalog.lines !== undefined) {
    const { showNaming } = await loadPart(() => withStyle(() => import('./naming.ts')));
    showNaming(catalog.lines, catalog);
  } else if (isWithoutSensor(catalog)) {
    const { showFirstRun } = await loadPart(() => withStyle(() => import('./first-run.ts')));
    showFirstRun(catalog);
  }
}

/** True if the server says of all values that no sensor measured them, and that some are simulated. */
export function isWithoutSensor({ datasets }: Catalog): boolean {
  const isKnown = datasets.every(
    ({ provenance }) =>
      provenance.length > 0 && provenance.every(each => each === 'simulation' || each === 'machine'),
  );
  return isKnown && datasets.some(({ provenance }) => provenance.includes('simulation'));
}
