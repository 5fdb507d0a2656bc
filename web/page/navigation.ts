// Leads from one dataset to another: the list of the server's datasets, and the field for any other address.

import { type DatasetAddress, datasetAddress, pageQuery, shownAddress } from '../stream/address.ts';
import type { CatalogEntry } from '../stream/catalog.ts';
import { byId, element, write } from '../text/element.ts';

/** Lists `entries`, with `current` marked; lists nothing if there is no other dataset. */
export function showDatasets(entries: readonly CatalogEntry[], current: DatasetAddress): void {
  const nav = byId('datasets', HTMLElement);
  nav.hidden = entries.length < 2 && entries[0]?.address === current.base;
  nav.replaceChildren(
    ...entries.map(({ name, title, address }) => {
      const isCurrent = address === current.base;
      const query = pageQuery({ base: address, constraint: '' }, location.href);
      return element(
        'a',
        { href: `?${query}`, title, ...(isCurrent ? { 'aria-current': 'page' } : {}) },
        name,
      );
    }),
  );
  keepHash();
}

/** Copies the hash of the page's address, with the chosen window, to the links. */
export function keepHash(): void {
  for (const link of byId('datasets', HTMLElement).querySelectorAll('a')) link.hash = location.hash;
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
      location.assign(`?${pageQuery(address, location.href)}${location.hash}`);
    } catch (failure) {
      write(error, failure instanceof Error ? failure.message : String(failure));
      field.setAttribute('aria-invalid', 'true');
    }
  });
}
