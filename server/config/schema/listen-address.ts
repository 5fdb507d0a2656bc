// Judges an address to listen on, alike in the configuration and on the command line.

import { isIP, isIPv6 } from 'node:net';
import { oddCharacter } from '../../../device/index.ts';

export const EXPECTED_HOST =
  'an address of this machine, such as 127.0.0.1, 192.168.1.10 or ::1, or its name';

/** RFC 1123, section 2.1. */
const NAME = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*\.?$/i;

/** Undefined where one can listen there, if the machine has that address; else what to do, which may be nothing in particular. */
export function listenFault(host: string): { readonly hint?: string } | undefined {
  const isNumbers = /^[\d.]+$/.test(host);
  if (isIP(host) !== 0 ? !isOfNoMachine(host) && !lacksZone(host) : NAME.test(host) && !isNumbers)
    return undefined;
  const hint = hintFor(host);
  return hint === undefined ? {} : { hint };
}

/** Multicast (RFC 5771, RFC 4291), and the part of IPv4 that nobody has (RFC 1112, RFC 919). */
function isOfNoMachine(host: string): boolean {
  return isIP(host) === 4 ? Number.parseInt(host, 10) >= 224 : /^ff/i.test(host);
}

/** An address of IPv6 that each interface has for itself (RFC 4007). */
function lacksZone(host: string): boolean {
  return /^fe[89ab]/i.test(host) && !host.includes('%');
}

function hintFor(host: string): string | undefined {
  if (isIP(host) !== 0) {
    return lacksZone(host)
      ? `say of which interface: ${host}%eth0, or leave host out to listen on every address`
      : 'no machine has it: it is one of a group or of all machines';
  }
  if (oddCharacter(host) !== undefined || host !== host.trim()) return 'leave out what cannot be seen';
  if (/^https?:/i.test(host)) return 'leave out http:// and what stands behind the address';
  if (host.includes('/')) return 'one address is meant, not a network: leave out what begins with /';
  if (host === '*') return 'leave host out to listen on every address';
  if (/^\[.*\]$/.test(host) && isIPv6(host.slice(1, -1))) return 'leave out the brackets';
  if (/^(?:[^:]+|\[.*\]):\d+$/.test(host)) return 'the port has an option of its own: port';
  if (/^[\d.]+$/.test(host)) return 'an IPv4 address has four numbers from 0 to 255';
  if (host.includes('_')) return 'a name of a machine has no _';
  return undefined;
}
