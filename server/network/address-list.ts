// Decides whether an address is in a list of names, addresses and networks: of trusted proxies, or of allowed clients.

import { BlockList, isIP } from 'node:net';
import { ipOf, plainAddress } from './ip-address.ts';

/** The names are those of the library that reads the header, @fastify/proxy-addr. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

export const DEFAULT_PROXIES: readonly string[] = ['loopback'];

export class AddressList {
  readonly #listNow: () => readonly string[];
  #list: readonly string[] = [];
  #blocks = new BlockList();

  /** `list` returns the current entries, all of them valid; the configuration may change. */
  constructor(list: () => readonly string[]) {
    this.#listNow = list;
  }

  /** Whether the list has the address; false for a text that is none. */
  has(written: string | undefined): boolean {
    const list = this.#listNow();
    if (list !== this.#list) {
      this.#list = list;
      this.#blocks = blocksOf(list);
    }
    const address = ipOf(written);
    if (address === undefined) return false;
    return this.#blocks.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
  }
}

/** Whether an entry is `loopback`, `linklocal`, `uniquelocal`, an IP address or a network such as `192.168.7.0/24`. */
export function isAddressEntry(entry: string): boolean {
  return Object.hasOwn(NAMED, entry) || networkOf(entry) !== undefined;
}

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Refuses a prefix of 0: a list of all addresses would trust the header of every client. */
function networkOf(entry: string): Network | undefined {
  const [written = '', bits, ...rest] = entry.split('/');
  const version = isIP(written);
  if (version === 0 || written.includes('%') || rest.length > 0) return undefined;
  if (bits !== undefined && !/^[1-9]\d{0,2}$/.test(bits)) return undefined;
  const address = plainAddress(written);
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  // An IPv4 network in IPv6 notation.
  const mapped = family === 'ipv4' && version === 6 ? 96 : 0;
  const longest = family === 'ipv4' ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits) - mapped;
  return prefix >= 1 && prefix <= longest ? { address, prefix, family } : undefined;
}

function blocksOf(list: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const entry of list.flatMap(entry => NAMED[entry] ?? [entry])) {
    const { address, prefix, family } = networkOf(entry)!;
    blocks.addSubnet(address, prefix, family);
  }
  return blocks;
}
