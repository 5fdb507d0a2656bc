// Starts the page: finds the datasets to show, and shows each of them in its own part of the page.

import { wantedKiosk } from '../kiosk/wanted-kiosk.ts';
import { limitsInAddress, PageLimits } from '../limits/page-limits.ts';
import { type DatasetAddress, datasetValue, nameOf, wantedDatasets } from '../stream/address.ts';
import { type Catalog, fetchCatalog, listedAddress, NO_CATALOG } from '../stream/catalog.ts';
import { loadPart, type PartError, withStyle } from '../stream/page-part.ts';
import { byId, write } from '../text/element.ts';
import { hideMessage, showMessage } from '../text/message.ts';
import { zoneName } from '../text/times.ts';
import { clockOf } from './clock.ts';
import { Controls } from './controls.ts';
import { DatasetSection } from './dataset-section.ts';
import { addExtras } from './extras.ts';
import { namesNothing } from './first-sight.ts';
import { keepClicks } from './later-clicks.ts';
import { keepView, showDatasets, wireAddressField } from './navigation.ts';
import { showTheme, storedTheme } from './theme-choice.ts';
import { namedView, SAYS } from './view-address.ts';
import { type DatasetParts, WHOLE_PAGE } from './whole-page.ts';

const page = new URL(location.href);

// The hash may name what is shown: a link to a place would replace it.
const skip = byId('skip', HTMLAnchorElement);
skip.addEventListener('click', event => {
  event.preventDefault();
  byId(skip.hash.slice(1), HTMLElement).focus();
});
showTheme(namedView(page.href, Date.now()).theme ?? storedTheme());
byId('footer', HTMLElement).hidden = false;
// By its name: its offset is another one in summer.
write(byId('zone', HTMLElement), `Times are in the time zone of this browser (${zoneName() ?? 'UTC'}).`);
void start();

async function start(): Promise<void> {
  const kiosk = wantedKiosk(page.href);
  // A kiosk that shows datasets in turn shows each of them in a page of its own.
  if (kiosk !== undefined) {
    const { enterKiosk } = await loadPart(() => withStyle(() => import('../kiosk/kiosk.ts')), sayMissing);
    hideMessage();
    if (await enterKiosk(kiosk, page)) return;
  }
  const { datasets, problems } = wantedDatasets(page.href);
  if (datasets.length === 0 && problems.length > 0) {
    wireAddressField(undefined);
    showMessage('This is no address of a dataset', problems.map(problem => `${SAYS} ${problem}`).join(' '));
    return;
  }
  const catalog = await catalogBeside(datasets);
  if (catalog.datasets.length > 1 && namesNothing(page)) {
    const { showWall } = await loadPart(() => withStyle(() => import('./wall-page.ts')), sayMissing);
    hideMessage();
    return showWall(catalog, page);
  }
  const [first] = catalog.datasets;
  if (datasets.length > 0) {
    const listed = datasets.map(address => listedAddress(catalog, address));
    await show(listed, problems, catalog);
  } else if (first !== undefined) {
    await show([{ base: first.address, constraint: '' }], problems, catalog);
  } else {
    wireAddressField(undefined);
    showMessage(
      'Which dataset?',
      'There is no list of datasets beside this page. Give the address of a dataset on any DAP2 server: here below, or behind “?d=” in the address of this page.',
    );
  }
}

async function partsFor(count: number): Promise<DatasetParts[]> {
  const { partsFor } = await loadPart(() => import('./dataset-parts.ts'), sayMissing);
  hideMessage();
  return partsFor(count);
}

function sayMissing({ message }: PartError): void {
  showMessage('One moment', message, () => location.reload());
}

/** Shows datasets, each in its own part of the page, with one set of controls. */
async function show(
  shown: readonly DatasetAddress[],
  problems: readonly string[],
  catalog: Catalog,
): Promise<void> {
  wireAddressField(shown[0]);
  showDatasets(catalog.datasets, shown);
  void addExtras(catalog);
  const parts = shown.length === 1 ? [WHOLE_PAGE] : await partsFor(shown.length);
  let viewChanged = (): void => {};
  const controls = new Controls({
    names: shown.map(nameOf),
    problems: problems.map(text => `${SAYS} ${text}`),
    now: await clockOf(shown, page.href),
    addressChanged: () => {
      keepView();
      viewChanged();
    },
  });
  byId('bar', HTMLElement).hidden = false;
  const { view } = controls;
  const inAddress = await limitsInAddress(page.href, ({ message }) => view.partIs(message));
  view.partIs(undefined);
  const limits = new PageLimits(inAddress, shown.length, byId('limit-problem', HTMLElement));
  const sections = shown.map(
    (address, index) =>
      new DatasetSection(address, index, parts[index]!, { page, catalog, controls, limits }),
  );
  for (const section of sections) void section.open();
  const repeatClick = keepClicks(['share', 'more'].map(id => byId(id, HTMLElement)));
  const { wireViewParts } = await loadPart(
    () => import('./view-parts.ts'),
    ({ message }) => view.partIs(message),
  );
  view.partIs(undefined);
  viewChanged = wireViewParts({
    sections,
    timeline: view.timeline,
    link: () => controls.linkOf(shown.map(address => datasetValue(address, page.href))),
    theme: () => view.theme,
    chooseTheme: theme => view.chooseTheme(theme),
  });
  repeatClick();
}

/** The catalogue of the page's own server, once it answers; empty if all datasets to show are those of other servers. */
async function catalogBeside(wanted: readonly DatasetAddress[]): Promise<Catalog> {
  const isElsewhere = ({ base }: DatasetAddress) => new URL(base).origin !== page.origin;
  const others = wanted.filter(isElsewhere).length;
  if (others > 0 && others === wanted.length) return NO_CATALOG;
  // Datasets of other servers do not wait for this one.
  if (others > 0) return fetchCatalog(page.href).catch(() => NO_CATALOG);
  const away = () =>
    showMessage('No answer yet', 'The server does not answer. This page goes on when it does.');
  const catalog = await loadPart(() => fetchCatalog(page.href), away);
  hideMessage();
  return catalog;
}
