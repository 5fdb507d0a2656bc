// Requests health, columns and streams of the server that a test of drivers has started.

import { type Batch, decodeAll, decodeStream } from '../../../dap/index.ts';

/** The server that the requests go to. */
export const server = { address: '' };

export interface Health {
  readonly status: string;
  readonly configuration: { readonly problems: readonly string[] };
  readonly datasets: readonly {
    readonly name: string;
    readonly sensors: readonly {
      readonly name: string;
      readonly state: string;
      readonly lastError?: { readonly message: string };
    }[];
  }[];
}

export const get = async (path: string) => (await fetch(server.address + path)).text();
export const health = async () => (await (await fetch(`${server.address}health`)).json()) as Health;
export const sensors = async () => (await health()).datasets.flatMap(dataset => dataset.sensors);

/** The next rows, one array per column. */
export async function columns(path: string): Promise<readonly number[][]> {
  const answer = await fetch(server.address + path);
  const [batch] = decodeAll(new Uint8Array(await answer.arrayBuffer())).values as [Batch];
  return batch.columns.map(column => Array.from(column as Float64Array));
}

/** Collects the values of a column until the stream ends. */
export class Reader {
  readonly values: number[] = [];
  readonly ended: Promise<void>;

  constructor(path: string) {
    this.ended = this.#read(path);
    // Unhandled until a test waits for it.
    this.ended.catch(() => {});
  }

  async #read(path: string): Promise<void> {
    for await (const part of decodeStream(await fetch(server.address + path))) {
      if (part.kind === 'rows') this.values.push(...(part.batch.columns[0] as Float64Array));
    }
  }
}
