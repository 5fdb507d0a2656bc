// Decides whether a Host header names this server, which protects it from pages that rebind a name of their own to its address.

import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** A DNS name (RFC 1123), with underscores, which local networks use; it may begin with `*.` for all names below it. */
const ENTRY =
  /^(?=.{1,253}$)(\*\.)?[a-z\d_](?:[\w-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[\w-]{0,61}[a-z\d_])?)*$/i;

/** A name or an address, with a port or without. */
const HOST = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d{0,5})?$/;

/** Whether an entry is `*`, a name, or `*.` and a name; not an address, since all addresses are accepted. */
export function isHostEntry(entry: string): boolean {
  return entry === '*' || (ENTRY.test(entry) && !/^[\d.]+$/.test(entry));
}

/**
 * Whether the value of a Host header is an IP address, `localhost`, the name of this machine (also below `.local`), or in the list. A page
 * cannot rebind any of the first three.
 * @param own the name of this machine
 */
export function isOwnHost(host: string, list: readonly string[], own = hostname()): boolean {
  if (list.includes('*')) return true;
  const [, bracketed, bare = ''] = HOST.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  const name = plainName(bare);
  if (isIP(name) === 4) return true;
  if (name === '') return false;
  const [short = ''] = plainName(own).split('.');
  if (['localhost', plainName(own), short, `${short}.local`].includes(name)) return true;
  return list.some(entry => {
    const wanted = plainName(entry);
    return wanted.startsWith('*.')
      ? name.endsWith(wanted.slice(1)) && name.length >= wanted.length
      : name === wanted;
  });
}

/** In lower case, without the dot of a fully qualified name. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
