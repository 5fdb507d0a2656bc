// Packs an installation into a tar archive whose bytes depend only on its content.

import { basename, dirname } from 'node:path';
import { run } from './run.mjs';

/** @param seconds the modification time of every file, in seconds since 1970 */
export function archive(folder, file, seconds) {
  const same = ['--sort=name', `--mtime=@${seconds}`, '--owner=0', '--group=0', '--numeric-owner'];
  run('tar', [
    ...same,
    ...['--use-compress-program', 'gzip -9n', '-cf', file],
    ...['-C', dirname(folder), basename(folder)],
  ]);
}
