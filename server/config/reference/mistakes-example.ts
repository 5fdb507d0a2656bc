// Loads the wrong configuration of docs/configuration.md, and prints the messages that the page shows for it.

import { loadConfig } from '../load.ts';
import { problemLine } from '../text/problem.ts';

const WRONG = `server:
  prot: 80
datasets:
  garden:
    title: Garden
    sensors:
      - kind: termal
`;

/** The output of `dapberry serve` with this configuration. */
export function mistakesText(): string {
  const loaded = loadConfig([{ name: 'garden.yaml', content: WRONG }]);
  const problems = 'problems' in loaded ? loaded.problems : [];
  return [
    ...problems.map(problemLine),
    `dapberry: ${problems.length} mistakes in the configuration; nothing was started`,
  ].join('\n');
}
