// Reads the name and version of this program, and defines the response headers that state them.

import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
}

/** Beside package.json: one folder up in the sources, two in `dist`. */
const { root, manifest: MANIFEST } = readManifest(['../package.json', '../../package.json']);

/** The folder of the program, with its README.md and its documents. */
export const PROGRAM_ROOT: URL = root;

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

function readManifest(places: readonly string[]): { readonly root: URL; readonly manifest: Manifest } {
  for (const place of places) {
    const file = new URL(place, import.meta.url);
    const manifest = readJson(file);
    if (manifest?.name === 'dapberry') return { root: new URL('.', file), manifest };
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
