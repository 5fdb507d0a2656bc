// Which program and version is this?

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

/** What the `XDODS-Server` header and `.ver` say. */
export const SERVER_NAME = `dapberry/${VERSION}`;

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
