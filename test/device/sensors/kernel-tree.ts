// A tree of kernel files in a temporary folder, for tests that change their content.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type KernelFiles, kernelFiles } from '../../../device/host/kernel-files.ts';

export interface KernelTree {
  /** The folder that it lies in. */
  readonly root: string;
  readonly files: KernelFiles;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  dispose(): Promise<void>;
}

export async function kernelTree(texts: Readonly<Record<string, string>> = {}): Promise<KernelTree> {
  const root = await mkdtemp(join(tmpdir(), 'kernel-tree-'));
  const tree: KernelTree = {
    root,
    files: kernelFiles(root),
    write: async (path, text) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    },
    remove: path => rm(join(root, path), { recursive: true }),
    dispose: () => rm(root, { recursive: true, force: true }),
  };
  for (const [path, text] of Object.entries(texts)) await tree.write(path, text);
  return tree;
}

/** The text of /proc/net/dev for interfaces with these bytes received and sent. */
export function netDev(
  interfaces: Readonly<Record<string, readonly [received: number, sent: number]>>,
): string {
  const lines = Object.entries(interfaces).map(
    ([name, [received, sent]]) =>
      `${name.padStart(6)}: ${received}    1000    0    0    0     0          0         0   ${sent}     900    0    0    0     0       0          0`,
  );
  return [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    ...lines,
    '',
  ].join('\n');
}

/** The beginning of /proc/stat for these ticks of all processors together. */
export function stat(...ticks: readonly number[]): string {
  return `cpu  ${ticks.join(' ')}\ncpu0 ${ticks.join(' ')}\nintr 330654 0 0\nbtime 1795223121\n`;
}
