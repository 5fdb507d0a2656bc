// Decides which parts are merged into which files, once their days are over.

import { join } from 'node:path';
import { BrokenFile, readFooter } from '../parquet/file-reader.ts';
import { GROUP_ROWS } from '../parquet/file-writer.ts';
import { layoutText, type MergeJob, PartError } from './jobs.ts';
import { endOfFile, type StoredFile } from './stored-file.ts';

/**
 * Rows of a merged file, give or take a part: three rows a second make one file a day. The footer of a larger file, which is read at
 * once, would hold up the event loop.
 */
export const FILE_ROWS = 64 * GROUP_ROWS;

export interface PlannedMerge {
  readonly job: MergeJob;
  readonly parts: readonly StoredFile[];
}

/**
 * Merges of all parts of the days before `today`: parts of one day that stand side by side and have the same columns. Throws a
 * PartError for a part whose footer cannot be read.
 */
export async function plannedMerges(
  folder: string,
  files: readonly StoredFile[],
  today: number,
): Promise<readonly PlannedMerge[]> {
  const merges: StoredFile[][] = [];
  let layout = '';
  let open: StoredFile[] | undefined;
  for (const file of files) {
    if (!file.isPart || file.day >= today) {
      open = undefined;
      continue;
    }
    const ownLayout = await layoutOf(folder, file);
    const last = open?.at(-1);
    // Rows that are missing between two parts have positions too.
    const isNext = last !== undefined && last.day === file.day && endOfFile(last) === file.firstPosition;
    const rows = open?.reduce((sum, part) => sum + part.rows, 0) ?? 0;
    if (open === undefined || !isNext || ownLayout !== layout || rows + file.rows > FILE_ROWS) {
      open = [];
      merges.push(open);
    }
    layout = ownLayout;
    open.push(file);
  }
  return merges.map(parts => ({
    job: {
      kind: 'merge',
      folder,
      day: parts[0]!.day,
      parts: parts.map(({ path }) => path),
      firstPosition: parts[0]!.firstPosition,
    },
    parts,
  }));
}

async function layoutOf(folder: string, { path }: StoredFile): Promise<string> {
  try {
    const footer = await readFooter(join(folder, path));
    if (footer === undefined) throw new BrokenFile('another program has written it');
    return layoutText(footer);
  } catch (error) {
    throw error instanceof BrokenFile ? new PartError(path, error.message) : error;
  }
}
