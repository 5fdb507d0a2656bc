// Gives tests devices of one of the kernel's classes as files, and opens sensors of a kind on them.

import { afterEach } from 'vitest';
import type { SensorKind } from '../../../device/kind.ts';
import { hostOf } from '../known-sensors.ts';
import { type KernelTree, kernelTree } from './kernel-tree.ts';

const trees: KernelTree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map(tree => tree.dispose()));
});

/** Makes a tree of devices, each with the texts of its files; `place` gives the folder of a device by its number. */
export function devicesFor(kind: SensorKind, place: (number: number) => string) {
  return async (...devices: readonly Readonly<Record<string, string>>[]) => {
    const texts = devices.flatMap((device, number) =>
      Object.entries(device).map(([name, text]) => [`${place(number)}/${name}`, `${text}\n`] as const),
    );
    const tree = await kernelTree(Object.fromEntries(texts));
    trees.push(tree);
    const host = hostOf({ files: tree.files });
    const open = (options: object) => kind.open(kind.options.parse(options), host);
    return { tree, host, open };
  };
}
