// Imports a driver's file, validates its default export as a sensor kind, and explains its mistakes.

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  DRIVER_TOOLS,
  type Fault,
  guardedKind,
  KIND_FIELDS,
  kindFaults,
  messageOf,
  type Origin,
  runContained,
  runningDriver,
  SENSOR_KINDS,
  type SensorKind,
} from '../../../device/index.ts';
import { suggestion } from '../mistakes/explain.ts';
import { SENSOR_KEYS } from '../schema/sensor-schema.ts';

/** A mistake in a driver, and how to fix it. */
export interface DriverFault extends Fault {
  readonly hint?: string;
}

export type DriverModule = { readonly kind: SensorKind } | { readonly faults: readonly DriverFault[] };

/** How long a driver may take to load. */
const LOAD_TIMEOUT_MS = 10_000;

const SCRIPTS = ['.js', '.mjs'];
const TYPED = ['.ts', '.mts'];

const wrong = (expected: string, found: string, hint?: string): DriverModule => ({
  faults: [{ field: [], expected, found, ...(hint && { hint }) }],
});

/** Why a file with this name cannot be a driver; undefined if it can. */
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

/** The current content of a driver's file. */
export interface DriverFile {
  /** The configured path, for messages. */
  readonly file: string;
  /** Without symbolic links. */
  readonly path: string;
  readonly text: Uint8Array;
  /** A new number for each load, because Node loads a module once per address. */
  readonly version: number;
}

/** Imports the file. Does not reject. */
export async function loadDriver({ file, path, text, version }: DriverFile): Promise<DriverModule> {
  const origin: Origin = { file, url: `${pathToFileURL(path).href}?version=${version}` };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DriverModule>(resolve => {
    const fault = wrong(`a driver that loads within ${LOAD_TIMEOUT_MS / 1000} s`, 'one that does not');
    timer = setTimeout(resolve, LOAD_TIMEOUT_MS, fault);
  });
  if (loading.size === 0) {
    process.on('exit', refuseExit);
    process.exit = refusedExit;
  }
  loading.add(origin);
  try {
    return await Promise.race([runContained(origin, () => kindIn(origin, text)), late]);
  } finally {
    clearTimeout(timer);
    loading.delete(origin);
    if (loading.size === 0) {
      process.off('exit', refuseExit);
      process.exit = exit;
    }
  }
}

const loading = new Set<Origin>();

const { exit } = process;

/** Thrown in a driver that ends the program while it loads: the server goes on without it. */
class DriverExit extends Error {}

/** In place of `process.exit` while a driver loads. */
function refusedExit(code?: number | string | null): never {
  if (isLoading()) throw new DriverExit('it ends the program (process.exit)');
  return exit.call(process, code);
}

function isLoading(): boolean {
  const file = runningDriver();
  return [...loading].some(origin => origin.file === file);
}

const EXITS = wrong(
  'a driver that can be loaded',
  'one that ends the program (process.exit)',
  'remove that call from the driver',
);

/**
 * Reports a driver that ends the program in another way while it loads as a mistake in the configuration: otherwise `check` would find no
 * mistake, and a service manager would restart the server over and over.
 */
function refuseExit(): void {
  if (!isLoading()) return;
  const file = runningDriver();
  const problem = 'expected a driver that can be loaded, found one that ends the program (process.exit)';
  process.stderr.write(`dapberry: ${file}: ${problem}; remove that call from the driver\n`);
  process.exitCode = 2;
}

async function kindIn(origin: Origin, text: Uint8Array): Promise<DriverModule> {
  let exported: unknown;
  try {
    const module = (await import(origin.url)) as { readonly default?: unknown };
    if (isCommonJs(origin.url)) return COMMON_JS;
    if (!('default' in module)) {
      return wrong('a default export: a sensor kind, or a function that returns one', 'none');
    }
    exported = module.default;
  } catch (error) {
    return importFault(error, origin, text);
  }
  let kind: unknown;
  try {
    kind = typeof exported === 'function' ? await exported(DRIVER_TOOLS) : exported;
  } catch (error) {
    if (error instanceof DriverExit) return EXITS;
    return wrong('a function that returns a sensor kind', errorText(error, origin));
  }
  const names = SENSOR_KINDS.map(({ name }) => name);
  const faults = kindFaults(kind, { names, keys: SENSOR_KEYS });
  if (faults.length === 0) return { kind: guardedKind(kind as SensorKind, origin) };
  return { faults: faults.map(hinted) };
}

const COMMON_JS = wrong(
  'an ES module',
  'a CommonJS module, or one without exports',
  'write "export default" in place of "module.exports ="',
);

/** Whether Node loaded the file as a CommonJS module, which it would not load again after a change. */
function isCommonJs(url: string): boolean {
  const { cache } = createRequire(import.meta.url);
  const file = fileURLToPath(url);
  if (cache[file] === undefined) return false;
  Reflect.deleteProperty(cache, file);
  return true;
}

/** Adds a suggestion to the fault of an unknown field. */
function hinted(fault: Fault): DriverFault {
  const [name] = fault.field;
  if (typeof name !== 'string' || KIND_FIELDS.includes(name)) return fault;
  const hint = suggestion(name, KIND_FIELDS);
  return hint === undefined ? fault : { ...fault, hint };
}

const A_MODULE = 'a driver that can be loaded';

async function importFault(error: unknown, origin: Origin, text: Uint8Array): Promise<DriverModule> {
  if (error instanceof DriverExit) return EXITS;
  const { code } = error as NodeJS.ErrnoException;
  const missing = /^Cannot find (?:package|module) '([^']+)'/.exec(messageOf(error))?.[1];
  if (code === 'ERR_MODULE_NOT_FOUND' && missing !== undefined) {
    const hint =
      missing === 'zod' ? 'use the z that the driver receives: export default ({ z }) => ...' : undefined;
    return wrong(A_MODULE, `one that imports ${missing}, which is not installed`, hint);
  }
  if (/^(module|exports) is not defined in ES module scope/.test(messageOf(error))) return COMMON_JS;
  if (!(error instanceof SyntaxError)) return wrong(A_MODULE, errorText(error, origin));
  const line = lineOf(error, origin) ?? (await mistakenLine(text));
  return wrong(A_MODULE, `a mistake${line === undefined ? '' : ` in line ${line}`}: ${messageOf(error)}`);
}

/** Such as `the error in line 12: ...`. */
function errorText(error: unknown, origin: Origin): string {
  const line = lineOf(error, origin);
  return `the error${line === undefined ? '' : ` in line ${line}`}: ${messageOf(error).split('\n')[0]}`;
}

/** The first line of the driver's code in the stack. */
function lineOf(error: unknown, { url }: Origin): string | undefined {
  const { stack = '' } = error as { readonly stack?: string };
  const [, after] = stack.split(`${url}:`, 2);
  return /^\d+/.exec(after ?? '')?.[0];
}

/** Runs Node on the text in a process of its own, because only then it prints the line of a mistake. */
function mistakenLine(text: Uint8Array): Promise<string | undefined> {
  return new Promise(resolve => {
    const options = ['--check', '--input-type=module', '-'];
    try {
      const checker = execFile(
        process.execPath,
        options,
        { timeout: LOAD_TIMEOUT_MS },
        (_error, _out, told) => resolve(/^\[stdin\]:(\d+)/m.exec(told)?.[1]),
      );
      checker.stdin?.on('error', () => undefined).end(text);
    } catch {
      // There is no memory for another process.
      resolve(undefined);
    }
  });
}
