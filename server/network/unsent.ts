// Reads from the kernel how many sent bytes the client of a connection has not acknowledged.

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { plainAddress } from './ip-address.ts';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** Columns of a line: local address, remote address, and bytes that are not sent or not acknowledged (proc(5)). */
const LINE = /^\s*\d+: [\dA-F]+:([\dA-F]{4}) ([\dA-F]+):([\dA-F]{4}) [\dA-F]{2} ([\dA-F]{8}):/;

/** Bytes in the kernel's send buffers by connection. */
export class UnsentBytes {
  readonly #bytes: ReadonlyMap<string, number>;

  private constructor(bytes: ReadonlyMap<string, number>) {
    this.#bytes = bytes;
  }

  /** Reads all connections of this machine from `tables`, files of the kernel. */
  static read(tables: readonly string[] = TABLES): UnsentBytes {
    const bytes = new Map<string, number>();
    for (const table of tables) {
      for (const line of textOf(table).split('\n')) {
        const [, ours, address, theirs, waiting] = LINE.exec(line) ?? [];
        if (ours === undefined || address === undefined || theirs === undefined) continue;
        const key = keyOf(Number.parseInt(ours, 16), addressOf(address), Number.parseInt(theirs, 16));
        bytes.set(key, Number.parseInt(waiting!, 16));
      }
    }
    return new UnsentBytes(bytes);
  }

  /** Returns a function that reads them at its first call only. */
  static onDemand(): () => UnsentBytes {
    let found: UnsentBytes | undefined;
    return () => {
      found ??= UnsentBytes.read();
      return found;
    };
  }

  of({ localPort = 0, remoteAddress = '', remotePort = 0 }: Socket): number | undefined {
    return this.#bytes.get(keyOf(localPort, plainAddress(remoteAddress), remotePort));
  }
}

/** Empty on a system without the table. */
function textOf(table: string): string {
  try {
    return readFileSync(table, 'latin1');
  } catch {
    return '';
  }
}

function keyOf(ours: number, address: string, theirs: number): string {
  return `${ours} ${address} ${theirs}`;
}

/** An address of the table: words of 32 bits in the machine's byte order, which is little-endian. */
function addressOf(hexadecimal: string): string {
  const bytes = Buffer.from(hexadecimal, 'hex').swap32();
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, group) => bytes.readUInt16BE(2 * group).toString(16));
  return plainAddress(groups.join(':'));
}
