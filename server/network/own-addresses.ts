// Lists the addresses at which the server can be opened, from this machine and from the network.

import { isIPv4, isIPv6 } from 'node:net';

export interface ServedPlace {
  readonly host?: string | undefined;
  readonly port: number;
  /** Anything if the server speaks https. */
  readonly tls?: object | undefined;
}

/**
 * Addresses of the form `http://HOST:PORT/` or `https://HOST:PORT/`, the one for this machine first.
 * @param place `host` is undefined for every address, of which `network` are those that other machines reach
 */
export function ownAddresses(
  { host, port, tls }: ServedPlace,
  network: readonly string[],
): readonly string[] {
  const scheme = tls === undefined ? 'http' : 'https';
  return hostsOf(host, network).map(name => `${scheme}://${isIPv6(name) ? `[${name}]` : name}:${port}/`);
}

function hostsOf(host: string | undefined, network: readonly string[]): readonly string[] {
  if (host === undefined || host === '::') return ['localhost', ...network];
  return host === '0.0.0.0' ? ['localhost', ...network.filter(address => isIPv4(address))] : [host];
}
