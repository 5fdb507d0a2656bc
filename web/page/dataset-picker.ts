// Turns the list of the server's datasets into a field that finds them, where the list would be long.

import { Picker } from '../picker/picker.ts';
import type { CatalogEntry, WaitingEntry } from '../stream/catalog.ts';
import style from '../style/picker.css?url';
import { byId } from '../text/element.ts';

/** The address of its style sheet. */
export const STYLE = style;

/**
 * Makes a picker of the links to `entries`, whose addresses go on being kept up to date. Entries without a link are left out: on the
 * wall only datasets that wait have one.
 */
export function pickDatasets(entries: readonly (CatalogEntry | WaitingEntry)[]): void {
  const nav = byId('datasets', HTMLElement);
  const all = nav.querySelector('a:not([data-dataset])');
  const links = new Map(
    [...nav.querySelectorAll<HTMLAnchorElement>('a[data-dataset]')].map(link => [
      link.getAttribute('data-dataset'),
      link,
    ]),
  );
  const choices = entries.flatMap(entry => {
    const link = links.get(entry.address);
    const state = 'reason' in entry ? `waits: ${entry.reason}` : undefined;
    return link === undefined ? [] : [{ ...entry, state, link }];
  });
  if (choices.length === 0) return;
  nav.classList.add('with-picker');
  nav.replaceChildren(...(all === null ? [] : [all]), new Picker(choices).element);
}
