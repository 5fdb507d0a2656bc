// Normalises IP addresses, and derives the network that limits count as one client.

import { isIP, isIPv4 } from 'node:net';

/** An address in brackets or alone, with a zone (RFC 4007) or a port behind it, as proxies write them. */
const WRITTEN = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5}|(.+))$/s;

/** The longest text of an address: an IPv6 one with brackets, zone and port. */
const LONGEST = 100;

/** The normalised address, with a mapped IPv4 address as IPv4; undefined for a text that is not an address. */
export function ipOf(text: string | undefined): string | undefined {
  if (text === undefined || text.length > LONGEST) return undefined;
  const [, inBrackets, beforePort, alone] = WRITTEN.exec(text.trim()) ?? [];
  const [bare = ''] = (inBrackets ?? beforePort ?? alone ?? '').split('%');
  return isIP(bare) === 0 ? undefined : plainAddress(bare);
}

/** Normalises an IPv4 or IPv6 address, without its zone; an empty text stays empty. */
export function plainAddress(address: string): string {
  if (isIPv4(address) || address === '') return address;
  const [shortest] = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1).split(']');
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(shortest!);
  if (mapped === null) return shortest!;
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * The name under which a limit counts a client: an IPv4 address, or the /64 network of an IPv6 address, of which one machine has
 * 2^64 (RFC 4291, section 2.5.1).
 * @param address a normalised address
 */
export function clientNetwork(address: string): string {
  if (!address.includes(':')) return address;
  const [before = '', after] = address.split('::');
  const groups = before === '' ? [] : before.split(':');
  if (after !== undefined) {
    const behind = after === '' ? [] : after.split(':');
    while (groups.length + behind.length < 8) groups.push('0');
    groups.push(...behind);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
