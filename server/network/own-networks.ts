// Lists the IPv4 networks that this machine is in.

import { networkInterfaces } from 'node:os';

/** Such as `192.168.7.0/24`, each once; none if no descriptor is free to ask the kernel. */
export function ownNetworks(read: typeof networkInterfaces = networkInterfaces): readonly string[] {
  const networks = interfacesOf(read)
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address, netmask }) => networkOf(address, netmask));
  return [...new Set(networks)];
}

function interfacesOf(read: typeof networkInterfaces) {
  try {
    return Object.values(read()).flatMap(list => list ?? []);
  } catch {
    return [];
  }
}

function networkOf(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number);
  const network = address.split('.').map((byte, index) => Number(byte) & (mask[index] ?? 0));
  const bits = mask
    .map(byte => byte.toString(2).replaceAll('0', '').length)
    .reduce((sum, count) => sum + count, 0);
  return `${network.join('.')}/${bits}`;
}
