// Runs the conversation of `dapberry setup`: a few questions, and the configuration that the answers make.

import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { shellWord } from '../../../dap/client/http/shell-word.ts';
import { builtinConfig } from '../../config/builtin.ts';
import { DEFAULT_SEED } from '../../config/schema/schema.ts';
import type { Machine } from '../../machine/machine.ts';
import { editConfig, type Proposal } from '../edit/editing.ts';
import { askReaders } from './ask-readers.ts';
import { askHistory, askInterval } from './ask-rows.ts';
import { askStation } from './ask-station.ts';
import { shownAddresses } from './page-address.ts';
import { GaveUp, Questions } from './questions.ts';
import type { SetupTerminal } from './setup-terminal.ts';
import { writtenConfig } from './written-config.ts';

export interface SetupOptions {
  readonly machine: Machine;
  readonly terminal: SetupTerminal;
  /** The file to write; by default the configuration of the environment, or the usual one. */
  readonly file: string | undefined;
  /** The networks that this machine is in, such as `192.168.7.0/24`. */
  readonly networks: readonly string[];
}

const ADVICE = 'run sudo dapberry setup, or name another file with --output';

/** @returns the exit code: 0 if the file was saved, 1 if nothing was changed */
export async function setUp({ machine, terminal, file, networks }: SetupOptions): Promise<number> {
  terminal.print('A few questions; Enter takes the answer in brackets, and Ctrl-C changes nothing.\n\n');
  const code = await editConfig({
    machine,
    terminal,
    file,
    advice: ADVICE,
    propose: async (original, path) => {
      try {
        return await proposed(machine, terminal, networks, original, path);
      } catch (error) {
        if (!(error instanceof GaveUp)) throw error;
        terminal.print('\n');
        return undefined;
      }
    },
  });
  if (code === 0) terminal.print(await shownAddresses(machine, file));
  return code;
}

async function proposed(
  machine: Machine,
  terminal: SetupTerminal,
  networks: readonly string[],
  original: string | undefined,
  path: string,
): Promise<Proposal> {
  const questions = new Questions(terminal);
  const isUsual = path === machine.configuration.usual;
  // The usual file belongs to root; another file belongs to the user.
  const edit = isUsual ? 'sudo dapberry edit' : `dapberry edit --config ${shellWord(path)}`;
  const station = await askStation(machine, terminal, questions, edit);
  const host = await askHost(machine, questions, station !== undefined);
  if (station === undefined && host === undefined) {
    terminal.print('There is nothing to serve. dapberry doctor says why a sensor may be missing.\n');
    throw new GaveUp();
  }
  const interval = await askInterval(questions, station?.sensors ?? []);
  const history = await askHistory(questions, isUsual ? undefined : join(dirname(path), 'history'));
  const { readers, prepare, authorization } = await askReaders({
    machine,
    terminal,
    questions,
    networks,
    folder: dirname(path),
  });
  terminal.print('\n');
  return {
    text: writtenConfig({ station, host, interval, history, readers }, { before: original, edit }),
    prepare,
    authorization,
  };
}

/** The text of the dataset about the machine itself; undefined where it has none, or is not to be served. */
async function askHost(
  machine: Machine,
  questions: Questions,
  hasSensors: boolean,
): Promise<string | undefined> {
  const { sources } = await builtinConfig(machine.host(DEFAULT_SEED), false);
  const host = sources.find(({ dataset }) => dataset === 'host');
  if (host === undefined) return undefined;
  const question = `Serve the load and the temperature of ${hostname()} itself${hasSensors ? ' too' : ''}?`;
  return (await questions.confirm(question, true)) ? String(host.content) : undefined;
}
