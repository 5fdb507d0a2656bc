// Takes a dataset's address apart: its base, the constraint that came with it, and the credentials for its server.

import { type ResponseFormat, withoutDap2Suffix } from '../../formats/index.ts';

/** Ports that `fetch` refuses, since other protocols live there (Fetch standard, "port blocking"). */
const BAD_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** A dataset's address, taken apart. */
export interface Address {
  /** Without suffix, query, fragment and password: `http://pi:8080/roberrypi`; `http://pi:8080/` for the first dataset. */
  readonly base: string;
  /** The constraint expression, as it stood after the `?`; empty where there is none. */
  readonly query: string;
  /** Further headers of a request: `Authorization`, where the address had a user and a password. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Takes a dataset's address apart. A DAP2 suffix at its end is dropped; its query is the constraint, unless `constraint`
 * is given.
 * @throws `TypeError` for two constraints, for anything but an absolute http or https address, and for a port that `fetch` refuses
 */
export function parseAddress(url: string, constraint?: string): Address {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new TypeError(
      `Expected the address of a dataset, such as http://pi:8080/roberrypi, found "${url}"`,
    );
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw new TypeError(`Expected an address that begins with http:// or https://, found "${url}"`);
  }
  if (parsed.port !== '' && BAD_PORTS.has(Number(parsed.port))) {
    throw new TypeError(
      `Expected a port that browsers and fetch allow, found ${parsed.port}: let the server listen on another port, such as 8080`,
    );
  }
  const query = parsed.search.slice(1);
  if (query !== '' && constraint !== undefined) {
    throw new TypeError(
      `Expected one constraint, found two: "${query}" in the address and "${constraint}" besides`,
    );
  }
  return {
    base: parsed.origin + withoutDap2Suffix(parsed.pathname),
    query: constraint ?? query,
    headers: authorization(parsed),
  };
}

/** The address of a response in one format. `query` is percent-encoded and has no `?`. */
export function responseAddress(address: Address, { suffix }: ResponseFormat, query: string): string {
  return `${address.base}${suffix}${query === '' ? '' : `?${query}`}`;
}

/** Basic credentials (RFC 7617) as a header: `fetch` takes no address that holds them. */
function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  let credentials: string;
  try {
    credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    throw new TypeError('Expected user and password in the address to be percent-encoded (a % is %25)');
  }
  const bytes = new TextEncoder().encode(credentials);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}
