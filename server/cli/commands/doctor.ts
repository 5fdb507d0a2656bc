// `dapberry doctor`: examines this machine, and prints what is wrong and how to fix it.

import { aligned, counted } from '../../text/terminal-text.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Command, CommandContext, Style } from './command.ts';
import { ADDRESS_OPTIONS, addressOf, CONFIG_OPTION, fileOf } from './config-options.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'examine this machine, and print how to fix what is wrong',
  description:
    'Examines the system, the interfaces, the configuration, the port and the service of this machine. Each line begins with "ok", "note" (for information) or "fix" (a problem and how to fix it); with a "fix" the exit code is 1. A missing interface is a problem only if a configured sensor needs it. The command changes nothing and opens no sensor.',
  options: [CONFIG_OPTION, ...ADDRESS_OPTIONS],
  examples: ['dapberry doctor', 'dapberry doctor --config garden.yaml'],
  run: async (args, { machine, print, styled }) => {
    const file = fileOf(args);
    // Loaded on demand: the examinations take a Pi Zero a while to load.
    const { examine } = await import('../doctor/examine.ts');
    const findings = await examine(machine, file, addressOf(args));
    print(reportOf(findings, styled));
    return findings.some(({ level }) => level === 'fix') ? 1 : 0;
  },
};

const STYLES: Readonly<Record<Finding['level'], Style>> = { ok: 'green', note: 'yellow', fix: 'red' };

function reportOf(findings: readonly Finding[], styled: CommandContext['styled']): string {
  const rows = findings.map(({ level, subject, text, advice }) => [
    level,
    subject,
    advice === undefined ? text : `${text}: ${advice}`,
  ]);
  const toDo = findings.filter(({ level }) => level === 'fix').length;
  const end = toDo === 0 ? 'No problems found.' : `${counted(toDo, 'problem')} to fix.`;
  const table = aligned(rows).replaceAll(/^(ok|note|fix)\b/gm, word =>
    styled(STYLES[word as Finding['level']], word),
  );
  return `${table}\n\n${end}\n`;
}
