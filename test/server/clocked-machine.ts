// Serves scripted rows, and starts again with another clock, as a machine without a clock chip does.

import { type Serving, serving } from '../serving.ts';
import { inMemory } from './datasets.ts';
import { type Row, SCRIPTED, ScriptedSource } from './scripted-source.ts';

/** A server that is started anew with another clock and an empty memory, at the same port. */
export class ClockedMachine {
  /** By how many seconds its clock differs from the right one. */
  ahead = 0;
  /** Whether its answers say what its clock reads. */
  tellsDate = true;
  port = 0;
  /** That of its dataset from the next start on. */
  title = SCRIPTED.title;
  #serving: Serving | undefined;
  #device = new ScriptedSource();
  readonly #webRoot: string | undefined;
  #made = 0;

  /** `webRoot`: the folder of the built page, where it is served. */
  constructor(webRoot?: string) {
    this.#webRoot = webRoot;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/scripted`;
  }

  async start(ahead = this.ahead): Promise<void> {
    this.ahead = ahead;
    this.#device = new ScriptedSource();
    const dataset = inMemory({ ...SCRIPTED, title: this.title }, this.#device);
    this.#serving = await serving({
      datasets: [dataset],
      port: this.port,
      ...(this.#webRoot === undefined ? {} : { webRoot: this.#webRoot }),
    });
    this.port = this.#serving.port;
    this.#serving.app.server.prependListener('request', (_request, response) => {
      response.sendDate = this.tellsDate;
      const date = new Date(Date.now() + this.ahead * 1000).toUTCString();
      if (this.tellsDate) response.setHeader('date', date);
    });
  }

  /** Makes rows of these times by the right clock, in seconds since 1970, which it stamps by its own. */
  async make(...times: readonly number[]): Promise<number[][]> {
    const rows: Row[] = times.map(time => {
      this.#made++;
      return [time + this.ahead, this.#made, this.#made, this.#made % 64];
    });
    await this.#device.append(rows);
    return rows.map(row => [...row]) as number[][];
  }

  /** Breaks the connections, and goes on. */
  cut(): void {
    this.#serving?.app.server.closeAllConnections();
  }

  async close(): Promise<void> {
    const serving = this.#serving;
    this.#serving = undefined;
    await serving?.close();
  }
}
