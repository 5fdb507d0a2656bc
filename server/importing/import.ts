// Imports files into the history of one dataset or of several: all of their rows, or after an error or an interruption none.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DATASET_NAME } from '../config/schema/schema.ts';
import { HistoryFolder } from '../history/disk/history-folder.ts';
import { dropStaging, giveToOwner, replaceFiles, STAGING } from '../history/disk/replacement.ts';
import { fileError } from '../pull/file-error.ts';
import { type DatasetCounts, DatasetImport, type ServedColumn } from './dataset-import.ts';
import { type ImportFile, importFiles } from './import-files.ts';
import { type ParquetSource, parquetSource } from './parquet-source.ts';

export interface ImportRequest {
  /** The history's folder. */
  readonly folder: string;
  /** Files and folders. */
  readonly operands: readonly string[];
  /** The dataset of all rows; by default the one that a Parquet file names, and for CSV `onlyDataset`. */
  readonly dataset: string | undefined;
  readonly onlyDataset: string | undefined;
  /** The columns that the configuration gives a dataset. */
  readonly served: (dataset: string) => readonly ServedColumn[] | undefined;
  /** Files on the disk of the history become files of the history, without a copy: nobody else changes them. */
  readonly mayTake?: boolean;
  /** Ends the import as long as nothing is changed. */
  readonly signal: AbortSignal;
  readonly onRows: (rows: number, path: string) => void;
  readonly onRemark: (sentence: string) => void;
}

interface DatasetFiles {
  readonly parquet: ParquetSource[];
  readonly csv: ImportFile[];
}

/** @throws one sentence if a file cannot be imported, or the folder cannot be used; then nothing is changed */
export async function importRows(request: ImportRequest): Promise<readonly DatasetCounts[]> {
  const datasets = await filesByDataset(request);
  const path = resolve(request.folder);
  const folder = await HistoryFolder.open(path, undefined, 'dapberry import');
  const staging = join(path, STAGING);
  try {
    await mkdir(staging);
    try {
      const imports: DatasetImport[] = [];
      for (const [dataset, files] of datasets) {
        const { served, ...options } = request;
        const one = new DatasetImport({
          ...options,
          folder: path,
          dataset,
          ...files,
          served: served(dataset),
        });
        await one.prepare();
        imports.push(one);
      }
      const replacements = imports.map(({ replacement }) => replacement);
      const add = replacements.flatMap(replacement => replacement.add);
      const remove = replacements.flatMap(replacement => replacement.remove);
      for (const { name } of add) await giveToOwner(path, `${STAGING}/${name}`);
      request.signal.throwIfAborted();
      await folder.check();
      if (add.length > 0) await replaceFiles(path, { add, remove });
      return imports.map(({ counts }) => counts);
    } catch (error) {
      throw fileError(path, error, '; nothing was imported');
    } finally {
      await dropStaging(path);
    }
  } finally {
    await folder.close();
  }
}

async function filesByDataset({
  operands,
  dataset,
  onlyDataset,
}: ImportRequest): Promise<ReadonlyMap<string, DatasetFiles>> {
  const datasets = new Map<string, DatasetFiles>();
  const filesOf = (name: string): DatasetFiles => {
    const files = datasets.get(name) ?? { parquet: [], csv: [] };
    datasets.set(name, files);
    return files;
  };
  for (const file of await importFiles(operands)) {
    if (file.kind === 'parquet') {
      const source = await parquetSource(file.path);
      filesOf(dataset ?? namedDataset(source)).parquet.push(source);
      continue;
    }
    const name = dataset ?? onlyDataset;
    if (name === undefined)
      throw new Error(
        `${file.path}: expected the name of its dataset, which CSV does not have, with --dataset`,
      );
    filesOf(name).csv.push(file);
  }
  return datasets;
}

/** The name is that of a folder. */
function namedDataset({ path, dataset }: ParquetSource): string {
  if (DATASET_NAME.test(dataset)) return dataset;
  throw new Error(
    `${path}: expected the name of a dataset in the file, found ${JSON.stringify(dataset)}; give it with --dataset`,
  );
}
