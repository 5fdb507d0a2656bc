// Loads the Parquet libraries at the first use, so that a server without a history starts without them.

import { gunzipSync, gzipSync } from 'node:zlib';

export interface Parquet {
  readonly reader: typeof import('hyparquet');
  readonly writer: typeof import('hyparquet-writer');
}

let loading: Promise<Parquet> | undefined;

export function loadParquet(): Promise<Parquet> {
  loading ??= Promise.all([import('hyparquet'), import('hyparquet-writer')]).then(([reader, writer]) => ({
    reader,
    writer,
  }));
  return loading;
}

/** GZIP as the libraries call it, by Node's zlib. */
export const COMPRESS = { GZIP: (bytes: Uint8Array) => gzipSync(bytes) };
export const DECOMPRESS = { GZIP: (bytes: Uint8Array) => gunzipSync(bytes) };
