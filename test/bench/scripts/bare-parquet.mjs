// Measures how many rows a second the Parquet library reads of three columns of a file in memory, row group by row group.
//
//   node bare-parquet.mjs FILE COLUMN COLUMN COLUMN

import { readFileSync } from 'node:fs';
import { parquetMetadata, parquetRead } from 'hyparquet';
import { DECOMPRESS } from '../../../build/server/history/parquet/parquet.js';

const ROUNDS = 8;

const [path, ...columns] = process.argv.slice(2);
const { buffer, byteOffset, byteLength } = readFileSync(path);
const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
const metadata = parquetMetadata(bytes);
// Times as they are stored: dates would cost more than all the rest.
const schema = metadata.schema.map(({ name, num_children, repetition_type, type }) => ({
  name,
  ...(num_children && { num_children }),
  ...(repetition_type && { repetition_type }),
  ...(type && { type }),
}));
const file = { byteLength, slice: (from, to) => bytes.slice(from, to) };
const rates = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const before = process.cpuUsage();
  for (const group of metadata.row_groups) {
    const part = { ...metadata, schema, row_groups: [group], num_rows: group.num_rows };
    await parquetRead({ file, metadata: part, columns, compressors: DECOMPRESS, onChunk() {} });
  }
  const { user, system } = process.cpuUsage(before);
  rates.push((Number(metadata.num_rows) / (user + system)) * 1e6);
}
process.stdout.write(`${JSON.stringify(rates.slice(2))}\n`);
