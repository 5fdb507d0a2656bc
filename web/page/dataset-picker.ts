// Turns the list of the server's datasets into a field that finds them, where the list would be long.

import { Picker } from '../picker/picker.ts';
import type { CatalogEntry, WaitingEntry } from '../stream/catalog.ts';
import style from '../style/picker.css?url';
import { byId } from '../text/element.ts';

/** The address of its style sheet. */
export const STYLE = style;

/** Makes a picker of the links to `entries`, which are there in the same order. Their addresses go on being kept up to date. */
export function pickDatasets(entries: readonly (CatalogEntry | WaitingEntry)[]): void {
  const nav = byId('datasets', HTMLElement);
  const all = nav.querySelector('a:not([data-dataset])');
  const links = [...nav.querySelectorAll<HTMLAnchorElement>('a[data-dataset]')];
  const choices = entries.flatMap((entry, index) => {
    const link = links[index];
    const state = 'reason' in entry ? `waits: ${entry.reason}` : undefined;
    return link === undefined ? [] : [{ ...entry, state, link }];
  });
  if (choices.length === 0) return;
  nav.classList.add('with-picker');
  nav.replaceChildren(...(all === null ? [] : [all]), new Picker(choices).element);
}
