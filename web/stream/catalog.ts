// Which datasets the server beside the page offers: `catalog.json`, in its folder.

import { fieldsOf, jsonOf } from '../text/json.ts';

/** One dataset of the catalogue. */
export interface CatalogEntry {
  readonly name: string;
  readonly title: string;
  /** Absolute. */
  readonly address: string;
}

/** Reads a catalogue that came from the address `from`. Throws an error that names what is wrong with it. */
export function parseCatalog(json: unknown, from: string): CatalogEntry[] {
  const { datasets } = fieldsOf(json);
  if (!Array.isArray(datasets)) throw new TypeError(`Expected a list "datasets" in ${from}, found none`);
  return datasets.map((entry: unknown, index) => {
    const { name, url, title } = fieldsOf(entry);
    if (typeof name !== 'string' || typeof url !== 'string') {
      throw new TypeError(`Expected "name" and "url" in dataset ${index + 1} of ${from}`);
    }
    return { name, title: typeof title === 'string' ? title : name, address: new URL(url, from).href };
  });
}

/** The catalogue in the folder of `page`; undefined where the page was put somewhere without one. */
export async function fetchCatalog(page: string): Promise<CatalogEntry[] | undefined> {
  const from = new URL('catalog.json', page).href;
  const json = await jsonOf(await fetch(from, { cache: 'no-cache' }));
  return json === undefined ? undefined : parseCatalog(json, from);
}
