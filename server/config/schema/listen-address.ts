// Validates an address to listen on, for the configuration and the command line alike.

import { isIP, isIPv6 } from 'node:net';
import { oddCharacter } from '../../../device/index.ts';

export const EXPECTED_HOST =
  'an address of this machine, such as 127.0.0.1, 192.168.1.10 or ::1, or its name';

/** RFC 1123, section 2.1. */
const NAME = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*\.?$/i;

/** Undefined for a valid address, whether the machine has it or not; else a hint, if there is one. */
export function listenFault(host: string): { readonly hint?: string } | undefined {
  const isNumbers = /^[\d.]+$/.test(host);
  if (isIP(host) !== 0 ? !isOfNoMachine(host) && !lacksZone(host) : NAME.test(host) && !isNumbers)
    return undefined;
  const hint = hintFor(host);
  return hint === undefined ? {} : { hint };
}

/** Multicast (RFC 5771, RFC 4291), and the reserved part of IPv4 (RFC 1112, RFC 919). */
function isOfNoMachine(host: string): boolean {
  return isIP(host) === 4 ? Number.parseInt(host, 10) >= 224 : /^ff/i.test(host);
}

/** A link-local IPv6 address without its interface (RFC 4007). */
function lacksZone(host: string): boolean {
  return /^fe[89ab]/i.test(host) && !host.includes('%');
}

function hintFor(host: string): string | undefined {
  if (isIP(host) !== 0) {
    return lacksZone(host)
      ? `add the interface: ${host}%eth0, or leave host out to listen on every address`
      : 'it is a multicast or reserved address, which no machine has';
  }
  if (oddCharacter(host) !== undefined || host !== host.trim()) return 'remove the invisible characters';
  if (/^https?:/i.test(host)) return 'remove http:// and everything after the address';
  if (host.includes('/'))
    return 'give one address instead of a network: remove the / and the number after it';
  if (host === '*') return 'leave host out to listen on every address';
  if (/^\[.*\]$/.test(host) && isIPv6(host.slice(1, -1))) return 'remove the brackets';
  if (/^(?:[^:]+|\[.*\]):\d+$/.test(host)) return 'set the port with the option port';
  if (/^[\d.]+$/.test(host)) return 'an IPv4 address has four numbers from 0 to 255';
  if (host.includes('_')) return 'a host name must not contain _';
  return undefined;
}
