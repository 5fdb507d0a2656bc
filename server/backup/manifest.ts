// Declares what a backup says about itself: the manifest at its begin, and the checksums at its end.

import { z } from 'zod';

/** The first file of each backup, by which it is recognised. */
export const MANIFEST = 'dapberry-backup.json';

/** The last one: a backup without it is torn. */
export const CHECKSUMS = 'dapberry-checksums.json';

export const FORMAT = 1;

/** The folder in the backup that holds the history's files. */
export const HISTORY = 'history';

/** The largest text of a manifest, a configuration or a driver, in bytes; checksums have 200 bytes a file. */
export const LARGEST_FILE = 16 * 1024 ** 2;
export const LARGEST_CHECKSUMS = 64 * 1024 ** 2;

/**
 * What a file is: the main file of the configuration, a dataset in `config.d`, a driver, a file of secrets, settings of
 * `dapberry-pull@`, a drop-in of a unit, or the last good configuration.
 */
const ROLES = ['main', 'dataset', 'driver', 'credential', 'pull', 'drop-in', 'last-good'] as const;

const KEPT_FILE = z.object({
  /** Its name in the backup. */
  entry: z.string(),
  role: z.enum(ROLES),
  /** Where it was, as an absolute path. */
  path: z.string(),
  /** Its permissions. */
  mode: z.number().int(),
});

export type KeptFile = z.infer<typeof KEPT_FILE>;

export const MANIFEST_SCHEMA = z.object({
  dapberry: z.literal('backup'),
  format: z.literal(FORMAT),
  /** Of the program. */
  version: z.string(),
  host: z.string(),
  /** In seconds since 1970. */
  time: z.number(),
  hasCredentials: z.boolean(),
  hasHistory: z.boolean(),
  files: z.array(KEPT_FILE),
});

export type Manifest = z.infer<typeof MANIFEST_SCHEMA>;

const CHECKSUM = z.object({ entry: z.string(), bytes: z.number().int(), sha256: z.string() });

export type Checksum = z.infer<typeof CHECKSUM>;

export const CHECKSUMS_SCHEMA = z.object({ entries: z.array(CHECKSUM) });

/** What is wrong about the name of a file in a backup; undefined for a name within the folder into which it is unpacked. */
export function nameFault(name: string): string | undefined {
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'an absolute name';
  const steps = name.split('/');
  if (steps.includes('..')) return 'a name with ".."';
  if (steps.some(step => step === '' || step === '.') || /[\\\0]/.test(name)) return 'an odd name';
  return undefined;
}
