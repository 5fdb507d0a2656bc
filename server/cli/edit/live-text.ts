// Asks the running server whether it has taken over a saved configuration, and says so in a sentence.

import { setTimeout as delay } from 'node:timers/promises';
import { shellWord } from '../../../dap/client/http/shell-word.ts';
import { inUseText } from '../../config/configuration-state.ts';
import { DEFAULT_PORT } from '../../config/schema/schema.ts';
import type { AnsweringServer } from '../../machine/answering-server.ts';
import type { Machine } from '../../machine/machine.ts';

/** How long to ask, and how often, in milliseconds: the server reads a file when it has not changed for a moment. */
const PATIENCE_MS = 15_000;
/** How many times longer to ask a server that serves the file: on a slow machine a reload takes its time. */
const LONGER = 4;
const PAUSE_MS = 250;

/** A server that has not complained for this long has read the file. */
const SETTLED_MS = 2500;

export interface SavedConfig {
  /** Its file, as it was named and as it is. */
  readonly files: readonly [string, string];
  /** Where the server listens, as far as the configuration or the command line of the service says so. */
  readonly named: {
    readonly host?: string | undefined;
    readonly port?: number | undefined;
    readonly tls?: object | undefined;
  };
  /** It was saved with mistakes. */
  readonly isWrong: boolean;
  /** Datasets have changed, so that the server states a new time. */
  readonly hasNews: boolean;
  /** When it was saved, in seconds since 1970. */
  readonly since: number;
  /** The header of a user, to whom the server gives its state. */
  readonly authorization?: string | undefined;
}

export async function liveText(
  machine: Machine,
  { files, named, isWrong, hasNews, since, authorization }: SavedConfig,
  patienceMs = PATIENCE_MS,
): Promise<string> {
  const { port = DEFAULT_PORT, host, tls } = named;
  const [file] = files;
  const begun = performance.now();
  let isAnswering = false;
  let isBusy = false;
  let isServed = false;
  do {
    const server = await stateAt(machine, port, host, authorization);
    const state = server?.configuration;
    isAnswering = server !== undefined;
    if (server === undefined) {
      // A server that opens its sensors, on a busy machine, may not answer in time.
      isBusy = (await machine.listenError(port, host)) === 'EADDRINUSE';
      if (!isBusy) break;
      await delay(PAUSE_MS);
      continue;
    }
    if (state === undefined) {
      if (authorization === undefined)
        return `the server on port ${port} tells only its users whether it has taken it over: see journalctl -u dapberry`;
      await delay(PAUSE_MS);
      continue;
    }
    const isNew = hasNews ? state.since >= since : performance.now() - begun > SETTLED_MS;
    isServed = files.some(name => state.files.includes(name));
    const isTaken = isNew && state.inUse === 'current' && isServed;
    if (!isWrong && isTaken) {
      const failed = state.failed.length === 0 ? '' : `; ${state.failed.join('; ')}`;
      return `the server on port ${port} has taken it over: it is live${failed}`;
    }
    if (isWrong && state.problems.length > 0)
      return `the server on port ${port} refuses it, and ${inUseText(state)}`;
    await delay(PAUSE_MS);
  } while (performance.now() - begun < (isServed ? LONGER : 1) * patienceMs);
  if (isAnswering)
    return `the server on port ${port} has not taken it over yet: see ${tls === undefined ? 'http' : 'https'}://localhost:${port}/health${isServed ? '' : `, and whether it serves ${file}`}`;
  if (isBusy)
    return `port ${port} is in use, but no dapberry server has answered there within ${patienceMs / 1000} s: see systemctl status dapberry, and find the program with sudo ss -ltnp 'sport = :${port}'`;
  return `no server answers on port ${port}: start it with sudo systemctl start dapberry, or dapberry serve --config ${shellWord(file)}`;
}

/** The answer to everyone, or to the user if only users are told. */
async function stateAt(
  machine: Machine,
  port: number,
  host: string | undefined,
  authorization: string | undefined,
): Promise<AnsweringServer | undefined> {
  const server = await machine.serverAt(port, host);
  const isShut = server !== undefined && server.configuration === undefined;
  return isShut && authorization !== undefined ? machine.serverAt(port, host, authorization) : server;
}
