// Serves a configuration in this process, with datasets that wait and are opened again, for tests of relays.

import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { buildApp } from '../../../server/http/app.ts';
import type { ServerState } from '../../../server/http/server-state.ts';
import type { OpeningEvent } from '../../../server/run/configured-dataset.ts';
import { RunningDatasets } from '../../../server/run/running.ts';
import type { SourceEvent } from '../../../server/source/row-source.ts';

export interface RunningOptions {
  readonly port?: number;
  readonly access?: ServerState['access'];
}

function configOf(text: string) {
  const loaded = loadConfig([{ name: 'config.yaml', content: text }]);
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return loaded.config;
}

export class RunningServer {
  readonly running: RunningDatasets;
  readonly openings: readonly [string, OpeningEvent][];
  readonly news: readonly [string, SourceEvent][];
  readonly #app: FastifyInstance;

  private constructor(
    running: RunningDatasets,
    app: FastifyInstance,
    openings: readonly [string, OpeningEvent][],
    news: readonly [string, SourceEvent][],
  ) {
    this.running = running;
    this.#app = app;
    this.openings = openings;
    this.news = news;
  }

  static async of(text: string, { port = 0, access }: RunningOptions = {}): Promise<RunningServer> {
    const openings: [string, OpeningEvent][] = [];
    const news: [string, SourceEvent][] = [];
    const running = await RunningDatasets.start(configOf(text), {
      onOpening: (dataset, event) => void openings.push([dataset, event]),
      onSource: (dataset, event) => void news.push([dataset, event]),
      synchronized: () => 'yes',
    });
    const state: ServerState = {
      get datasets() {
        return running.datasets;
      },
      get waiting() {
        return running.waiting;
      },
      access,
    };
    const app = await buildApp({ state });
    await app.listen({ host: '127.0.0.1', port });
    return new RunningServer(running, app, openings, news);
  }

  get port(): number {
    return (this.#app.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async take(text: string): Promise<void> {
    await this.running.take(configOf(text));
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.url}/${path}`, { headers });
  }

  async text(path: string): Promise<string> {
    return (await this.get(path)).text();
  }

  async json(path: string): Promise<Record<string, unknown>> {
    return (await this.get(path)).json() as Promise<Record<string, unknown>>;
  }

  async close(): Promise<void> {
    await this.running.stop();
    await this.#app.close();
  }
}
