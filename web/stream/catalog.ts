// Reads `catalog.json` beside the page: the datasets of the page's own server, and the formats in which it gives them.

import { DAP2_FORMATS, type ResponseFormat, suffixStripper } from '../../dap/formats/index.ts';
import { fieldsOf, jsonOf } from '../text/json.ts';
import type { DatasetAddress } from './address.ts';

/** One dataset of the catalogue. */
export interface CatalogEntry {
  readonly name: string;
  readonly title: string;
  /** The names of its columns but for the time; none if the server does not say. */
  readonly columns: readonly string[];
  /** Where its values come from, such as `sensor` or `simulation`; none if the server does not say. */
  readonly provenance: readonly string[];
  /** Absolute. */
  readonly address: string;
  /** The times of its rows; undefined if it has none, or does not say. */
  readonly extent: CatalogExtent | undefined;
  /** True if its rows are kept on a disk. */
  readonly isKept: boolean;
}

/** The oldest and the newest time of a dataset, and longer stretches without rows between them; in milliseconds since 1970. */
export interface CatalogExtent {
  readonly from: number;
  readonly to: number;
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
}

/** A dataset that can not be read yet. */
export interface WaitingEntry extends Pick<CatalogEntry, 'name' | 'title' | 'columns' | 'address'> {
  /** Why it waits. */
  readonly reason: string;
}

export interface Catalog {
  readonly datasets: readonly CatalogEntry[];
  /** The formats of DAP2, if the server lists none. */
  readonly formats: readonly ResponseFormat[];
  /** The address of lines with which an operator names the sensors that the server has found; undefined once that is done. */
  readonly lines?: string;
  /** How its program is there, such as `checkout` for one that runs from its sources; undefined if it does not say. */
  readonly installation?: string;
  /** Datasets that can not be read yet; absent without any. */
  readonly waiting?: readonly WaitingEntry[];
  /** True if it may list more to a user with a password, who signs in beside it. */
  readonly isPartial?: boolean;
}

/** The catalogue of a server that has none. */
export const NO_CATALOG: Catalog = { datasets: [], formats: DAP2_FORMATS };

function parseWaiting(json: unknown, from: string): WaitingEntry {
  const { name, url, title, reason } = fieldsOf(json);
  const address = new URL(String(url), from).href;
  return { name: String(name), title: String(title), columns: [], address, reason: String(reason) };
}

/** Reads a catalogue that came from the address `from`. Throws an error that names the mistake in it. */
export function parseCatalog(json: unknown, from: string): Catalog {
  const { datasets, formats, lines, signIn, waiting, installation } = fieldsOf(json);
  if (!Array.isArray(datasets)) throw new TypeError(`Expected a list "datasets" in ${from}, found none`);
  return {
    datasets: datasets.map((entry: unknown, index) => {
      const { name, url, title, columns, provenance, extent, history } = fieldsOf(entry);
      if (typeof name !== 'string' || typeof url !== 'string') {
        throw new TypeError(`Expected "name" and "url" in dataset ${index + 1} of ${from}`);
      }
      return {
        name,
        title: typeof title === 'string' ? title : name,
        columns: textsIn(columns),
        provenance: textsIn(provenance),
        address: new URL(url, from).href,
        extent: parseExtent(extent),
        isKept: history === true,
      };
    }),
    formats: Array.isArray(formats)
      ? formats.map((entry: unknown, index) => {
          const format = fieldsOf(entry);
          if (!isFormat(format)) {
            throw new TypeError(`Expected the fields of a format in format ${index + 1} of ${from}`);
          }
          return format;
        })
      : DAP2_FORMATS,
    ...(typeof lines === 'string' ? { lines: new URL(lines, from).href } : {}),
    ...(typeof installation === 'string' ? { installation } : {}),
    ...(typeof signIn === 'string' ? { isPartial: true } : {}),
    ...(Array.isArray(waiting) ? { waiting: waiting.map(entry => parseWaiting(entry, from)) } : {}),
  };
}

/** The catalogue in the folder of `page`; `NO_CATALOG` if there is none. Rejects if the server does not answer, or cannot now. */
export async function fetchCatalog(page: string): Promise<Catalog> {
  const from = new URL('catalog.json', page).href;
  const response = await fetch(from, { cache: 'no-cache' });
  if (response.status >= 500) throw new Error(`status ${response.status}`);
  try {
    const json = await jsonOf(response);
    return json === undefined ? NO_CATALOG : parseCatalog(json, from);
  } catch {
    // It is that of another program.
    return NO_CATALOG;
  }
}

/** The dataset of the catalogue, if `address` is the address of one of its responses, else `address` unchanged. */
export function listedAddress(catalog: Catalog, address: DatasetAddress): DatasetAddress {
  const base = suffixStripper(catalog.formats)(address.base);
  return isListed(catalog, base) ? { ...address, base } : address;
}

/** The formats of the server that has the dataset: those of the catalogue for its own datasets, else those of DAP2. */
export function formatsFor(catalog: Catalog, { base }: DatasetAddress): readonly ResponseFormat[] {
  return isListed(catalog, base) ? catalog.formats : DAP2_FORMATS;
}

/** The first dataset also answers in the folder of all datasets. */
function isListed({ datasets }: Catalog, base: string): boolean {
  return datasets.some(({ address }) => address === base || new URL('.', address).href === base);
}

function textsIn(json: unknown): readonly string[] {
  return Array.isArray(json) ? json.filter(text => typeof text === 'string') : [];
}

/** The `extent` of a dataset in the catalogue or the health. */
export function parseExtent(json: unknown): CatalogExtent | undefined {
  const { firstTime, lastTime, gaps } = fieldsOf(json);
  if (typeof firstTime !== 'number' || typeof lastTime !== 'number') return undefined;
  const stretches = (Array.isArray(gaps) ? gaps : []).map(fieldsOf).flatMap(({ from, to }) => {
    return typeof from === 'number' && typeof to === 'number' ? [{ from: from * 1000, to: to * 1000 }] : [];
  });
  return { from: firstTime * 1000, to: lastTime * 1000, gaps: stretches };
}

function isFormat(format: object): format is ResponseFormat {
  const { suffix, aliases = [], label, summary, constrainedBy }: Partial<ResponseFormat> = format;
  return (
    Array.isArray(aliases) &&
    [suffix, ...aliases].every(each => typeof each === 'string' && /^\.\w+$/.test(each)) &&
    [label, summary, constrainedBy].every(each => typeof each === 'string')
  );
}
