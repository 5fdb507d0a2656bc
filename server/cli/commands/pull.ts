// The command `dapberry pull`: keeps rows for longer than a server's memory reaches.

import { counted, durationText } from '../../text/terminal-text.ts';
import { numberOf, textOf } from './arguments.ts';
import { type Command, UsageError } from './command.ts';

export const pullCommand: Command = {
  name: 'pull',
  summary: 'write the rows of a dataset, here or far away, into files',
  description:
    'Follows a dataset of any DAP2 server and writes its rows as CSV, to standard output or into a file, for ever or until the constraint of the address ends it. After a broken connection, and when it is started again, it goes on after the last row of its files. With {date} in its name there is a file for each day (UTC). A file that does not begin with the names of the columns is left as it is.',
  operands: { shown: 'ADDRESS', most: 1 },
  options: [
    {
      name: 'output',
      value: 'FILE',
      meaning: 'where the rows go: a file, a FIFO, a device, or - for standard output, as without it',
    },
    { name: 'rows', value: 'N', meaning: 'ends it after so many rows' },
    { name: 'quiet', meaning: 'tell nothing of connections and rows on standard error' },
  ],
  examples: [
    'dapberry pull http://pi:8080/roof --output roof-{date}.csv',
    "dapberry pull 'http://pi:8080/roof?time,temperature&time>=now-1hour' --rows 10",
  ],
  run: async (args, { printData: print, tell }) => {
    const [address] = args.operands;
    if (address === undefined) throw new UsageError('expected the address of a dataset, found nothing');
    const { pull } = await import('../../pull/pull.ts');
    const { isStandardOutput } = await import('../../pull/output.ts');
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
    const isQuiet = args.options.has('quiet');
    const output = textOf(args, 'output', 'the name of a file');
    const rows = numberOf(args, 'rows', { low: 1, high: Number.MAX_SAFE_INTEGER, whole: true });
    const isTold = !isQuiet && !isStandardOutput(output);
    let [told, written] = ['', 0];
    /** A server that has never answered can be a name that was mistyped. */
    let mayBeMistyped = true;
    await pull({
      address,
      output,
      rows,
      signal: stop.signal,
      print,
      onState: state => {
        if (state.state === 'waiting') mayBeMistyped = false;
        if (state.state !== 'reconnecting') return;
        if (!isQuiet) tell.line(`${state.reason}; asks again in ${durationText(Math.ceil(state.delay))}`);
        else if (mayBeMistyped) tell.line(`${address}: ${state.reason}; asks again until it answers`);
        mayBeMistyped = false;
      },
      onNotice: text => tell.line(text),
      onRows: (count, millis) => {
        written = count;
        if (!isTold) return;
        const now = Number.isNaN(millis)
          ? ''
          : `, the last of ${new Date(millis).toISOString().slice(0, 19)}Z`;
        if (now !== told || now === '') tell.progress(`${count} rows${now}`);
        told = now;
      },
    });
    if (isTold) tell.line(`${counted(written, 'row')} written`);
    return 0;
  },
};
