// Starts a server for a test: the built-in datasets on a free port of the loopback address.

import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { thisHost } from '../device/index.ts';
import type { AccessRules } from '../server/access/rules.ts';
import { builtinConfig } from '../server/config/builtin.ts';
import type { HttpLimits } from '../server/config/http-limits.ts';
import { loadConfig } from '../server/config/load.ts';
import { problemLine } from '../server/config/text/problem.ts';
import type { ConnectionLimits } from '../server/connections/connection-limits.ts';
import type { Dataset } from '../server/dataset/dataset.ts';
import type { RowFormat } from '../server/formats/row-format.ts';
import { buildApp } from '../server/http/app.ts';
import type { ServerState } from '../server/http/server-state.ts';
import type { StreamLimits } from '../server/stream/stream-limits.ts';
import type { LiveCertificate } from '../server/tls/live-certificate.ts';
import { openDatasets } from './opened-datasets.ts';

export interface Serving {
  /** `http://127.0.0.1:PORT`, or with https, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly app: FastifyInstance;
  readonly datasets: readonly Dataset[];
  /** Changes the state of the server, as a reload of its configuration does. */
  change(state: Partial<ServerState>): void;
  close(): Promise<void>;
}

export interface ServingOptions {
  readonly interval?: number;
  readonly simulate?: boolean;
  readonly seed?: number;
  readonly port?: number;
  readonly webRoot?: string;
  readonly rowFormats?: readonly RowFormat[];
  readonly limits?: Partial<StreamLimits & ConnectionLimits & HttpLimits>;
  readonly trustProxy?: readonly string[];
  readonly allow?: readonly string[];
  readonly access?: AccessRules;
  readonly hosts?: readonly string[];
  readonly origins?: readonly string[];
  readonly frameOrigins?: readonly string[];
  /** With it, the server speaks https. */
  readonly certificate?: LiveCertificate;
  /** In place of the built-in ones. */
  readonly datasets?: readonly Dataset[];
}

/** Starts the server; by default simulated, with 20 rows a second. */
export async function serving(options: ServingOptions = {}): Promise<Serving> {
  const {
    port = 0,
    webRoot,
    rowFormats,
    limits,
    access,
    allow,
    certificate,
    hosts,
    origins,
    frameOrigins,
    trustProxy,
  } = options;
  const datasets = options.datasets ?? (await builtin(options));
  const state: ServerState = {
    datasets,
    ...(limits === undefined ? {} : { limits }),
    ...(access === undefined ? {} : { access }),
    ...(allow === undefined ? {} : { allow }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(origins === undefined ? {} : { origins }),
    ...(frameOrigins === undefined ? {} : { frameOrigins }),
    ...(trustProxy === undefined ? {} : { trustProxy }),
  };
  if (certificate !== undefined)
    Object.defineProperty(state, 'certificate', { get: () => certificate.status, configurable: true });
  const app = await buildApp({
    state,
    certificate,
    ...(webRoot === undefined ? {} : { webRoot }),
    ...(rowFormats === undefined ? {} : { rowFormats }),
  });
  await app.listen({ host: '127.0.0.1', port });
  const address = app.server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    port: address.port,
    app,
    datasets,
    change: other => void Object.assign(state, other),
    close: () => app.close(),
  };
}

async function builtin({ interval = 0.05, simulate = true, seed = 1 }: ServingOptions): Promise<Dataset[]> {
  const host = thisHost(seed);
  const { sources } = await builtinConfig(host, simulate);
  const loaded = loadConfig(sources, { overrides: { interval, simulate, seed } });
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return openDatasets(loaded.config.datasets, host, simulate);
}
