// Names the relays through which the rows of a dataset come, so that a relay recognises an address that leads back to itself.

import { randomUUID } from 'node:crypto';
import { RELAY_PATH } from '../../dap/protocol.ts';

/** Longer paths of other servers are cut. */
const MOST_RELAYS = 64;

const process = randomUUID();

/** The name of a dataset as a relay: another one after each start. */
export function relayName(dataset: string): string {
  return `${process}/${dataset}`;
}

/** The header with a path; none for rows that come from no other server. */
export function relayHeader(path: readonly string[]): Record<string, string> {
  return path.length === 0 ? {} : { [RELAY_PATH]: path.join(' ') };
}

/** The path in the headers of a response. */
export function relayPathIn(headers: Headers): readonly string[] {
  const names = (headers.get(RELAY_PATH) ?? '')
    .split(/[\s,]+/)
    .filter(name => /^[\w-]{36}\/[\w-]+$/.test(name));
  return names.slice(0, MOST_RELAYS);
}
