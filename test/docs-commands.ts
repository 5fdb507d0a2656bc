// Lists the commands of the documentation, and says of each which test runs it, or why none does.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, textOf } from './sources.ts';

/** The pages of the documentation. */
export function pages(): readonly string[] {
  return [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs')).map(name => `docs/${name}`),
  ].filter(page => page.endsWith('.md'));
}

export interface CodeBlock {
  /** Empty for plain text. */
  readonly language: string;
  readonly text: string;
}

/** The blocks of code on a page, also those in lists. */
export function blocksOf(page: string): readonly CodeBlock[] {
  return [...textOf(page).matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms)].map(
    ([, indent = '', language = '', block = '']) => ({
      language,
      text: block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

export interface DocumentedCommand {
  readonly page: string;
  /** A command behind `$`, or all lines of a block without one. */
  readonly text: string;
  /** What the page shows below a command behind `$`. */
  readonly output: readonly string[];
}

/** The first word of a block of plain text that is a script. */
const PROGRAM =
  /^(sudo|curl|dapberry|npm|npx|node|apt|systemctl|nats|rsync|docker|ssh|openssl|python3|git|echo|getdap|ncdump) /;

export function commandsOf(page: string): readonly DocumentedCommand[] {
  return blocksOf(page).flatMap(({ language, text }) => {
    if (!['', 'sh', 'console'].includes(language)) return [];
    const shown = text.split(/^\$ /m);
    if (shown.length > 1) {
      return shown.slice(1).map(part => {
        const [command = '', ...output] = part.trimEnd().split('\n');
        return { page, text: command, output };
      });
    }
    const isScript = language !== '' || PROGRAM.test(text);
    // The messages of the program and of its doctor are no commands.
    return isScript && !/^dapberry: /.test(text) ? [{ page, text, output: [] }] : [];
  });
}

export interface Elsewhere {
  readonly page: string;
  /** The commands that begin with this text; all of the page by default. */
  readonly begins?: string;
  /** The test that runs it, and a text in that test which shows it; */
  readonly by?: readonly [file: string, shows: string];
  /** or why no test does. */
  readonly not?: string;
}

const INSTALLER = 'test/appliance/guest/install.sh';
const CHANGES_MACHINE = 'changes the machine; a guest has other files and rights';

/** The commands that `docs-commands.test.ts` does not run itself. */
export const ELSEWHERE: readonly Elsewhere[] = [
  { page: 'README.md', not: 'needs the registry; the tests themselves begin with them' },
  { page: 'docs/access.md', begins: 'sudo install', not: CHANGES_MACHINE },
  { page: 'docs/appliance-test.md', not: 'is the test of appliances' },
  { page: 'docs/arrays.md', by: ['test/clients/arrays.test.ts', 'xarray.open_dataset('] },
  { page: 'docs/clients.md', by: ['test/clients/page.ts', 'docs/clients.md'] },
  {
    page: 'docs/access.md',
    begins: 'dapberry token',
    by: ['test/server/access/guard.test.ts', 'Bearer'],
  },
  {
    page: 'docs/command-line.md',
    begins: 'dapberry read',
    by: ['test/server/cli/commands/read.test.ts', 'may hold the sensors that failed'],
  },
  {
    page: 'docs/command-line.md',
    begins: 'dapberry password',
    by: ['test/server/access/served.test.ts', "'password'"],
  },
  {
    page: 'docs/configuration.md',
    begins: 'dapberry serve',
    by: ['test/server/cli/commands/help.test.ts', 'docs/configuration.md'],
  },
  {
    page: 'docs/configuration.md',
    begins: 'curl',
    by: ['test/server/run/never-dark.test.ts', 'problemsSince'],
  },
  {
    page: 'docs/command-line.md',
    begins: 'dapberry import',
    by: ['test/server/cli/commands/help.test.ts', 'docs/command-line.md'],
  },
  {
    page: 'docs/command-line.md',
    begins: 'sudo dapberry backup',
    by: ['test/server/backup/restore.test.ts', '--with-credentials'],
  },
  {
    page: 'docs/command-line.md',
    begins: 'sudo dapberry restore',
    by: ['test/server/backup/restore.test.ts', 'restoreTo('],
  },
  {
    page: 'docs/command-line.md',
    begins: 'dapberry version --check',
    by: ['test/server/cli/commands/version.test.ts', '--check'],
  },
  { page: 'docs/docker.md', begins: 'npm run package', by: ['test/appliance/host/packages.ts', 'package'] },
  { page: 'docs/docker.md', begins: 'docker compose', not: 'needs Docker' },
  { page: 'docs/fleet.md', begins: 'sudo install', not: CHANGES_MACHINE },
  { page: 'docs/fleet.md', begins: 'nats stream', not: 'Debian has no package of the program nats' },
  { page: 'docs/getting-started.md', begins: 'ssh', not: 'needs a second machine' },
  { page: 'docs/getting-started.md', by: ['test/appliance/guest/started.sh', 'getting-started.md'] },
  { page: 'docs/history.md', by: ['test/server/cli/commands/help.test.ts', '--history'] },
  {
    page: 'docs/install.md',
    begins: 'curl -fsSL https://example.org/dapberry',
    by: ['test/scripts/get.test.ts', '--base'],
  },
  {
    page: 'docs/install.md',
    begins: 'sudo curl',
    by: ['test/appliance/guest/release.sh', 'dapberry.sources'],
  },
  {
    page: 'docs/install.md',
    begins: 'sudo ./systemd/install.sh',
    by: [INSTALLER, 'systemd/install.sh'],
  },
  { page: 'docs/install.md', begins: 'curl -fsSL https://deb.nodesource.com', not: 'is of another project' },
  {
    page: 'docs/install.md',
    begins: 'sudo /opt/dapberry/',
    by: [INSTALLER, '/opt/dapberry/'],
  },
  { page: 'docs/install.md', begins: 'sudo apt install', by: ['test/appliance/guest/package.sh', '.deb'] },
  { page: 'docs/install.md', begins: 'npx https://', by: ['test/package-install.test.ts', 'npx'] },
  { page: 'docs/mqtt.md', begins: 'mosquitto_sub', by: ['test/server/mqtt/docs.test.ts', 'docs/mqtt.md'] },
  { page: 'docs/mqtt.md', begins: 'sudo install', not: CHANGES_MACHINE },
  { page: 'docs/netcdf.md', by: ['test/clients/netcdf.test.ts', 'docs/netcdf.md'] },
  { page: 'docs/operations.md', begins: 'rsync', not: 'needs a second machine' },
  {
    page: 'docs/operations.md',
    begins: 'dapberry pull',
    by: ['test/server/cli/commands/help.test.ts', 'pull'],
  },
  {
    page: 'docs/operations.md',
    begins: 'sudo dapberry backup',
    by: ['test/server/backup/restore.test.ts', '--with-credentials'],
  },
  { page: 'docs/own-sensors.md', begins: 'sudo install', not: CHANGES_MACHINE },
  { page: 'docs/own-sensors.md', by: ['test/server/drivers/served.test.ts', '/run/weather.json'] },
  { page: 'docs/performance.md', not: 'is the benchmark' },
  { page: 'docs/relay.md', not: CHANGES_MACHINE },
  {
    page: 'docs/releasing.md',
    begins: 'npm run release',
    by: ['test/scripts/release.test.ts', '--sign-with'],
  },
  { page: 'docs/releasing.md', begins: 'gpg', not: 'makes a key of its reader' },
  { page: 'docs/service.md', begins: 'sudo install', not: CHANGES_MACHINE },
  { page: 'docs/service.md', begins: 'avahi-browse', by: ['test/appliance/guest/found.sh', 'avahi-browse'] },
  {
    page: 'docs/service.md',
    begins: 'sudo systemctl stop dapberry',
    by: ['test/appliance/guest/service.sh', 'dapberry.socket'],
  },
  { page: 'docs/service.md', begins: 'curl', by: ['test/server/clock/served.test.ts', 'clock_step_time'] },
  { page: 'docs/setup.md', by: ['test/server/cli/setup/setup.test.ts', 'setup'] },
  { page: 'docs/tls.md', by: ['test/server/tls/command.test.ts', 'docs/tls.md'] },
];

/** What is known of a command that the test of the documentation does not run itself. */
export function elsewhere({ page, text }: DocumentedCommand): Elsewhere | undefined {
  return ELSEWHERE.find(entry => entry.page === page && text.startsWith(entry.begins ?? ''));
}
