// How does the server run? It opens the datasets, listens, says where, and ends cleanly when it is told to.

import type { AddressInfo } from 'node:net';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import type { Config, Overrides } from './config/config.ts';
import { Drivers } from './config/drivers.ts';
import { ConfigError, readConfig } from './config/read.ts';
import { EventLog } from './logging/events.ts';
import { createLogger, logStyle } from './logging/logger.ts';
import { networkAddresses } from './machine/machine.ts';
import { ownAddresses } from './own-addresses.ts';
import { Reloader } from './reload.ts';
import { Running } from './running.ts';
import { tellStrayErrors } from './uncaught.ts';

/** A client such as pydap, or a proxy such as nginx, gives up after a minute or two without a row. */
const LONGEST_QUIET = 30;

/** How long a clean end may take before the process ends anyway, in milliseconds. */
const GRACE = 950;

export interface ServeOptions {
  /** The configuration's file; undefined = the one of the environment, or the usual one. */
  readonly file: string | undefined;
  /** What comes before that which the file says. */
  readonly overrides: Overrides;
}

/**
 * Serves until a signal comes; rejects with a sentence for a person when it cannot begin, with a ConfigError when the
 * configuration is wrong.
 */
export async function serve({ file, overrides }: ServeOptions, webRoot: string): Promise<void> {
  const drivers = new Drivers();
  const read = await readConfig(file, overrides, { drivers });
  if ('problems' in read) throw new ConfigError(read.problems);
  const { config, files, left } = read;
  const { server } = config;
  const style = logStyle();
  const logger = createLogger(style);
  const log = new EventLog(logger);
  const running = await Running.start(config, {
    onEvent: (dataset, event) => log.device(dataset, event),
    onOverrun: (dataset, missed) => log.overrun(dataset, missed),
    onFailure: (dataset, error) => log.failure(dataset, error),
  });
  tellStrayErrors(stray => log.stray(stray));
  const reloader = new Reloader({
    read: () => readConfig(file, overrides, { drivers }),
    running,
    files,
    logger,
  });
  const app = await buildApp({
    webRoot,
    logger,
    onCutOff: address => log.cutOff(address),
    get datasets() {
      return running.datasets;
    },
    get limits() {
      return running.config.server;
    },
    get origins() {
      return running.config.server.cors.origins;
    },
    get configuration() {
      return reloader.state;
    },
  });
  // A rejection that nobody handles is an error that nobody caught, and comes as that.
  closeWithGrace(
    { delay: GRACE, logger: false, skip: ['SIGHUP', 'unhandledRejection'] },
    async ({ err, signal }) => {
      if (err) logger.fatal({ err }, 'an error that nothing caught; ending');
      else if (style !== 'terminal') logger.info(`ending on ${signal}`);
      await Promise.all([reloader.close(), app.close()]);
    },
  );
  // From here on: one that came earlier would have ended the process, as it does for programs that know no better.
  process.on('SIGHUP', () => void reloader.reload());
  try {
    await listen(app, server);
  } catch (error) {
    await app.close();
    throw new Error(explain(error, server));
  }
  for (const sentence of left) logger.warn(sentence);
  await reloader.watch(read.file, read.drivers);
  for (const { info, interval } of running.datasets) {
    if (interval > LONGEST_QUIET) {
      logger.warn(
        `dataset ${info.name}: an interval of ${interval} s: clients and proxies may give up between two rows`,
      );
    }
  }
  const names = running.datasets.map(({ info }) => info.name);
  const addresses = addressesOf(app, server);
  if (style !== 'terminal')
    logger.info({ files, datasets: names, addresses }, `serving ${names.join(', ')} at ${addresses[0]}`);
  if (style !== 'journal') print(names, files, addresses);
}

type Address = Config['server'];

async function listen(app: FastifyInstance, { host, port }: Address): Promise<void> {
  if (host !== undefined) {
    await app.listen({ host, port });
    return;
  }
  try {
    await app.listen({ host: '::', port });
  } catch (error) {
    if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error))) throw error;
    await app.listen({ host: '0.0.0.0', port });
  }
}

function explain(error: unknown, { host, port }: Address): string {
  const place = host === undefined ? `port ${port}` : `port ${port} of ${host}`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `${place} is in use by another program; choose another one with --port`;
    case 'EACCES':
      return `${place} may not be opened by this user; choose one above 1023 with --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `--host: expected an address of this machine, found "${host}"`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** Where this server can be opened: from here, and from the network. */
function addressesOf(app: FastifyInstance, { host }: Address): readonly string[] {
  const { port } = app.server.address() as AddressInfo;
  return ownAddresses(host, port, networkAddresses());
}

function print(names: readonly string[], files: readonly string[], addresses: readonly string[]): void {
  process.stdout.write(
    [
      `dapberry serves ${names.join(', ')}${files.length === 0 ? '' : `, as in ${files.join(', ')}`}`,
      `  live page   ${addresses.join('  ')}`,
      `  as text     curl -N ${addresses[0]}${names[0]}.asc`,
      `  stop with Ctrl-C`,
      '',
    ].join('\n'),
  );
}
