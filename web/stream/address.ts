// Reads the address of the dataset to show: from `?url=` in the page's own address, or from the address field.

import { withoutDap2Suffix } from '../../dap/formats/index.ts';

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

/**
 * The dataset that `?url=` in the address of the page names; undefined without `?url=`. Everything after `?url=` belongs to
 * the dataset's address, so that an address with a constraint can be pasted unchanged, `&` included.
 * @throws `TypeError` where it names no web address
 */
export function wantedDataset(page: string): DatasetAddress | undefined {
  const found = /[?&]url=(.*)$/s.exec(new URL(page).search);
  const text = decode(found?.[1] ?? '').trim();
  return text === '' ? undefined : datasetAddress(text, page);
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

/** The query of the page's own address that shows `address`: relative where the dataset lies beside the page. */
export function pageQuery(address: DatasetAddress, page: string): string {
  const folder = new URL('.', page).href;
  const inside = address.base.startsWith(folder) ? address.base.slice(folder.length) : '';
  const place = inside === '' || HOST_WITHOUT_SCHEME.test(inside) ? address.base : inside;
  return `url=${encode(place)}${address.constraint === '' ? '' : encode(`?${address.constraint}`)}`;
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

/** The part of `text` before `separator`, and the part after it where there is one. */
function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Percent-encodes characters that would end or change a query, and leaves `/`, `:`, `,` and brackets readable. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(?:2F|3A|2C|5B|5D|3F)/g, decodeURIComponent);
}

/** `encodeURIComponent` for any ASCII character: the built-in function leaves some unchanged. */
function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
