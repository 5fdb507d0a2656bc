// Finds the files that a browser loads for the first sight of the built page, and their compressed sizes.

import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * The page at `name` in `folder` with its style sheets, its script, and all scripts that this one imports before it runs: the names of
 * these files, and the bytes of all of them, gzipped one by one.
 */
export async function firstLoad(folder, name = 'index.html') {
  const texts = new Map();
  const load = async file => {
    if (texts.has(file)) return;
    const text = await readFile(join(folder, file), 'utf8');
    texts.set(file, text);
    const named = file.endsWith('.js')
      ? [...text.matchAll(/(?:^|[;}\s])import(?:[^;()'"`]*?from)?\s*["'](\.[^"']+)["']/g)]
      : [...text.matchAll(/(?:src|href)="(\.\/[^"]+\.(?:js|css))"/g)];
    for (const [, path = ''] of named) await load(posix.join(posix.dirname(file), path));
  };
  await load(name);
  const sizes = [...texts.values()].map(text => gzipSync(text).length);
  return { files: [...texts.keys()], gzipped: sizes.reduce((sum, size) => sum + size, 0) };
}
