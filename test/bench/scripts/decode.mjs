// Measures how many rows a second the decoder reads, from pieces of 64 kB.

import { Decoder, encodeHeader, rowEncoder } from '../../../dist/dap/index.js';

const PIECE = 64 * 1024;
const ROWS = 2 ** 16;
const SECONDS = 3;

const sequence = {
  type: 'Sequence',
  name: 'sensor',
  fields: ['time', 'voltage', 'temperature'].map(name => ({ type: 'Float64', name })),
};
const column = scale => Float64Array.from({ length: ROWS }, (_, row) => row * scale);
const rows = rowEncoder(sequence)({ length: ROWS, columns: [column(1), column(0.5), column(0.25)] });
const decoder = new Decoder();
decoder.push(encodeHeader({ name: 'd', variables: [sequence] }));

/** Decodes all the rows again, in pieces that end within rows; gives their number. */
function decodeOnce() {
  let count = 0;
  for (let at = 0; at < rows.length; at += PIECE) {
    for (const { batch } of decoder.push(rows.subarray(at, at + PIECE))) {
      count += batch.length;
      if (batch.columns[2][0] !== batch.columns[1][0] / 2)
        throw new Error('a decoded row differs from the encoded one');
    }
  }
  return count;
}

const warm = performance.now() + 1000;
while (performance.now() < warm) decodeOnce();
const rates = [];
const begun = performance.now();
while (performance.now() < begun + SECONDS * 1000) {
  const before = process.cpuUsage();
  const from = performance.now();
  let count = 0;
  for (let round = 0; round < 20; round += 1) count += decodeOnce();
  const { user, system } = process.cpuUsage(before);
  rates.push({
    clock: (count / (performance.now() - from)) * 1e3,
    processor: (count / (user + system)) * 1e6,
  });
}
process.stdout.write(`${JSON.stringify(rates)}\n`);
