import { expect, it } from 'vitest';
import { liveText, type SavedConfig } from '../../../../server/cli/edit/live-text.ts';
import type { AnsweringServer } from '../../../../server/machine/answering-server.ts';
import { thisMachine } from '../../../../server/machine/machine.ts';

const FILE = '/etc/dapberry/config.yaml';
const SAVED: SavedConfig = {
  files: [FILE, FILE],
  named: { port: 8080 },
  isWrong: false,
  hasNews: true,
  since: 1000,
};

/** A machine whose server serves `files`, and has taken a file that was saved at 1000 s over at its answer number `answers`. */
function machineWith(files: readonly string[], answers: number) {
  let asked = 0;
  return {
    ...thisMachine(),
    serverAt: async (): Promise<AnsweringServer> => {
      asked += 1;
      const since = asked >= answers ? 1001 : 999;
      const configuration = { files: [...files], since, inUse: 'current' as const, problems: [], failed: [] };
      return { name: 'dapberry/1.0.0', datasets: [], configuration };
    },
  };
}

it('waits longer for a server that serves the file, since a small machine takes its time', async () => {
  const taken = await liveText(machineWith([FILE], 5), SAVED, 500);
  expect(taken).toBe('the server on port 8080 has taken it over: it is live');
});

it('asks whether the server serves another file', async () => {
  const machine = machineWith(['/srv/other.yaml'], Number.POSITIVE_INFINITY);
  expect(await liveText(machine, SAVED, 10)).toBe(
    `the server on port 8080 has not taken it over yet: see http://localhost:8080/health, and whether it serves ${FILE}`,
  );
});
