// Lists the addresses at which the server can be opened, from this machine and from the network.

import { isIPv4, isIPv6 } from 'node:net';

/**
 * Addresses of the form `http://HOST:PORT/`, the one for this machine first.
 * @param host the listening address; undefined for every address, of which `network` are those that other machines reach
 */
export function ownAddresses(
  host: string | undefined,
  port: number,
  network: readonly string[],
): readonly string[] {
  return hostsOf(host, network).map(name => `http://${isIPv6(name) ? `[${name}]` : name}:${port}/`);
}

function hostsOf(host: string | undefined, network: readonly string[]): readonly string[] {
  if (host === undefined || host === '::') return ['localhost', ...network];
  return host === '0.0.0.0' ? ['localhost', ...network.filter(address => isIPv4(address))] : [host];
}
