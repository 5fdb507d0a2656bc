// How does an installation become a file to carry? As a tar archive whose bytes depend on its content alone.

import { basename, dirname } from 'node:path';
import { run } from './run.mjs';

/** @param seconds the time that every file in it has, since 1970 */
export function archive(folder, file, seconds) {
  const same = ['--sort=name', `--mtime=@${seconds}`, '--owner=0', '--group=0', '--numeric-owner'];
  run('tar', [
    ...same,
    ...['--use-compress-program', 'gzip -9n', '-cf', file],
    ...['-C', dirname(folder), basename(folder)],
  ]);
}
