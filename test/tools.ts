// Finds the programs that tests need, and skips or fails the suites whose programs are missing.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

interface Tool {
  /** The names of the program. */
  readonly commands: readonly string[];
  /** The Debian package with the program. */
  readonly debianPackage: string;
  /** The environment variable that names another file. */
  readonly override?: string;
}

const TOOLS = {
  chromium: {
    commands: ['chromium', 'chromium-browser'],
    debianPackage: 'chromium',
    override: 'DAPBERRY_CHROMIUM',
  },
  curl: { commands: ['curl'], debianPackage: 'curl' },
  faketime: { commands: ['faketime'], debianPackage: 'faketime' },
  getdap: { commands: ['getdap'], debianPackage: 'libdap-bin' },
  ncdump: { commands: ['ncdump'], debianPackage: 'netcdf-bin' },
  udunits2: { commands: ['udunits2'], debianPackage: 'udunits-bin' },
  // node-gyp is written in it.
  python3: { commands: ['python3'], debianPackage: 'python3' },
  shellcheck: { commands: ['shellcheck'], debianPackage: 'shellcheck' },
  'systemd-analyze': { commands: ['systemd-analyze'], debianPackage: 'systemd' },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** A program that is not on this machine. */
export interface MissingTool {
  readonly name: ToolName;
  /** The Debian package with the program; undefined if an environment variable names another file. */
  readonly debianPackage: string | undefined;
  /** "no getdap: Debian package libdap-bin" */
  readonly reason: string;
}

const { CI, PATH = '' } = process.env;

const NAMES = Object.keys(TOOLS) as ToolName[];

/** The paths of the programs, without those missing on this machine. `DAPBERRY_CHROMIUM` names another browser. */
export const tools: Readonly<Partial<Record<ToolName, string>>> = Object.fromEntries(
  NAMES.flatMap(name => {
    const path = find(TOOLS[name]);
    return path === undefined ? [] : [[name, path]];
  }),
);

/** The programs that are missing on this machine now. */
export function missingTools(names: readonly ToolName[] = NAMES): MissingTool[] {
  return names.filter(name => find(TOOLS[name]) === undefined).map(name => missing(name, TOOLS[name]));
}

/**
 * Defines a suite that needs programs. If one is missing the suite is skipped, under a name that says which; if `CI` is set it
 * fails instead, for a skipped suite would be overlooked there.
 */
export function describeWith(needed: ToolName | readonly ToolName[], name: string, suite: () => void): void {
  const reasons = missingTools([needed].flat()).map(({ reason }) => reason);
  if (reasons.length === 0) {
    describe(name, suite);
  } else if (CI) {
    describe(name, () => {
      it('finds the programs that it needs', () => {
        throw new Error(
          `expected on this machine: ${[needed].flat().join(', ')}; found ${reasons.join(', ')}`,
        );
      });
    });
  } else {
    describe.skip(`${name} (${reasons.join(', ')})`, suite);
  }
}

function missing(name: ToolName, { debianPackage, override }: Tool): MissingTool {
  const elsewhere = override === undefined ? undefined : process.env[override];
  return elsewhere
    ? { name, debianPackage: undefined, reason: `no ${name}: ${override} is ${elsewhere}, no program` }
    : { name, debianPackage, reason: `no ${name}: Debian package ${debianPackage}` };
}

function find({ commands, override }: Tool): string | undefined {
  const elsewhere = override === undefined ? undefined : process.env[override];
  if (elsewhere) return isProgram(elsewhere) ? elsewhere : undefined;
  const folders = PATH.split(delimiter).filter(folder => folder !== '');
  return commands.flatMap(command => folders.map(folder => join(folder, command))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
