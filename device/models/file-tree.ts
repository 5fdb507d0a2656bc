// Simulates files of the kernel as a tree of read-only texts, each computed when it is read.

import { type KernelFiles, missingFile, refusedFile } from '../host/kernel-files.ts';

/** Files with these paths, none of which can be written. */
export function fileTree(texts: Readonly<Record<string, () => string>>): KernelFiles {
  return {
    read: async path => {
      const text = texts[path];
      if (text === undefined) throw missingFile(path);
      return text();
    },
    write: async path => {
      throw texts[path] === undefined ? missingFile(path) : refusedFile(path);
    },
    list: async path => {
      const below = Object.keys(texts).filter(file => file.startsWith(`${path}/`));
      return [...new Set(below.map(file => file.slice(path.length + 1).split('/')[0]!))];
    },
  };
}
