import { expect, it, onTestFinished, vi } from 'vitest';
import { machineWith } from '../cli/commands/machines.ts';
import { historyTree, rowsFrom } from '../history/stores.ts';
import { csvFile, csvOf } from './imports.ts';

/** 2026-01-01T00:00:00Z */
const BEGIN = 1_767_225_600;

it('an import without a terminal says now and then how far it is', async () => {
  const tree = historyTree();
  const file = csvFile(tree, 'a.csv', csvOf(rowsFrom(BEGIN, 40_000), ['time', 'value']));
  const machine = await machineWith({});
  onTestFinished(() => machine.tree.dispose());
  const args = ['import', file, '--history', tree.path, '--dataset'];
  expect((await machine.dapberry(...args, 'quick')).err).toBe('');
  // As on a slow machine: each look at the clock is four seconds later.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 4000;
    return now;
  });
  onTestFinished(() => void vi.restoreAllMocks());
  const { code, err } = await machine.dapberry(...args, 'slow');
  expect(code).toBe(0);
  const lines = err.trim().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line).toMatch(/^\d+ rows read, the last of .*a\.csv$/);
  const counts = lines.map(line => Number(line.split(' ')[0]));
  expect(counts).toEqual([...counts].sort((one, other) => one - other));
});
