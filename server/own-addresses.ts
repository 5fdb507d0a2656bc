// Under which addresses can the server be opened? From this machine, and from the network.

/**
 * `http://HOST:PORT/`, first the one for this machine.
 * @param host what it listens on; undefined is every address, of which `network` are those that others reach
 */
export function ownAddresses(
  host: string | undefined,
  port: number,
  network: readonly string[],
): readonly string[] {
  const everywhere = host === undefined || host === '0.0.0.0' || host === '::';
  const names = everywhere ? ['localhost', ...network] : [host.includes(':') ? `[${host}]` : host];
  return names.map(name => `http://${name}:${port}/`);
}
