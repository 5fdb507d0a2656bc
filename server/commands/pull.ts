// `dapberry pull`: how does one keep rows for longer than a server's memory reaches?

import { counted, durationText } from '../terminal-text.ts';
import { numberOf, textOf } from './arguments.ts';
import { type Command, UsageError } from './command.ts';

export const pullCommand: Command = {
  name: 'pull',
  summary: 'write the rows of a dataset, here or far away, into files',
  description:
    'Follows a dataset of any DAP2 server and writes its rows as CSV, to standard output or into a file, for ever or until the constraint of the address ends it. A connection that breaks is made anew, and a file that is there already is gone on with: no row is missing or there twice as long as the server remembers it. With {date} in its name there is a file for each day (UTC).',
  operands: { shown: 'ADDRESS', most: 1 },
  options: [
    { name: 'output', value: 'FILE', meaning: 'where the rows go; standard output without it' },
    { name: 'rows', value: 'N', meaning: 'ends it after so many rows' },
    { name: 'quiet', meaning: 'tell nothing of connections and rows on standard error' },
  ],
  examples: [
    'dapberry pull http://pi:8080/roof --output roof-{date}.csv',
    "dapberry pull 'http://pi:8080/roof?time,temperature&time>=now-1hour' --rows 10",
  ],
  run: async (given, { printData: print, tell }) => {
    const [address] = given.operands;
    if (address === undefined) throw new UsageError('expected the address of a dataset, found nothing');
    const { pull } = await import('../pull/pull.ts');
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
    const isQuiet = given.options.has('quiet');
    const output = textOf(given, 'output', 'the name of a file');
    const rows = numberOf(given, 'rows', { low: 1, high: Number.MAX_SAFE_INTEGER, whole: true });
    let [told, written] = ['', 0];
    await pull({
      address,
      output,
      rows,
      signal: stop.signal,
      print,
      onState: state => {
        if (isQuiet || state.state !== 'reconnecting') return;
        tell.line(`${state.reason}; asks again in ${durationText(Math.ceil(state.delay))}`);
      },
      onRows: (count, time) => {
        written = count;
        if (isQuiet || output === undefined) return;
        const now = new Date(time * 1000).toISOString().slice(0, 19);
        if (now !== told) tell.progress(`${count} rows, the last of ${now}Z`);
        told = now;
      },
    });
    if (!isQuiet && output !== undefined) tell.line(`${counted(written, 'row')} written`);
    return 0;
  },
};
