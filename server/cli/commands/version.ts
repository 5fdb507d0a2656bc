// `dapberry version`: prints the version, and on request whether a release that someone publishes is newer.

import { VERSION } from '../../version.ts';
import { textOf } from './arguments.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';

/** The exit code for a newer release, which no failure has. */
const NEWER = 3;

const ADDRESS = 'the address of a release, such as https://example.org/dapberry';

export const versionCommand: Command = {
  name: 'version',
  summary: 'print the version, and whether a release is newer',
  description:
    'Prints the version of this program. With --check it asks the release at that address for its version, and prints which is newer; the exit code is 0 if this version is the newest, 3 if the release is newer, and 1 if the release did not answer. Nothing else asks: the program reports to nobody, and looks for no release by itself.',
  options: [
    {
      name: 'check',
      value: 'URL',
      meaning: 'ask the release in this folder of a web server for its version',
    },
  ],
  examples: ['dapberry version', 'dapberry version --check https://example.org/dapberry'],
  run: async (args, context) => {
    const address = textOf(args, 'check', ADDRESS);
    if (address !== undefined) return check(addressOf(address), context);
    context.print(`${VERSION}\n`);
    return 0;
  },
};

function addressOf(text: string): URL {
  // URL.parse is missing in Node 20.19.
  if (/^https?:/i.test(text) && URL.canParse(text)) return new URL(text);
  throw new UsageError(`--check: expected ${ADDRESS}, found ${JSON.stringify(text)}`);
}

async function check(address: URL, { print, styled }: CommandContext): Promise<number> {
  const { newestRelease } = await import('../newest-release.ts');
  const { default: compare } = await import('semver/functions/compare.js');
  const { version, date, changes } = await newestRelease(address);
  const order = compare(version, VERSION);
  if (order === 0) print(`${VERSION} is the newest version\n`);
  else if (order < 0) print(`${VERSION} is newer than the release, ${version}\n`);
  else {
    const since = date === undefined ? '' : ` of ${date.toISOString().slice(0, 10)}`;
    print(`${styled('bold', `${version}${since} is newer`)} than this version, ${VERSION}\n`);
    if (changes !== undefined) print(`changes: ${changes}\n`);
    return NEWER;
  }
  return 0;
}
