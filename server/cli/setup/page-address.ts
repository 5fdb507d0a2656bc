// Says at which addresses a browser finds the page of the server that a configuration describes.

import { readConfig } from '../../config/read.ts';
import type { Machine } from '../../machine/machine.ts';
import { serviceOptionsFor } from '../../machine/service-options.ts';

/** One line; none if the file was saved with mistakes. `file` is undefined for that of the service, whose options apply to it. */
export async function shownAddresses(machine: Machine, file: string | undefined): Promise<string> {
  const { configuration, host: hostOf, addresses } = machine;
  const { stateDirectory, ...service } = await serviceOptionsFor(file, machine);
  const read = await readConfig(file, service, { ...configuration, hostOf, stateDirectory });
  if ('problems' in read) return '';
  const { host, port, tls } = read.config.server;
  const scheme = tls === undefined ? 'http' : 'https';
  const isEvery = host === undefined || host === '0.0.0.0' || host === '::';
  const hosts = isEvery ? (addresses.length === 0 ? ['localhost'] : addresses) : [host];
  const pages = hosts.map(each => `${scheme}://${each.includes(':') ? `[${each}]` : each}:${port}/`);
  return `the page: ${pages.join('  ')}\n`;
}
