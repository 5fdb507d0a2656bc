// Reads the name and version of this program, and defines the response headers that state them.

import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
}

/** From package.json: one folder up in the sources, two in `dist`. */
const MANIFEST = readManifest(['../package.json', '../../package.json']);

export const VERSION: string = MANIFEST.version;

/** The supported versions of Node, as a range in npm's notation. */
export const NODE_VERSIONS: string = MANIFEST.engines.node;

/** The name and version of this program in headers and `.ver`. */
export const SERVER_NAME = `dapberry/${VERSION}`;

/**
 * The headers of every response that name the server. Java's DAP2 libraries read a number from `XDODS-Server` or else `XDAP`,
 * and below 2.15 decode a Sequence without its marks into wrong values: both state the protocol version of Hyrax and the TDS.
 */
export const PROGRAM_HEADERS = {
  'XDODS-Server': 'dods/3.2',
  XDAP: '3.2',
  'XOPeNDAP-Server': SERVER_NAME,
  Server: SERVER_NAME,
} as const;

function readManifest(places: readonly string[]): Manifest {
  for (const place of places) {
    const found = readJson(new URL(place, import.meta.url));
    if (found?.name === 'dapberry') return found;
  }
  throw new Error(`expected dapberry's package.json at ${places.join(' or ')} from ${import.meta.url}`);
}

function readJson(file: URL): (Manifest & { readonly name?: string }) | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
