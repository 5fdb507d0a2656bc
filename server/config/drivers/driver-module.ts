// Makes a sensor kind of a file: imports it, asks for its default export, checks that, and says in words what is wrong.

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  contained,
  DRIVER_TOOLS,
  type Fault,
  guardedKind,
  KIND_FIELDS,
  kindFaults,
  messageOf,
  type Origin,
  runningDriver,
  SENSOR_KINDS,
  type SensorKind,
} from '../../../device/index.ts';
import { suggestion } from '../mistakes/explain.ts';
import { SENSOR_KEYS } from '../schema/sensor-schema.ts';

/** What is wrong with a driver, and what to do about it. */
export interface DriverFault extends Fault {
  readonly hint?: string;
}

export type DriverModule = { readonly kind: SensorKind } | { readonly faults: readonly DriverFault[] };

/** What a driver may do before it is a kind takes so long at most, in milliseconds. */
const LONGEST_LOADING = 10_000;

const SCRIPTS = ['.js', '.mjs'];
const TYPED = ['.ts', '.mts'];

const wrong = (expected: string, found: string, hint?: string): DriverModule => ({
  faults: [{ field: [], expected, found, ...(hint && { hint }) }],
});

/** Why a file cannot be a driver, as far as its name says; undefined where it can. */
export function unfitName(file: string): DriverModule | undefined {
  const ending = extname(file);
  if (SCRIPTS.includes(ending)) return undefined;
  if (!TYPED.includes(ending)) {
    return wrong('a file that ends in .js or .mjs', ending === '' ? 'one without an ending' : ending);
  }
  const { typescript } = process.features as { readonly typescript?: unknown };
  if (typescript) return undefined;
  const found = `${ending}, which Node ${process.versions.node} cannot run`;
  return wrong('a file that ends in .js or .mjs', found, 'Node 22.18 and later run TypeScript');
}

/** A driver's file as it is now. */
export interface DriverFile {
  /** What it is called: the path as it is configured. */
  readonly file: string;
  /** Without symbolic links. */
  readonly path: string;
  readonly text: Uint8Array;
  /** Another one each time, since Node loads a module once. */
  readonly version: number;
}

/** Imports the file. Does not reject. */
export async function loadDriver({ file, path, text, version }: DriverFile): Promise<DriverModule> {
  const origin: Origin = { file, url: `${pathToFileURL(path).href}?version=${version}` };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DriverModule>(resolve => {
    const fault = wrong('a driver that loads at once', `none after ${LONGEST_LOADING / 1000} s`);
    timer = setTimeout(resolve, LONGEST_LOADING, fault);
  });
  if (loading.size === 0) process.on('exit', refuseExit);
  loading.add(origin);
  try {
    return await Promise.race([contained(origin, () => kindIn(origin, text)), late]);
  } finally {
    clearTimeout(timer);
    loading.delete(origin);
    if (loading.size === 0) process.off('exit', refuseExit);
  }
}

const loading = new Set<Origin>();

/**
 * Makes a driver that ends the program while it is loaded a wrong configuration: otherwise `check` would find nothing wrong, and
 * a service manager would start the server over and over.
 */
function refuseExit(): void {
  const file = runningDriver();
  if (![...loading].some(origin => origin.file === file)) return;
  const problem = 'expected a driver that can be loaded, found one that ends the program (process.exit)';
  process.stderr.write(`dapberry: ${file}: ${problem}; take that out of the driver\n`);
  process.exitCode = 2;
}

async function kindIn(origin: Origin, text: Uint8Array): Promise<DriverModule> {
  let exported: unknown;
  try {
    const module = (await import(origin.url)) as { readonly default?: unknown };
    if (isCommonJs(origin.url)) return COMMON_JS;
    if (!('default' in module)) {
      return wrong('a default export: a sensor kind, or a function that gives one', 'none');
    }
    exported = module.default;
  } catch (error) {
    return importFault(error, origin, text);
  }
  let kind: unknown;
  try {
    kind = typeof exported === 'function' ? await exported(DRIVER_TOOLS) : exported;
  } catch (error) {
    return wrong('a function that gives a sensor kind', errorText(error, origin));
  }
  const names = SENSOR_KINDS.map(({ name }) => name);
  const faults = kindFaults(kind, { names, keys: SENSOR_KEYS });
  if (faults.length === 0) return { kind: guardedKind(kind as SensorKind, origin) };
  return { faults: faults.map(hinted) };
}

const COMMON_JS = wrong(
  'an ES module',
  'a CommonJS one, or nothing that is exported',
  'write "export default" in place of "module.exports ="',
);

/** Whether Node took the file for a CommonJS module, which it would not load again when it has changed. */
function isCommonJs(url: string): boolean {
  const { cache } = createRequire(import.meta.url);
  const file = fileURLToPath(url);
  if (cache[file] === undefined) return false;
  Reflect.deleteProperty(cache, file);
  return true;
}

/** A misspelt field that may be left out is one that is not known. */
function hinted(fault: Fault): DriverFault {
  const [name] = fault.field;
  if (typeof name !== 'string' || KIND_FIELDS.includes(name)) return fault;
  const hint = suggestion(name, KIND_FIELDS);
  return hint === undefined ? fault : { ...fault, hint };
}

const A_MODULE = 'a driver that can be loaded';

async function importFault(error: unknown, origin: Origin, text: Uint8Array): Promise<DriverModule> {
  const { code } = error as NodeJS.ErrnoException;
  const missing = /^Cannot find (?:package|module) '([^']+)'/.exec(messageOf(error))?.[1];
  if (code === 'ERR_MODULE_NOT_FOUND' && missing !== undefined) {
    const hint =
      missing === 'zod' ? 'take it from what the driver is given: export default ({ z }) => ...' : undefined;
    return wrong(A_MODULE, `one that imports ${missing}, which is not there`, hint);
  }
  if (/^(module|exports) is not defined in ES module scope/.test(messageOf(error))) return COMMON_JS;
  if (!(error instanceof SyntaxError)) return wrong(A_MODULE, errorText(error, origin));
  const line = lineOf(error, origin) ?? (await mistakenLine(text));
  return wrong(A_MODULE, `a mistake${line === undefined ? '' : ` in its line ${line}`}: ${messageOf(error)}`);
}

/** `the error in its line 12: ...`. */
function errorText(error: unknown, origin: Origin): string {
  const line = lineOf(error, origin);
  return `the error${line === undefined ? '' : ` in its line ${line}`}: ${messageOf(error).split('\n')[0]}`;
}

/** The first line of the driver's code in the stack. */
function lineOf(error: unknown, { url }: Origin): string | undefined {
  const { stack = '' } = error as { readonly stack?: string };
  const [, after] = stack.split(`${url}:`, 2);
  return /^\d+/.exec(after ?? '')?.[0];
}

/** Node shows the line of a mistake only to whoever runs the text: it is asked in a process of its own. */
function mistakenLine(text: Uint8Array): Promise<string | undefined> {
  return new Promise(resolve => {
    const options = ['--check', '--input-type=module', '-'];
    try {
      const asked = execFile(process.execPath, options, { timeout: LONGEST_LOADING }, (_error, _out, told) =>
        resolve(/^\[stdin\]:(\d+)/m.exec(told)?.[1]),
      );
      asked.stdin?.on('error', () => undefined).end(text);
    } catch {
      // There is no memory for another process.
      resolve(undefined);
    }
  });
}
