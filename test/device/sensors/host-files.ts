// Files of a machine that a test writes, removed after the test.

import { afterEach } from 'vitest';
import { type KernelTree, kernelTree } from './kernel-tree.ts';

const trees: KernelTree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map(tree => tree.dispose()));
});

/** The files with these texts, by path. */
export async function treeOf(texts: Readonly<Record<string, string>>): Promise<KernelTree> {
  const tree = await kernelTree(texts);
  trees.push(tree);
  return tree;
}
