// `dapberry doctor`: tells what is wrong on a machine that serves sensors, and what to do about it.

import { aligned, counted } from '../../text/terminal-text.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Command, CommandContext, Style } from './command.ts';
import { ADDRESS_OPTIONS, addressOf, CONFIG_OPTION, fileOf } from './config-options.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'look at this machine, and tell what to do where something is wrong',
  description:
    'Looks at the machine, its system, its interfaces, the configuration, the port and the service. A line is "ok", a "note" that may be good to know, or says what to "fix"; then the exit code is 1. What sensors need is to be mended only where one of the configuration needs it. Nothing is changed and no sensor is opened.',
  options: [CONFIG_OPTION, ...ADDRESS_OPTIONS],
  examples: ['dapberry doctor', 'dapberry doctor --config garden.yaml'],
  run: async (args, { machine, print, styled }) => {
    const file = fileOf(args);
    // What only this command needs takes a Pi Zero a while to load.
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
  const end = toDo === 0 ? 'All is well.' : `${counted(toDo, 'thing')} to fix.`;
  const table = aligned(rows).replaceAll(/^(ok|note|fix)\b/gm, word =>
    styled(STYLES[word as Finding['level']], word),
  );
  return `${table}\n\n${end}\n`;
}
