// Finds the drivers that a configuration names, and loads each file once, and again after each change.

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readRegular, type SensorKind, UnfitFile } from '../../../device/index.ts';
import { codeOf, reasonOf } from '../../machine/file-reason.ts';
import { valueAt } from '../mistakes/explain.ts';
import { isMapping } from '../text/dataset-node.ts';
import type { Document } from '../text/document.ts';
import { type DriverFault, type DriverModule, loadDriver, unfitName } from './driver-module.ts';

/** The kind of each driver, or its faults, by the path of its file. */
export type DriverKinds = ReadonlyMap<string, DriverModule>;

/** In bytes; a longer file is not accepted as a driver. */
const LONGEST_TEXT = 16 * 1024 ** 2;

interface CachedDriver {
  /** The hash of the text that the kind comes from. */
  readonly hash: string;
  readonly kind: SensorKind;
}

export interface DriverLoader {
  /** Loads the current content of the files. Does not reject. */
  load(files: Iterable<string>): Promise<DriverKinds>;
}

/** The drivers across changes of the configuration: as long as a file is unchanged, its kind is the same object. */
export class Drivers implements DriverLoader {
  readonly #known = new Map<string, CachedDriver>();
  #version = 0;

  async load(files: Iterable<string>): Promise<DriverKinds> {
    const loading = [...new Set(files)].map(async file => [file, await this.#one(file)] as const);
    return new Map(await Promise.all(loading));
  }

  async #one(file: string): Promise<DriverModule> {
    const unfit = unfitName(file);
    if (unfit !== undefined) return unfit;
    const read = await textOf(file);
    if ('faults' in read) return read;
    const { path, text } = read;
    const hash = createHash('sha256').update(text).digest('base64');
    const before = this.#known.get(file);
    if (before?.hash === hash) return { kind: before.kind };
    const loaded = await loadDriver({ file, path, text, version: ++this.#version });
    // A driver that failed is tried again: it may depend on more than its text.
    if ('kind' in loaded) this.#known.set(file, { hash, kind: loaded.kind });
    return loaded;
  }
}

type Text =
  | { readonly path: string; readonly text: Uint8Array }
  | { readonly faults: readonly DriverFault[] };

async function textOf(file: string): Promise<Text> {
  const none = (expected: string, found: string) => ({
    faults: [{ field: [], expected, found: `${found}: ${file}` }],
  });
  try {
    const path = await realpath(file);
    return { path, text: await readRegular(path, LONGEST_TEXT) };
  } catch (error) {
    if (error instanceof UnfitFile) return none(error.expected, error.found);
    return none('a file that can be read', reasonOf(codeOf(error)));
  }
}

/** The path of the file that a text of a configuration names. */
export function driverFile(source: string, written: string): string {
  return resolve(dirname(source), written);
}

/** The files of all drivers that the sensors of these texts name; with `dataset`, the whole text is a dataset. */
export function driversNamed(
  documents: readonly { readonly document: Document; readonly dataset?: string }[],
): readonly string[] {
  return documents.flatMap(({ document, dataset }) => {
    const datasets = dataset === undefined ? valueAt(document.value, ['datasets']) : [document.value];
    const values = isMapping(datasets) || Array.isArray(datasets) ? Object.values(datasets) : [];
    return values.flatMap(value => {
      const sensors = valueAt(value, ['sensors']);
      const named = Array.isArray(sensors) ? sensors.map(sensor => writtenDriver(sensor)) : [];
      return named.flatMap(written => (written === undefined ? [] : driverFile(document.source, written)));
    });
  });
}

/** The `driver` of a sensor; undefined without one. */
export function writtenDriver(sensor: unknown): string | undefined {
  const written = valueAt(sensor, ['driver']);
  return typeof written === 'string' && written !== '' ? written : undefined;
}
