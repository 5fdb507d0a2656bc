import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { filesBelow, ROOT, textOf } from '../sources.ts';
import { describeWith } from '../tools.ts';

describeWith('shellcheck', 'the shell scripts', () => {
  const scripts = filesBelow().filter(file => /^#!.*\b(ba|da)?sh$/m.test(textOf(file).split('\n')[0] ?? ''));

  it.each(scripts)('%s: shellcheck has nothing to say', file => {
    // What one part sets, another one uses.
    const args = ['--external-sources', '--severity=warning', '--exclude=SC2034', file];
    const { stdout } = spawnSync('shellcheck', args, { cwd: ROOT, encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});
