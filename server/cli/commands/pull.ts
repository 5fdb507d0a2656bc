// `dapberry pull`: writes the rows of a dataset into files, so that they outlast the server's memory.

import type { CredentialSources } from '../../pull/credentials.ts';
import { counted, durationText } from '../../text/terminal-text.ts';
import { numberOf, textOf } from './arguments.ts';
import { type Command, UsageError } from './command.ts';

export const pullCommand: Command = {
  name: 'pull',
  summary: 'write the rows of a local or remote dataset into files',
  description:
    'Follows a dataset of any DAP2 server and writes its rows as CSV to standard output or into a file, for ever or until the constraint of the address ends it. After a broken connection or a restart it continues after the last row in its files. With {date} in the file name it writes one file per day (UTC). It does not change a file that does not begin with the names of the columns. A server with passwords gets those of $DAPBERRY_USER and $DAPBERRY_PASSWORD, or the token of $DAPBERRY_TOKEN or of the file $DAPBERRY_TOKEN_FILE, else the login in ~/.netrc, else one that it asks for on a terminal.',
  operands: { shown: 'ADDRESS', most: 1 },
  options: [
    {
      name: 'output',
      value: 'FILE',
      meaning: 'a file, a FIFO or a device for the rows; - for standard output, the default',
    },
    { name: 'rows', value: 'N', meaning: 'stop after N rows' },
    { name: 'quiet', meaning: 'do not report connections and rows on standard error' },
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
    const { fetchWithCredentials } = await import('../../pull/credentials.ts');
    const { withTokenOfFile } = await import('../../pull/token-file.ts');
    const { checkAddress, withoutPassword } = await import('../../pull/source.ts');
    try {
      checkAddress(address);
    } catch (error) {
      throw error instanceof TypeError ? new UsageError(withoutPassword(error.message)) : error;
    }
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
    const isQuiet = args.options.has('quiet');
    const output = textOf(args, 'output', 'the name of a file');
    const rows = numberOf(args, 'rows', { low: 1, high: Number.MAX_SAFE_INTEGER, whole: true });
    const reportsRows = !isQuiet && !isStandardOutput(output);
    let [reported, written] = ['', 0];
    /** Until a server has answered, its name may be mistyped. */
    let mayBeMistyped = true;
    await pull({
      address,
      output,
      rows,
      signal: stop.signal,
      fetch: fetchWithCredentials({
        environment: withTokenOfFile(process.env),
        ask: asker(tell.isTerminal, stop.signal),
      }),
      print,
      onState: state => {
        if (state.state === 'waiting') mayBeMistyped = false;
        if (state.state !== 'reconnecting') return;
        if (!isQuiet) tell.line(`${state.reason}; trying again in ${durationText(Math.ceil(state.delay))}`);
        else if (mayBeMistyped)
          tell.line(`${withoutPassword(address)}: ${state.reason}; trying again until it answers`);
        mayBeMistyped = false;
      },
      onNotice: text => tell.line(text),
      onRows: (count, millis) => {
        written = count;
        if (!reportsRows) return;
        const now = Number.isNaN(millis)
          ? ''
          : `, the last of ${new Date(millis).toISOString().slice(0, 19)}Z`;
        if (now !== reported || now === '') tell.progress(`${count} rows${now}`);
        reported = now;
      },
    });
    if (reportsRows) tell.line(`${counted(written, 'row')} written`);
    return 0;
  },
};

/** Asks for the login of a server on the terminal; undefined without one. */
function asker(isTerminal: boolean, signal: AbortSignal): CredentialSources['ask'] {
  if (!isTerminal || !process.stdin.isTTY) return undefined;
  return async (server, isAgain) => {
    const { askHidden } = await import('../hidden-input.ts');
    const again = isAgain ? 'Not accepted. ' : '';
    const questions = [{ text: `${again}User of ${server}: `, isShown: true }, 'Password: '];
    const [user = '', password = ''] = (await askHidden(questions, () => false, signal)) ?? [];
    return user === '' ? undefined : { user, password };
  };
}
