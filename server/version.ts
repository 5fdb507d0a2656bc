// The name and version of this program, and what its responses say of them.

import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
}

/** From its package.json: one folder up in the sources, two in `dist`. */
const MANIFEST = readManifest(['../package.json', '../../package.json']);

export const VERSION: string = MANIFEST.version;

/** The versions of Node that it runs on, as a range of npm's. */
export const NODE_VERSIONS: string = MANIFEST.engines.node;

/** The name and version of this program, as headers and `.ver` say them. */
export const SERVER_NAME = `dapberry/${VERSION}`;

/**
 * The headers of every response that say what answers. Java's DAP2 libraries take a number out of `XDODS-Server`, else out of `XDAP`, and
 * below 2.15 they decode a Sequence without its marks, into wrong values: both say the version of the protocol that Hyrax and the TDS say.
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
