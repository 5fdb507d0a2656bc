// `dapberry edit`: edits the configuration, and saves it only after a check.

import type { Command } from './command.ts';
import { CONFIG_OPTION, fileOf } from './config-options.ts';

export const editCommand: Command = {
  name: 'edit',
  summary: 'edit the configuration, and save it after a check',
  description:
    'Opens a copy of the configuration in $VISUAL, $EDITOR, sensible-editor or vi. Then it shows the mistakes, or the lines and datasets that change, and asks whether to save. The file keeps its owner and mode and is replaced at once. It says when the running server has taken the file over. Nobody else can edit the file with this command meanwhile.',
  options: [CONFIG_OPTION],
  examples: ['sudo dapberry edit', 'EDITOR=nano dapberry edit --config garden.yaml'],
  run: async (args, { machine, print }) => {
    if (!process.stdin.isTTY || !process.stdout.isTTY)
      throw new Error(
        'expected a terminal, found none: write the file with another program, and check it with dapberry check',
      );
    const { editConfig } = await import('../edit/editing.ts');
    const { processTerminal } = await import('../edit/edit-terminal.ts');
    return editConfig({ machine, terminal: processTerminal(print), file: fileOf(args) });
  },
};
