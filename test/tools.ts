// Finds the programs that tests need, and skips or fails the suites whose programs are missing.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { describe, it } from 'vitest';

interface Tool {
  /** The names of the program, or its path. */
  readonly commands: readonly string[];
  /** The path of a file or folder that has to be there too: a library for the program, from another package. */
  readonly library?: string;
  /** The Debian package with the program. */
  readonly debianPackage: string;
  /** The environment variable that names another file. */
  readonly override?: string;
}

/** Debian's Python, whose modules are Debian packages: another one may come first in PATH. */
const PYTHON = { commands: ['/usr/bin/python3'] };

/** The folder of these modules. */
const PYTHON_MODULES = '/usr/lib/python3/dist-packages';

const TOOLS = {
  'avahi-daemon': {
    commands: ['/usr/sbin/avahi-daemon', 'avahi-daemon'],
    library: '/usr/bin/avahi-browse',
    debianPackage: 'avahi-utils',
  },
  'apt-ftparchive': { commands: ['apt-ftparchive'], debianPackage: 'apt-utils' },
  // The package apache2 would start a service.
  apache2: { commands: ['apache2'], debianPackage: 'apache2-bin' },
  caddy: { commands: ['caddy'], debianPackage: 'caddy' },
  cdo: { commands: ['cdo'], debianPackage: 'cdo' },
  chromium: {
    commands: ['chromium', 'chromium-browser'],
    debianPackage: 'chromium',
    override: 'DAPBERRY_CHROMIUM',
  },
  curl: { commands: ['curl'], debianPackage: 'curl' },
  faketime: { commands: ['faketime'], debianPackage: 'faketime' },
  firefox: { commands: ['firefox-esr'], debianPackage: 'firefox-esr' },
  getdap: { commands: ['getdap'], debianPackage: 'libdap-bin' },
  gpg: { commands: ['gpg'], debianPackage: 'gpg' },
  gpgv: { commands: ['gpgv'], debianPackage: 'gpgv' },
  jinja2: { ...PYTHON, library: `${PYTHON_MODULES}/jinja2`, debianPackage: 'python3-jinja2' },
  jq: { commands: ['jq'], debianPackage: 'jq' },
  mosquitto: { commands: ['mosquitto', '/usr/sbin/mosquitto'], debianPackage: 'mosquitto' },
  mosquitto_passwd: { commands: ['mosquitto_passwd'], debianPackage: 'mosquitto' },
  mosquitto_sub: { commands: ['mosquitto_sub'], debianPackage: 'mosquitto-clients' },
  nginx: { commands: ['nginx'], debianPackage: 'nginx' },
  // nco calls it so.
  ncks: { commands: ['ncks'], debianPackage: 'nco' },
  netCDF4: { ...PYTHON, library: `${PYTHON_MODULES}/netCDF4`, debianPackage: 'python3-netcdf4' },
  pandas: { ...PYTHON, library: `${PYTHON_MODULES}/pandas`, debianPackage: 'python3-pandas' },
  requests: { ...PYTHON, library: `${PYTHON_MODULES}/requests`, debianPackage: 'python3-requests' },
  scipy: { ...PYTHON, library: `${PYTHON_MODULES}/scipy`, debianPackage: 'python3-scipy' },
  xarray: { ...PYTHON, library: `${PYTHON_MODULES}/xarray`, debianPackage: 'python3-xarray' },
  ncdf4: {
    commands: ['Rscript'],
    library: '/usr/lib/R/site-library/ncdf4',
    debianPackage: 'r-cran-ncdf4',
  },
  ncread: {
    commands: ['octave'],
    library: '/var/lib/dpkg/info/octave-netcdf.list',
    debianPackage: 'octave-netcdf',
  },
  'nats-server': { commands: ['nats-server', '/usr/sbin/nats-server'], debianPackage: 'nats-server' },
  ncdump: { commands: ['ncdump'], debianPackage: 'netcdf-bin' },
  webkit: { commands: ['WebKitWebDriver'], debianPackage: 'webkit2gtk-driver' },
  wget: { commands: ['wget'], debianPackage: 'wget' },
  xvfb: { commands: ['Xvfb'], debianPackage: 'xvfb' },
  udunits2: { commands: ['udunits2'], debianPackage: 'udunits-bin' },
  // node-gyp is written in it.
  python3: { commands: ['python3'], debianPackage: 'python3' },
  shellcheck: { commands: ['shellcheck'], debianPackage: 'shellcheck' },
  openssl: { commands: ['openssl'], debianPackage: 'openssl' },
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

function find({ commands, library, override }: Tool): string | undefined {
  if (library !== undefined && !existsSync(library)) return undefined;
  const elsewhere = override === undefined ? undefined : process.env[override];
  if (elsewhere) return isProgram(elsewhere) ? elsewhere : undefined;
  const folders = PATH.split(delimiter).filter(folder => folder !== '');
  return commands
    .flatMap(command => (isAbsolute(command) ? [command] : folders.map(folder => join(folder, command))))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
