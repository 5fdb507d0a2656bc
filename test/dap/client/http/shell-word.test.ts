// Quotes hostile names for a shell, and runs the shell.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../../../dap/client/http/shell-word.ts';

const HOSTILE = [
  "x'$(id)'",
  '`id`',
  'a b',
  'a;id',
  'a\\',
  '-rf',
  '$HOME',
  "''",
  '~',
  '*',
  'a"b',
  '!x',
  'a&b>c',
];

function runs(command: string): string {
  return execFileSync('bash', ['-c', command], { encoding: 'utf8' });
}

describe('a word of a command that the program or the page offers', () => {
  it.each(HOSTILE)('reaches the shell unchanged: %s', name => {
    expect(runs(`printf '%s|' ${shellWord(name)}`)).toBe(`${name}|`);
  });

  it('is not quoted if a shell needs no quotes', () => {
    expect(shellWord('http://192.168.1.5:8080/host.asc')).toBe('http://192.168.1.5:8080/host.asc');
    expect(shellWord('ada')).toBe('ada');
  });

  it('has no line breaks and no invisible characters', () => {
    expect(shellWord('a\nid\r\u001b[2J\u202e\u2028\u200bb')).toBe("'aid[2Jb'");
  });
});

describe('the words of a command that install.sh prints', () => {
  const steps = join(import.meta.dirname, '../../../../systemd/install/steps.sh');

  it.each(HOSTILE)('reach the shell unchanged: %s', name => {
    const printed = execFileSync('bash', ['-c', '. "$1"; words "$2" end', 'bash', steps, name], {
      encoding: 'utf8',
    });
    expect(runs(`printf '%s|' ${printed}`)).toBe(`${name}|end|`);
  });
});
