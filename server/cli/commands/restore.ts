// `dapberry restore`: puts a backup back, on this machine or on another one.

import { type Command, UsageError } from './command.ts';
import { CONFIG_OPTION, fileOf } from './config-options.ts';
import { historyOptionOf } from './history-option.ts';
import { ProgressLines } from './progress-lines.ts';

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'put a backup back, on this machine or on another one',
  description:
    'Reads an archive of dapberry backup to its end before it changes anything, checks its configuration as dapberry check does, shows what changes, and asks. Files that are replaced stay beside the new ones as NAME.before-restore-TIME. Drivers and files of secrets get a place in the folder of the configuration, and the configuration their new names. Rows join the history: no row that is there is lost or changed. The service stops while its history is restored. In the end the command says whether the running server has taken the configuration over.',
  operands: { shown: 'FILE.tar.gz', most: 1 },
  options: [
    {
      name: 'history',
      value: 'DIR',
      meaning:
        'the folder for past rows, which is written into the restored configuration if that names another one; or off: leave the rows out',
    },
    { name: 'yes', meaning: 'do not ask' },
    { name: 'force', meaning: 'restore a configuration that has mistakes here' },
    CONFIG_OPTION,
  ],
  examples: [
    'sudo dapberry restore pi.tar.gz',
    'dapberry restore garden.tar.gz --config garden.yaml --history off --yes',
  ],
  run: async (args, { machine, print, tell }) => {
    const [archive] = args.operands;
    if (archive === undefined) throw new UsageError('expected the name of an archive, found nothing');
    const history = historyOptionOf(args);
    const { restoreBackup } = await import('../restore/restoring.ts');
    const { processTerminal } = await import('../edit/edit-terminal.ts');
    const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
    const stop = new AbortController();
    const interrupt = () => stop.abort(new Error('interrupted'));
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt);
    const progress = new ProgressLines(tell);
    return restoreBackup({
      machine,
      archive,
      file: fileOf(args),
      history: history === 'off' ? false : history,
      isAgreed: args.options.has('yes'),
      isForced: args.options.has('force'),
      print,
      ask: isTerminal ? processTerminal(print).ask : undefined,
      onProgress: text => (text === '' ? tell.progress('') : progress.show(text)),
      signal: stop.signal,
    });
  },
};
