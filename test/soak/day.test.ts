import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('a server that is worn for two minutes loses no row, answers without a fault, and stays within its memory', {
  timeout: 400_000,
}, () => {
  const { stdout, status } = spawnSync(process.execPath, ['test/soak/day.mjs', '2', '40'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(stdout).toMatch(/^ok: fast: [1-9]\d* rows, each once$/m);
  expect([stdout, status]).toEqual([expect.not.stringMatching(/^(?:NOT OK|wrong)/m), 0]);
});
