// Finds the program that has a file open: among this user's programs, or among all for root.

import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** The program by name and number, such as `python3 (process 812)`; undefined if none is found. Does not reject. */
export async function programWith(file: string, proc = '/proc'): Promise<string | undefined> {
  const target = await realpath(file).catch(() => file);
  const processes = (await readdir(proc).catch(() => [])).filter(name => /^\d+$/.test(name));
  for (const process of processes) {
    const folder = join(proc, process, 'fd');
    for (const descriptor of await readdir(folder).catch(() => [])) {
      const opened = await readlink(join(folder, descriptor)).catch(() => undefined);
      if (opened !== target) continue;
      const name = await readFile(join(proc, process, 'comm'), 'utf8').catch(() => 'a program');
      return `${name.trim()} (process ${process})`;
    }
  }
  return undefined;
}
