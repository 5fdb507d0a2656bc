// Loads the Parquet libraries at the first use, so that a server without a history starts without them.

import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

export interface Parquet {
  readonly reader: typeof import('hyparquet');
  readonly writer: typeof import('hyparquet-writer');
}

let loading: Promise<Parquet> | undefined;

/** The reader alone, for the first row that a client asks for: the writer takes as long to load. */
export function loadReader(): Promise<Parquet['reader']> {
  return import('hyparquet');
}

export function loadParquet(): Promise<Parquet> {
  loading ??= Promise.all([loadReader(), import('hyparquet-writer')]).then(([reader, writer]) => ({
    reader,
    writer,
  }));
  return loading;
}

/**
 * BROTLI is the smallest of the codecs that Node has and the common readers of Parquet know: a tenth below GZIP for rows of sensors,
 * and no slower. A row group of a column fits into a window of 64 KiB.
 */
export const CODEC = 'BROTLI';

const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;

/** The codec as the libraries call it, by Node's zlib. */
export const COMPRESS = {
  BROTLI: (bytes: Uint8Array) =>
    brotliCompressSync(bytes, {
      params: {
        [BROTLI_PARAM_QUALITY]: 5,
        [BROTLI_PARAM_LGWIN]: 16,
        [BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
};

/** Room behind the bytes of a page, by which the library sees that they are all; it wants 64 at least. */
const SPARE = 64;

/** More bytes than the header of their page says are not of a file that dapberry wrote. */
export const DECOMPRESS = {
  BROTLI: (bytes: Uint8Array, length: number) =>
    brotliDecompressSync(bytes, {
      maxOutputLength: Math.max(1, length),
      // All of it in one piece: pieces would be copied together.
      chunkSize: length + SPARE,
    }),
};
