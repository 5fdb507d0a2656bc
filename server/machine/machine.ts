// Gives commands access to the machine: its files, programs and ports. A test replaces them with a tree of files.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  type Installation,
  type KernelFiles,
  kernelFiles,
  type SensorHost,
  thisHost,
  thisInstallation,
} from '../../device/index.ts';
import { type AnsweringServer, serverAt } from './answering-server.ts';
import { type FileInfo, fileInfo } from './file-info.ts';
import { USUAL_FILE } from './usual-file.ts';

/** The modules for chips on I2C, and for lines of the GPIO character device. */
export type SensorModule = 'i2c-bus' | 'koffi';

export interface Machine {
  /** Every file of the system, by its usual absolute path. */
  readonly files: KernelFiles;
  /** The host that sensors use; `seed` is for simulated sensors. */
  host(seed: number): SensorHost;
  /** The usual path of the configuration, and the environment that may name another one. */
  readonly configuration: {
    readonly usual: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
  };
  /** As in `process.platform`. */
  readonly platform: string;
  /** The version of Node, such as `20.19.0`. */
  readonly nodeVersion: string;
  /** How this program was installed. */
  readonly installation: Installation;
  /** The addresses of this machine in the network. */
  readonly addresses: readonly string[];
  /** The standard output of a program; undefined if it is not installed or fails. */
  run(program: string, args: readonly string[]): Promise<string | undefined>;
  /** Whether an optional module is installed and was built for this machine. */
  hasModule(name: SensorModule): Promise<boolean>;
  /** Whether this user may write to an existing file. */
  mayWrite(path: string): Promise<boolean>;
  /** Undefined if there is no such file, or if this user may not look. */
  fileInfo(path: string): Promise<FileInfo | undefined>;
  /** Free bytes on the file system of a folder; undefined if unknown. */
  freeSpace(folder: string): Promise<number | undefined>;
  /** Tries to listen; undefined on success, else the error's code, such as `EADDRINUSE`. */
  listenError(port: number, host: string | undefined): Promise<string | undefined>;
  /** The dapberry server that answers on a port of this machine, to a user by the header `authorization`; undefined if there is none. */
  serverAt(
    port: number,
    host: string | undefined,
    authorization?: string,
  ): Promise<AnsweringServer | undefined>;
}

/** Time limit for a program. */
const PROGRAM_TIMEOUT_MS = 10_000;

export function thisMachine(): Machine {
  return {
    files: kernelFiles(),
    host: thisHost,
    configuration: { usual: USUAL_FILE, environment: process.env },
    platform: process.platform,
    nodeVersion: process.versions.node,
    installation: thisInstallation(),
    addresses: networkAddresses(),
    run,
    hasModule,
    mayWrite,
    fileInfo,
    freeSpace,
    listenError,
    serverAt,
  };
}

/**
 * The addresses of this machine in the network: IPv4 addresses, or IPv6 addresses if there are none. Link-local addresses
 * (fe80::) are left out, because a browser cannot open them. Empty if no descriptor is free to ask the kernel.
 */
export function networkAddresses(read = networkInterfaces): string[] {
  const all = Object.values(interfaces(read))
    .flatMap(list => list ?? [])
    .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address));
  const ofIpv4 = all.filter(({ family }) => family === 'IPv4');
  return (ofIpv4.length > 0 ? ofIpv4 : all).map(({ address }) => address);
}

function interfaces(read: typeof networkInterfaces): ReturnType<typeof networkInterfaces> {
  try {
    return read();
  } catch {
    return {};
  }
}

function run(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise(resolve => {
    // The output is parsed, so it must not be translated.
    const env = { ...process.env, LC_ALL: 'C' };
    try {
      execFile(program, [...args], { timeout: PROGRAM_TIMEOUT_MS, env }, (error, stdout) =>
        resolve(error === null ? stdout : undefined),
      );
    } catch {
      // No memory for another process.
      resolve(undefined);
    }
  });
}

const IMPORTS: Readonly<Record<SensorModule, () => Promise<unknown>>> = {
  'i2c-bus': () => import('i2c-bus'),
  koffi: () => import('koffi'),
};

async function hasModule(name: SensorModule): Promise<boolean> {
  return IMPORTS[name]().then(
    () => true,
    () => false,
  );
}

async function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function freeSpace(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

async function listenError(port: number, host: string | undefined): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: host ?? '::' });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A machine without IPv6.
    if (host === undefined && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL'))
      return listenError(port, '0.0.0.0');
    return code ?? 'an unknown error';
  } finally {
    server.close();
  }
}
