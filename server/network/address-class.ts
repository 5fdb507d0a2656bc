// Classifies addresses as loopback, private or public, the only property of an address that counters may reveal.

import { BlockList, isIP } from 'node:net';

export type AddressClass = 'loopback' | 'private' | 'public';

export const ADDRESS_CLASSES: readonly AddressClass[] = ['loopback', 'private', 'public'];

const LOOPBACK = listOf(['127.0.0.0/8', '::1/128']);

/** Addresses that no router of the Internet forwards (RFC 1918, 3927, 4193, 4291, and 6598 for carriers and overlay networks). */
const PRIVATE = listOf([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
  'fe80::/10',
]);

/**
 * Accepts IPv4 addresses in IPv6 notation, such as `::ffff:192.168.0.7`. Anything else is a local socket, for which Node gives no
 * address, as for a closed connection.
 */
export function addressClassOf(address: string | undefined): AddressClass {
  const [bare = ''] = address?.split('%') ?? [];
  const version = isIP(bare);
  if (version === 0) return 'loopback';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (LOOPBACK.check(bare, family)) return 'loopback';
  return PRIVATE.check(bare, family) ? 'private' : 'public';
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
