// Defines the keys of a history: its folder, how often it is written, and how much is kept.

import { z } from 'zod';
import { duration, size } from '../../../device/index.ts';

const EXPECTED_PATH = 'an absolute path of a folder, such as /mnt/usb/history';

const PATH = z
  .string()
  .superRefine((path, context) => {
    const hint = hintFor(path);
    if (hint !== undefined) context.addIssue({ code: 'custom', params: { hint } });
  })
  .optional()
  .meta({
    description:
      'The folder; by default `history` in the state directory of the service, without which there is no history.',
    expected: EXPECTED_PATH,
  });
const FLUSH = duration(
  { low: 1, high: 86_400 },
  'Time between two writes: a power cut loses the rows since the last one.',
);
export const KEEP = duration({ low: 86_400, high: 100 * 366 * 86_400 }, 'Time before the newest row.');
const SIZE = size({ low: 1024 ** 2, high: 1024 ** 4 }, 'Space for the files of one dataset.');

function hintFor(path: string): string | undefined {
  const isRelative = !path.startsWith('/') && !path.startsWith('~');
  return isRelative ? 'begin it with /' : unusableFolder(path);
}

/** What to do about a path that no history can have; undefined for any other. Node never comes back from making a folder in /proc. */
export function unusableFolder(path: string): string | undefined {
  if (path.startsWith('~')) return 'write the path of the home out';
  const place = ['/proc', '/sys'].find(top => path === top || path.startsWith(`${top}/`));
  return place === undefined ? undefined : `choose a folder on a disk: ${place} holds no files`;
}

/** A mapping, or one of two words. */
function history<Shape extends z.ZodRawShape>(shape: Shape, description: string) {
  return z.union([z.strictObject(shape), z.literal(['on', true, 'off', false])]).meta({
    description,
    expected: 'on, off, or a mapping with the keys path, flush, keep and size',
  });
}

export const DATASET_HISTORY = history(
  { path: PATH, flush: FLUSH.optional(), keep: KEEP.optional(), size: SIZE.optional() },
  'Another history than that of the whole file; off keeps the rows of this dataset in memory alone.',
).optional();

const SHAPE = {
  path: PATH,
  flush: FLUSH.prefault('10 min'),
  keep: KEEP.prefault('5 y'),
  size: SIZE.prefault('2 GiB'),
};

/** The keys of a history that nothing is written about. */
export const DEFAULT_HISTORY = z.strictObject(SHAPE).parse({});

export const HISTORY = history(
  SHAPE,
  'Past rows on disk, in Parquet files; the oldest days are deleted first. Off keeps rows in memory alone.',
).prefault({});

export type WrittenHistory = z.output<typeof HISTORY>;
export type WrittenDatasetHistory = z.output<typeof DATASET_HISTORY>;
