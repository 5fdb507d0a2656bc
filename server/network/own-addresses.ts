// The addresses under which the server can be opened, from this machine and from the network.

import { isIPv4, isIPv6 } from 'node:net';

/**
 * `http://HOST:PORT/`, first the one for this machine.
 * @param host what it listens on; undefined is every address, of which `network` are those that others reach
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
