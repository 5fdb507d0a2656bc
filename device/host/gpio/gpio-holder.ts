// Which program has a file of the kernel open? As far as this user may look: its own programs, or all where it is root.

import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** The program by its name and number, `python3 (process 812)`; undefined where none is seen. Does not reject. */
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
