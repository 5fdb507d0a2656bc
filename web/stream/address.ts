// Reads the addresses of the datasets to show: from `d=` and `url=` in the page's own address, or from the address field.

import { withoutDap2Suffix } from '../../dap/formats/index.ts';
import { parametersOf, withParameters } from './parameters.ts';

/**
 * Matches a host without a scheme, as people type it: with a port, an IPv4 address, or a name with a dot and a path
 * behind it. A name with a dot and no path is a dataset beside the page.
 */
const HOST_WITHOUT_SCHEME =
  /^(?:(?:[\w.-]+|\[[\da-f:]+\]):\d+(?:\/|$)|\d+(?:\.\d+){3}(?:\/|$)|(?:localhost|[\w-]+(?:\.[\w-]+)+|\[[\da-f:]+\])\/)/i;

export interface DatasetAddress {
  /** Absolute, without suffix, query and fragment: `http://pi:8080/roberrypi`. */
  readonly base: string;
  /** The constraint expression that came with it, decoded; empty where there is none. */
  readonly constraint: string;
}

/** The datasets that the address of a page names, and a sentence about each name that is no address or comes twice. */
export interface WantedDatasets {
  readonly datasets: readonly DatasetAddress[];
  readonly problems: readonly string[];
}

/**
 * The datasets that `url=` and `d=` in the address of the page name. Everything after `url=` in the query belongs to the dataset's address,
 * so that an address with a constraint can be pasted unchanged, `&` included. `d=` may come several times.
 */
export function wantedDatasets(page: string): WantedDatasets {
  const parameters = parametersOf(page);
  const datasets: DatasetAddress[] = [];
  const problems: string[] = [];
  for (const name of ['url', 'd'] as const) {
    for (const text of parameters.get(name) ?? []) {
      if (text.trim() === '') {
        if (name === 'd')
          problems.push(`d=: expected a dataset such as d=roberrypi. Nothing is shown for it.`);
        continue;
      }
      try {
        const address = datasetAddress(text, page);
        if (datasets.some(other => isSame(other, address))) {
          problems.push(`${name}=${text} twice. The dataset is shown once.`);
        } else datasets.push(address);
      } catch (error) {
        problems.push(`${name}=${text}. ${error instanceof Error ? error.message : String(error)}.`);
      }
    }
  }
  return { datasets, problems };
}

function isSame(one: DatasetAddress, other: DatasetAddress): boolean {
  return one.base === other.base && one.constraint === other.constraint;
}

/**
 * The dataset at `text`: absolute, a host without `http://`, or relative to `page`. A DAP2 suffix at its end is dropped.
 * @throws `TypeError` for anything else
 */
export function datasetAddress(text: string, page: string): DatasetAddress {
  const [place = '', constraint = ''] = splitOnce(text.trim(), '?');
  let url: URL;
  try {
    url = new URL(HOST_WITHOUT_SCHEME.test(place) ? `http://${place}` : place, page);
  } catch {
    throw new TypeError(
      `Expected the address of a dataset, such as http://pi:8080/roberrypi, found "${text}"`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`Expected an address that begins with http:// or https://, found "${text}"`);
  }
  url.hash = '';
  url.search = '';
  url.pathname = withoutDap2Suffix(url.pathname);
  return { base: url.href, constraint };
}

/** The query of the page's own address that shows `address` alone. */
export function pageQuery(address: DatasetAddress, page: string): string {
  return withParameters('http://localhost/', { d: datasetValue(address, page) }).split('?')[1] ?? '';
}

/** The value of `d=` that names `address`: relative where the dataset lies beside the page. */
export function datasetValue(address: DatasetAddress, page: string): string {
  const folder = new URL('.', page).href;
  const inside = address.base.startsWith(folder) ? address.base.slice(folder.length) : '';
  const place = inside === '' || HOST_WITHOUT_SCHEME.test(inside) ? address.base : inside;
  return `${place}${address.constraint === '' ? '' : `?${address.constraint}`}`;
}

/** A constraint for the address of a response: characters that would end or change the query are percent-encoded. */
export function encodedConstraint({ constraint }: Pick<DatasetAddress, 'constraint'>): string {
  // A lone surrogate has no encoding.
  const text = constraint.replace(/\p{Cs}/gu, '\ufffd');
  return encodeURI(text).replace(/[#[\]']/g, encodeCharacter);
}

/** How an address is shown to people: without user and password. */
export function shownAddress(address: DatasetAddress): string {
  const url = new URL(address.base);
  url.username = '';
  url.password = '';
  return `${url.href}${address.constraint === '' ? '' : `?${address.constraint}`}`;
}

/** The address of a page without the users and passwords in the addresses of its datasets: a link that is given away. */
export function withoutCredentials(page: string): string {
  // Browsers read `//me@pi`, `http:me@pi` and `http:\\me@pi` alike.
  return page.replace(
    /\b((?:d|url)=(?:%20|\+)*(?:https?(?::|%3A)(?:[/\\]|%2F|%5C)*|(?:[/\\]|%2F|%5C){2,}))(?:(?!%2F|%5C|%3F|%23)[^/\\?#&])*(?:@|%40)/gi,
    '$1',
  );
}

/** The last part of the dataset's address: its name on its server. */
export function nameOf({ base }: DatasetAddress): string {
  return new URL(base).pathname.split('/').at(-1) || base;
}

/** The part of `text` before `separator`, and the part after it where there is one. */
function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** `encodeURIComponent` for any ASCII character: the built-in function leaves some unchanged. */
function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
