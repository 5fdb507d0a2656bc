import { expect, it } from 'vitest';
import type { AnsweringConfiguration } from '../../../../server/machine/answering-server.ts';
import type { Machine } from '../../../../server/machine/machine.ts';
import { onPi, taken, USUAL } from './examined-pi.ts';

const WRONG_SINCE = 1_795_219_200;

const answeringWith = (configuration: Partial<AnsweringConfiguration>): Partial<Machine> => ({
  ...taken,
  serverAt: async () => ({
    name: 'dapberry/0.1.0',
    datasets: [],
    configuration: { files: [USUAL], since: 1, problems: [], failed: [], inUse: 'current', ...configuration },
  }),
});

const running = async (configuration: Partial<AnsweringConfiguration>, text?: string) => {
  const files = text === undefined ? {} : { [USUAL]: text };
  const { lines } = await onPi({ files, parts: answeringWith(configuration) });
  return lines.filter(line => / running /.test(line));
};

it('says what runs in place of a wrong configuration, and since when', async () => {
  const wrong = { problems: ['x'], problemsSince: WRONG_SINCE };
  const mend = ': mend the file: the server takes it at once, without a restart';
  const since = 'note running the configuration is wrong since 2026-11-21T00:00:00Z, and';
  expect(await running({ ...wrong, inUse: 'last-good', lastGood: WRONG_SINCE - 60 }, 'datasets: [')).toEqual([
    `${since} the last good one, of 2026-11-20T23:59:00Z, is in use${mend}`,
  ]);
  expect(await running({ ...wrong, inUse: 'previous' }, 'datasets: [')).toEqual([
    `${since} the previous one stays in use${mend}`,
  ]);
  expect(await running({ ...wrong, inUse: 'host-only' }, 'datasets: [')).toEqual([
    `${since} only the load of this machine is served, because no last good one can be used${mend}`,
  ]);
});

it('names the datasets that could not be opened, and says nothing of a healthy server', async () => {
  const failed = ['dataset roof could not be opened: x'];
  expect(await running({ failed })).toEqual([
    'fix running dataset roof could not be opened: x: the server tries again',
  ]);
  expect(await running({})).toEqual([]);
});
