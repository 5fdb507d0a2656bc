import { expect, it } from 'vitest';
import { historyOptionOf } from '../../../../server/cli/commands/history-option.ts';

const read = (folder: string) => historyOptionOf({ operands: [], options: new Map([['history', folder]]) });

it('--history takes a folder, and refuses those in which Node cannot make one or a shell has not expanded', () => {
  expect(['/mnt/usb/rows', 'rows', './~rows'].map(read)).toEqual(['/mnt/usb/rows', 'rows', './~rows']);
  const expected = '--history: expected a folder on a disk, found';
  expect(() => read('/proc/rows')).toThrow(
    `${expected} "/proc/rows"; choose a folder on a disk: /proc holds no files`,
  );
  expect(() => read('/tmp/../sys/rows')).toThrow('choose a folder on a disk: /sys holds no files');
  expect(() => read('~/rows')).toThrow(`${expected} "~/rows"; write the path of the home out`);
});
