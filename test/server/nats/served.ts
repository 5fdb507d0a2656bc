// Starts the server command with a configuration in a folder of its own, and ends it after the test.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from '../history/server-process.ts';
import { closing } from './rig.ts';

interface ServedOptions {
  /** The folder of an earlier start; by default a new one. */
  readonly folder?: string;
  /** Its state is in the folder too. */
  readonly hasState?: boolean;
}

/** @param config `{folder}` stands for the folder */
export async function served(config: string, { folder, hasState = false }: ServedOptions = {}) {
  const place = folder ?? (await mkdtemp(join(tmpdir(), 'served-')));
  if (folder === undefined) closing({ close: () => rm(place, { recursive: true, force: true }) });
  const file = join(place, 'config.yaml');
  await writeFile(file, config.replaceAll('{folder}', place));
  const server = new Server(['--config', file], hasState ? { STATE_DIRECTORY: place } : {});
  closing({ close: () => server.end('SIGTERM') });
  return { server, place };
}
