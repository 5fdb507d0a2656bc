// `dapberry setup`: asks a few questions, and writes the configuration.

import { ownNetworks } from '../../network/own-networks.ts';
import { textOf } from './arguments.ts';
import type { Command } from './command.ts';

export const setupCommand: Command = {
  name: 'setup',
  summary: 'ask a few questions, and write the configuration',
  description:
    'Shows what is attached, and asks for names, the interval, the history and who may read. Then it shows the configuration, or the lines that change, asks whether to save, and says when the running server has taken the file over and where the page is. The keys of server stay as they are, and the file before is kept beside the new one. Ctrl-C changes nothing.',
  options: [
    {
      name: 'output',
      value: 'FILE',
      meaning: 'the file to write; by default $DAPBERRY_CONFIG, else /etc/dapberry/config.yaml',
    },
  ],
  examples: ['sudo dapberry setup', 'dapberry setup --output garden.yaml'],
  run: async (args, { machine, print }) => {
    if (!process.stdin.isTTY || !process.stdout.isTTY)
      throw new Error(
        'expected a terminal to ask at, found none: run it in a terminal (ssh -t), or write the lines that dapberry list prints into the configuration and check it with dapberry check',
      );
    const { setUp } = await import('../setup/setup.ts');
    const { processTerminal } = await import('../edit/edit-terminal.ts');
    const { askPassword } = await import('../asked-password.ts');
    return setUp({
      machine,
      terminal: { ...processTerminal(print), askPassword },
      file: textOf(args, 'output', 'a file'),
      networks: ownNetworks(),
    });
  },
};
