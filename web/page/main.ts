// Starts the page: finds the dataset to show, asks for its description, and plots it; reports each failure.

import { Plot } from '../chart/plot.ts';
import { attributesNotice, seamNotice } from '../health/notices.ts';
import { ServerHealth } from '../health/server-health.ts';
import { type DatasetAddress, shownAddress, wantedDataset } from '../stream/address.ts';
import { type Catalog, fetchCatalog, formatsFor, listedAddress, NO_CATALOG } from '../stream/catalog.ts';
import type { Description } from '../stream/describe.ts';
import { describePatiently } from '../stream/describe-patiently.ts';
import { explain, headingOf, plainReason } from '../stream/reason.ts';
import { byId, write } from '../text/element.ts';
import { hideMessage, showMessage } from '../text/message.ts';
import { writeZone } from '../text/times.ts';
import { Controls } from './controls.ts';
import { showLinks, wireCopy } from './links.ts';
import { keepHash, showDatasets, wireAddressField } from './navigation.ts';
import { Status } from './status.ts';

/** Milliseconds before a dataset whose columns have changed is opened again. */
const BEFORE_REOPENING = 2000;

/** Milliseconds between two updates of the countdown while no plot makes them. */
const COUNTDOWN_EVERY = 250;

const page = new URL(location.href);
const status = new Status(state => health?.streamIs(state));
const controls = new Controls(keepHash);
let catalog = NO_CATALOG;
/** The health of the page's own server; undefined until the dataset to show is known. */
let health: ServerHealth | undefined;

byId('footer', HTMLElement).hidden = false;
write(byId('zone', HTMLElement), `Times are in the time zone of this browser (${writeZone(new Date())}).`);
wireCopy();
void start();

/** Finds the dataset to show, and plots it. */
async function start(): Promise<void> {
  let wanted: DatasetAddress | undefined;
  try {
    wanted = wantedDataset(page.href);
  } catch (error) {
    wireAddressField(undefined);
    showMessage('This is no address of a dataset', plainReason(error));
    return;
  }
  catalog = await catalogBeside(wanted);
  const [first] = catalog.datasets;
  wanted ??= first && { base: first.address, constraint: '' };
  wireAddressField(wanted);
  if (wanted === undefined) {
    showMessage(
      'Which dataset?',
      'There is no list of datasets beside this page. Give the address of a dataset on any DAP2 server: here below, or behind “?url=” in the address of this page.',
    );
    return;
  }
  wanted = listedAddress(catalog, wanted);
  showDatasets(catalog.datasets, wanted);
  health = new ServerHealth(wanted, page.href);
  await open(wanted);
}

/** The catalogue of the page's own server; empty if the page shows a dataset of another server. */
async function catalogBeside(wanted: DatasetAddress | undefined): Promise<Catalog> {
  if (wanted !== undefined && new URL(wanted.base).origin !== page.origin) return NO_CATALOG;
  try {
    return await fetchCatalog(page.href);
  } catch {
    // The page can show the dataset without the catalogue.
    return NO_CATALOG;
  }
}

async function open(address: DatasetAddress): Promise<void> {
  byId('bar', HTMLElement).hidden = false;
  showTitle(nameOf(address), '', address);
  const countdown = setInterval(() => status.count(), COUNTDOWN_EVERY);
  try {
    const again = byId('again', HTMLButtonElement);
    const { description, problem } = await describePatiently(address, again, (state, error) => {
      status.set(state);
      if (error !== undefined) showMessage('No answer yet', explain(address, error, page));
    });
    health?.attributesAre(problem === undefined ? undefined : attributesNotice(plainReason(problem)));
    plot(address, description);
  } catch (error) {
    fail(address, error);
  } finally {
    clearInterval(countdown);
  }
}

function plot(address: DatasetAddress, description: Description): void {
  hideMessage();
  showTitle(description.title, description.institution, address);
  showLinks(address, description, formatsFor(catalog, address));
  const shown = new Plot(address, description, {
    window: controls.windowFor(description.interval),
    charts: byId('charts', HTMLElement),
    status,
    seam: seam => health?.seamIs(seam && seamNotice(seam.last, seam.serverTime)),
    failed: (error, hadRows) => {
      shown.remove();
      controls.control(undefined);
      // The server has other columns than before: it was configured anew.
      if (hadRows) setTimeout(() => void open(address), BEFORE_REOPENING);
      else fail(address, error);
    },
  });
  controls.control(shown);
  health?.plotIs(shown, description.columns);
}

function fail(address: DatasetAddress, error: unknown): void {
  status.set({ state: 'failed', reason: '' });
  showMessage(headingOf(error), explain(address, error, page), () => location.reload());
}

function showTitle(title: string, institution: string, address: DatasetAddress): void {
  const subtitle = byId('subtitle', HTMLElement);
  write(byId('title', HTMLElement), title);
  write(subtitle, [institution, shownAddress(address)].filter(text => text !== '').join(' · '));
  subtitle.hidden = false;
  document.title = `${title} – dapberry`;
}

function nameOf({ base }: DatasetAddress): string {
  return new URL(base).pathname.split('/').at(-1) || base;
}
