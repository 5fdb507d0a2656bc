// Decides what the server announces in the network: its name, its address and its datasets (DNS-SD, RFC 6763).

import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Config } from '../../config/config.ts';
import { addressClassOf } from '../../network/address-class.ts';

export interface Announcement {
  /** As people choose it from a list; unique in the network. */
  readonly name: string;
  readonly type: '_http._tcp' | '_https._tcp';
  readonly port: number;
  /** `KEY=VALUE`, at most 255 bytes each. */
  readonly texts: readonly string[];
}

/** Bytes of a name (RFC 6763, section 4.1.1) and of one text (section 6.1). */
const LONGEST_NAME = 63;
const LONGEST_TEXT = 255;

/** What to announce of a server at this port; or why nothing is announced, as a clause. */
export function announcementOf(
  { server, access, datasets }: Config,
  port: number,
): Announcement | { readonly reason: string } {
  const { announce, host, tls } = server;
  if (announce === false) return { reason: 'server.announce is false' };
  if (isOfThisMachine(host)) return { reason: `server.host is ${host}, which no other machine can reach` };
  const open = datasets.filter(({ info }) => access === undefined || info.isPublic === true);
  return {
    name: cut(announce === true ? `dapberry on ${hostname().split('.')[0]}` : announce, LONGEST_NAME),
    type: tls === undefined ? '_http._tcp' : '_https._tcp',
    port,
    texts: ['path=/', ...datasetTexts(open.map(({ info }) => info.name))],
  };
}

function isOfThisMachine(host: string | undefined): boolean {
  if (host === undefined) return false;
  return isIP(host) === 0 ? host === 'localhost' : addressClassOf(host) === 'loopback';
}

/** `datasets=roof,garden`; with `more=N` if N names do not fit. None if clients without a password can read no dataset. */
function datasetTexts(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  let text = '';
  let count = 0;
  for (const name of names) {
    const longer = count === 0 ? `datasets=${name}` : `${text},${name}`;
    if (longer.length > LONGEST_TEXT) break;
    text = longer;
    count += 1;
  }
  return count === names.length ? [text] : [text, `more=${names.length - count}`];
}

/** Cuts between characters. */
function cut(text: string, bytes: number): string {
  const characters = [...text];
  while (Buffer.byteLength(characters.join('')) > bytes) characters.pop();
  return characters.join('').trim();
}
