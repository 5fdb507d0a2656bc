// Leads from one dataset to another: the list of the server's datasets, and the field for any other address.

import { type DatasetAddress, datasetAddress, datasetValue, shownAddress } from '../stream/address.ts';
import type { CatalogEntry } from '../stream/catalog.ts';
import { parametersOf, withParameters } from '../stream/parameters.ts';
import { byId, element, write } from '../text/element.ts';

/** The parameters that are about the datasets that are shown now. */
const OF_DATASETS = ['d', 'url', 'cols', 'at'];

/** The address of the page with this dataset in the place of all others: the time that is shown stays, columns and moment do not. */
export function viewOf(address: DatasetAddress, page = location.href): string {
  const { origin, pathname } = new URL(page);
  const kept = [...parametersOf(page)].filter(([name]) => !OF_DATASETS.includes(name));
  return withParameters(`${origin}${pathname}`, {
    d: datasetValue(address, page),
    ...Object.fromEntries(kept),
  });
}

/** Lists `entries` behind a link to all of them, with those of `shown` marked; lists nothing if there is no other dataset. */
export function showDatasets(entries: readonly CatalogEntry[], shown: readonly DatasetAddress[]): void {
  const nav = byId('datasets', HTMLElement);
  const isShown = (address: string) => shown.some(({ base }) => base === address);
  nav.hidden = entries.length < 2 && (entries[0] === undefined || isShown(entries[0].address));
  const all = element('a', { href: './', title: 'The newest values of all datasets' }, 'All');
  nav.replaceChildren(
    ...(entries.length > 1 ? [all] : []),
    ...entries.map(({ name, title, address }) =>
      element(
        'a',
        {
          href: viewOf({ base: address, constraint: '' }),
          title,
          'data-dataset': address,
          ...(isShown(address) ? { 'aria-current': 'page' } : {}),
        },
        name,
      ),
    ),
  );
}

/** Has the links to other datasets show the time that is shown now. */
export function keepView(): void {
  for (const link of byId('datasets', HTMLElement).querySelectorAll<HTMLAnchorElement>('a[data-dataset]')) {
    link.href = viewOf({ base: link.getAttribute('data-dataset') ?? '', constraint: '' });
  }
}

/** Wires the field for another dataset's address. */
export function wireAddressField(current: DatasetAddress | undefined): void {
  const form = byId('other', HTMLFormElement);
  const field = byId('address', HTMLInputElement);
  const error = byId('address-error', HTMLElement);
  if (current !== undefined) field.value = shownAddress(current);
  form.addEventListener('submit', event => {
    event.preventDefault();
    try {
      const address = datasetAddress(field.value, location.href);
      location.assign(viewOf(address));
    } catch (failure) {
      write(error, failure instanceof Error ? failure.message : String(failure));
      field.setAttribute('aria-invalid', 'true');
    }
  });
}
