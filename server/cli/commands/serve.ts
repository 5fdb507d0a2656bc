// `dapberry serve`: runs the server with the overrides that its options give.

import { secondsOf } from '../../../device/index.ts';
import type { Overrides } from '../../config/config.ts';
import { quoted } from '../../config/text/problem.ts';
import { holdYoungGeneration, releaseYoungGeneration } from '../../run/young-generation.ts';
import { decimalOf, numberOf, textOf } from './arguments.ts';
import { type Command, type CommandArguments, UsageError } from './command.ts';
import { addressOf, CONFIG_OPTION, fileOf, SIMULATE_OPTION } from './config-options.ts';
import { historyOptionOf } from './history-option.ts';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'serve the sensors until Ctrl-C or a signal',
  description:
    "Serves this machine's sensors as endless OPeNDAP (DAP2) Sequences, with a live page at /. All options except --config override the configuration.",
  options: [
    CONFIG_OPTION,
    { name: 'port', value: 'N', meaning: 'the port to listen on (8080); 0 takes any free port' },
    {
      name: 'host',
      value: 'ADDRESS',
      meaning: 'the address to listen on (every address of this machine)',
    },
    {
      name: 'interval',
      value: 'S',
      meaning: 'seconds between the rows of every dataset (1); 0 = as fast as each client reads',
    },
    SIMULATE_OPTION,
    {
      name: 'seed',
      value: 'N',
      meaning: "the simulation's seed (2013): the same seed gives the same values at the same time",
    },
    {
      name: 'history',
      value: 'DIR',
      meaning:
        'the folder for past rows on disk (history.path of the configuration), or off: rows only in memory',
    },
  ],
  examples: [
    'dapberry serve --config garden.yaml',
    'dapberry serve --port 8081 --interval 10',
    'dapberry serve --host 127.0.0.1 --interval 0 --simulate',
  ],
  run: async (args, { webRoot }) => {
    const options = { file: fileOf(args), overrides: overridesOf(args) };
    holdYoungGeneration();
    // Loaded on demand: the server's libraries take a Pi Zero seconds to load.
    const { serve } = await import('../../run/serve.ts');
    await serve(options, webRoot);
    releaseYoungGeneration();
    return undefined;
  },
};

function overridesOf(args: CommandArguments): Overrides {
  const overrides = {
    ...addressOf(args),
    interval: intervalOf(args),
    simulate: args.options.has('simulate') ? true : undefined,
    history: historyOf(args),
    seed: numberOf(args, 'seed', { low: 0, high: 4_294_967_295, whole: true }),
  };
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}

/** False for `off`; a folder of that name is `./off`. */
function historyOf(args: CommandArguments): string | false | undefined {
  const text = historyOptionOf(args);
  return text === 'off' ? false : text;
}

/** A number of seconds, or a duration in the configuration's notation. */
function intervalOf(args: CommandArguments): number | undefined {
  const text = textOf(args, 'interval', 'a number of seconds');
  if (text === undefined) return undefined;
  const seconds = secondsOf(text) ?? decimalOf(text);
  if (seconds === 0 || (seconds >= 0.001 && seconds <= 86_400)) return seconds;
  throw new UsageError(
    `--interval: expected 0, or 0.001 to 86400 seconds, such as 10, 500ms or "1 min", found ${quoted(text)}`,
  );
}
