// Which program and version is this?

import { readFileSync } from 'node:fs';

/** The package's version, from its package.json: one folder up in the sources, two in `dist`. */
export const VERSION: string = readVersion(['../package.json', '../../package.json']);

/** What the `XDODS-Server` header and `.ver` say. */
export const SERVER_NAME = `dapberry/${VERSION}`;

function readVersion(places: readonly string[]): string {
  for (const place of places) {
    const found = readJson(new URL(place, import.meta.url));
    if (found?.name === 'dapberry' && found.version !== undefined) return found.version;
  }
  throw new Error(`expected dapberry's package.json at ${places.join(' or ')} from ${import.meta.url}`);
}

function readJson(file: URL): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
