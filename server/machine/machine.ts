// What a command may ask of the machine that it runs on: its files, its programs, its ports. A test puts a tree of files there.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import {
  type Installation,
  type KernelFiles,
  kernelFiles,
  type SensorHost,
  thisHost,
  thisInstallation,
} from '../../device/index.ts';
import { USUAL_FILE } from './usual-file.ts';

/** Chips on I2C are reached through the one, lines of the GPIO character device through the other. */
export type SensorModule = 'i2c-bus' | 'koffi';

export interface Machine {
  /** Every file of the system, by its usual absolute path. */
  readonly files: KernelFiles;
  /** What sensors reach the world through; `seed` is for those that are simulated. */
  host(seed: number): SensorHost;
  /** The configuration's usual place, and what the environment may say of another. */
  readonly configuration: {
    readonly usual: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
  };
  /** As `process.platform` has it. */
  readonly platform: string;
  /** Of Node, such as `20.19.0`. */
  readonly nodeVersion: string;
  /** How this program was put there. */
  readonly installation: Installation;
  /** Under which it can be reached from the network. */
  readonly addresses: readonly string[];
  /** What a program prints on standard output; undefined where it is not installed or fails. */
  run(program: string, args: readonly string[]): Promise<string | undefined>;
  /** Whether an optional module, through which sensors are reached, was installed and was built for this machine. */
  hasModule(name: SensorModule): Promise<boolean>;
  /** Whether this user may write to a file that is there. */
  mayWrite(path: string): Promise<boolean>;
  /** Bytes that are free on the file system of a folder; undefined where that is not known. */
  freeSpace(folder: string): Promise<number | undefined>;
  /** Tries to listen; undefined where that is possible, else the error's code, such as `EADDRINUSE`. */
  listenError(port: number, host: string | undefined): Promise<string | undefined>;
  /** The dapberry that answers on a port of this machine; undefined where there is none. */
  serverAt(port: number, host: string | undefined): Promise<AnsweringServer | undefined>;
}

export interface AnsweringServer {
  /** Such as `dapberry/0.1.0`. */
  readonly name: string;
  /** Its datasets, and by how many seconds the times of their rows are ahead of the clock; none where it does not tell. */
  readonly datasets: readonly { readonly name: string; readonly ahead: number }[];
}

/** A program that hangs is not waited for; in milliseconds. */
const LONGEST_RUN = 10_000;
const LONGEST_ANSWER = 2000;

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
    freeSpace,
    listenError,
    serverAt,
  };
}

/**
 * The addresses under which this machine can be reached from others: those of IPv4, and of IPv6 where there are none. Addresses of a link
 * (fe80::) are left out: a browser cannot open them. None where the kernel does not tell: it takes a descriptor to ask it.
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
    // In the words that are looked for, whatever language the user speaks.
    const env = { ...process.env, LC_ALL: 'C' };
    try {
      execFile(program, [...args], { timeout: LONGEST_RUN, env }, (error, stdout) =>
        resolve(error === null ? stdout : undefined),
      );
    } catch {
      // There is no memory for another process.
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

/** What is asked of the answer of /health. */
const HEALTH = z.object({
  datasets: z.array(z.object({ name: z.string(), clock: z.object({ ahead: z.number() }) })),
});

async function serverAt(port: number, host = 'localhost'): Promise<AnsweringServer | undefined> {
  const name = host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host;
  try {
    const signal = AbortSignal.timeout(LONGEST_ANSWER);
    const answer = await fetch(`http://${name}:${port}/health`, { signal });
    const server = answer.headers.get('xopendap-server') ?? '';
    if (!server.startsWith('dapberry/')) {
      await answer.body?.cancel();
      return undefined;
    }
    const { data } = HEALTH.safeParse(await answer.json());
    const datasets = data?.datasets.map(({ name, clock: { ahead } }) => ({ name, ahead })) ?? [];
    return { name: server, datasets };
  } catch {
    return undefined;
  }
}
