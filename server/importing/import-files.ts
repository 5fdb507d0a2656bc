// Lists the files that are to be imported, and recognises Parquet, CSV and compressed CSV by their first bytes.

import { type FileHandle, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_FILE, PART_FILE } from '../history/disk/day.ts';
import { withFile } from '../history/parquet/open-file.ts';
import { fileError } from '../pull/file-error.ts';

export interface ImportFile {
  readonly path: string;
  readonly kind: 'parquet' | 'csv' | 'gzip';
}

/**
 * The files, and those with the names of a history's files or of CSV in the folders.
 * @throws one sentence for a file that cannot be read, or a folder without such files
 */
export async function importFiles(operands: readonly string[]): Promise<readonly ImportFile[]> {
  const files: ImportFile[] = [];
  for (const operand of operands) {
    for (const path of await pathsOf(operand)) files.push({ path, kind: await kindOf(path) });
  }
  return files;
}

async function pathsOf(operand: string): Promise<readonly string[]> {
  const status = await stat(operand).catch((error: unknown) => {
    throw fileError(operand, error);
  });
  if (status.isFile()) return [operand];
  if (!status.isDirectory()) {
    throw new Error(
      `${operand}: expected a file or a folder, found a device or a pipe; write its content into a file first`,
    );
  }
  const paths = await filesBelow(operand);
  if (paths.length === 0) {
    throw new Error(
      `${operand}: expected files of a history (such as 2026-11-28.parquet) or CSV files in the folder, found none`,
    );
  }
  return paths;
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(folder, error);
  });
  const paths: string[] = [];
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) paths.push(...(await filesBelow(path)));
    else if ([DAY_FILE, PART_FILE, /\.csv(?:\.gz)?$/].some(pattern => pattern.test(entry.name)))
      paths.push(path);
  }
  return paths;
}

async function kindOf(path: string): Promise<ImportFile['kind']> {
  const start = await withFile(path, firstBytes).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (start.toString('latin1') === 'PAR1') return 'parquet';
  if (start.readUInt16BE() === 0x1f8b) return 'gzip';
  if (!path.endsWith('.parquet')) return 'csv';
  throw new Error(`${path}: expected a Parquet file, found a file of another kind`);
}

async function firstBytes(handle: FileHandle): Promise<Buffer> {
  const bytes = Buffer.alloc(4);
  await handle.read(bytes, 0, bytes.length, 0);
  return bytes;
}
