import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  blocksOf,
  commandsOf,
  type DocumentedCommand,
  ELSEWHERE,
  elsewhere,
  pages,
} from './docs-commands.ts';
import { COMMAND, Site } from './server/drivers/command.ts';
import { textOf } from './sources.ts';

/** How the commands of a page are run. */
interface Run {
  readonly page: string;
  /** The commands that begin with this text; all of the page by default. */
  readonly begins?: string;
  /** The configuration of the server that they ask; by default they ask none. */
  readonly served?: string;
  readonly simulate?: boolean;
  /** Files beside them. */
  readonly files?: Readonly<Record<string, string>>;
}

const built = (name: string, kind: string) =>
  `datasets: {${name}: {interval: 0.1, sensors: [{kind: ${kind}}]}}\n`;
const ROBERRYPI = built('roberrypi', 'tmp36-simulated');
const ROOF = built('roof', 'tmp36-simulated');

/** The first example of a configuration on a page. */
function configurationOf(page: string): string {
  return blocksOf(page).find(({ language }) => language === 'yaml')?.text ?? '';
}

const RUN: readonly Run[] = [
  { page: 'docs/addresses.md', served: ROBERRYPI },
  { page: 'docs/command-line.md', begins: 'dapberry chek' },
  { page: 'docs/command-line.md', begins: 'dapberry serve --intervall' },
  {
    page: 'docs/command-line.md',
    begins: 'dapberry read --config garden.yaml --simulate',
    files: { 'garden.yaml': configurationOf('docs/configuration.md') },
  },
  { page: 'docs/command-line.md', begins: 'dapberry pull', served: ROBERRYPI },
  { page: 'docs/command-line.md', begins: 'dapberry token' },
  { page: 'docs/getting-started.md', begins: 'curl -N', served: ROOF },
  { page: 'docs/gpio.md', served: configurationOf('docs/gpio.md'), simulate: true },
  { page: 'docs/i2c.md', served: configurationOf('docs/i2c.md'), simulate: true },
  { page: 'docs/monitoring.md', served: ROBERRYPI },
  {
    page: 'docs/own-sensors.md',
    begins: 'dapberry read --simulate',
    files: {
      'weather.js': textOf('docs/example-sensor.js'),
      'config.yaml': configurationOf('docs/own-sensors.md'),
    },
  },
  { page: 'docs/thinning.md', served: ROBERRYPI },
];

const runOf = ({ page, text }: DocumentedCommand) =>
  RUN.find(entry => entry.page === page && text.startsWith(entry.begins ?? ''));

const COMMANDS = pages().flatMap(commandsOf);

describe('the commands of the documentation', () => {
  it('are run by a test, or there is a reason why not', () => {
    expect(COMMANDS.length).toBeGreaterThan(60);
    const unknown = COMMANDS.filter(command => !runOf(command) && !elsewhere(command));
    const advice = 'name its test, or why there is none, in test/docs-commands.ts';
    expect(unknown.map(({ page, text }) => `${page}: ${text.split('\n')[0]}: ${advice}`)).toEqual([]);
  });

  it('are run by tests that there are, and every entry is about a command', () => {
    const wrong = ELSEWHERE.flatMap(entry => {
      const { page, begins = '', by } = entry;
      const isUsed = COMMANDS.some(command => !runOf(command) && elsewhere(command) === entry);
      return [
        ...(isUsed ? [] : [`${page}: no command begins with "${begins}"`]),
        ...(by === undefined || textOf(by[0]).includes(by[1]) ? [] : [`${by[0]}: expected ${by[1]}`]),
      ];
    });
    expect(wrong).toEqual([]);
    expect(RUN.filter(entry => !COMMANDS.some(command => runOf(command) === entry))).toEqual([]);
  });

  for (const entry of RUN) {
    describe(`${entry.page}${entry.begins === undefined ? '' : `, ${entry.begins}`}`, () => {
      let site: Site;
      let address = '';
      beforeAll(async () => {
        site = siteOf(entry);
        if (entry.served !== undefined) address = await site.serve(...(entry.simulate ? ['--simulate'] : []));
      }, 60_000);
      afterAll(() => site.dispose());

      for (const command of COMMANDS.filter(candidate => runOf(candidate) === entry)) {
        it(`shows what ${command.text.trim()} prints`, { timeout: 60_000 }, async () => {
          const written = command.text.replaceAll(/http:\/\/(localhost|roof\.local):8080\//g, address);
          const expected = [...new Set(command.output.map(shape))].filter(line => line !== '...');
          // A page that shows no output promises rows.
          const left = expected.length > 0 ? expected : ['0, 0, 0'];
          const printed: string[] = [];
          for await (const line of linesOf(written, site)) {
            printed.push(line);
            if (left[0] === shape(line)) left.shift();
            if (left.length === 0) break;
          }
          expect(left, printed.join('\n')).toEqual([]);
        });
      }
    });
  }
});

/** A folder with the files of a page, a program `dapberry`, and one `sudo` that changes nothing. */
function siteOf({ served, files = {} }: Run): Site {
  const site = new Site();
  if (served !== undefined) site.write('config.yaml', served);
  for (const [name, text] of Object.entries(files)) site.write(name, text);
  mkdirSync(site.path('bin'));
  const programs = {
    dapberry: `exec '${process.execPath}' '${COMMAND}' "$@"`,
    sudo: 'exec "$@"',
    // Without the meter of its progress, which is on no page.
    curl: 'PATH=$(echo "$PATH" | cut -d: -f2-)\nexec curl -s "$@"',
  };
  for (const [name, line] of Object.entries(programs)) {
    site.write(`bin/${name}`, `#!/bin/sh\n${line}\n`);
    chmodSync(site.path(`bin/${name}`), 0o755);
  }
  return site;
}

/** What a command prints on either output, line by line; it is ended when its reader has seen enough. */
async function* linesOf(command: string, site: Site): AsyncGenerator<string> {
  const env = { ...process.env, PATH: `${site.path('bin')}:${process.env['PATH']}`, NO_COLOR: '1' };
  // A group of its own, so that the programs of a pipe end too.
  const child = spawn('/bin/sh', ['-c', `exec 2>&1\n${command}`], { cwd: site.folder, env, detached: true });
  try {
    yield* createInterface(child.stdout);
  } finally {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
  }
}

/** A line without its numbers, which differ each time, and without the width of its columns. */
function shape(line: string): string {
  return line
    .replaceAll(/(?<=scrypt\$)\S+|(?<=grafana\.)\S+/g, 'SECRET')
    .replaceAll(/(?<![A-Za-z_\d])-?\d+(\.\d+)*(e[+-]?\d+)?/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
