// Measures libraries of this project in turns with others that do the same: rows a second of processor time, in each of several rounds.
//
//   node peers.mjs decode|csv|write|read PEERS FOLDER
//
// PEERS is the folder in which the others are installed, FOLDER an empty one for files.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { csv } from '../../../build/server/formats/csv.js';
import { runJob } from '../../../build/server/history/disk/jobs.js';
import { metadataOf, readGroup } from '../../../build/server/history/parquet/file-reader.js';
import { withFile } from '../../../build/server/history/parquet/open-file.js';
import { sliceOf } from '../../../build/server/store/slice.js';
import { decodeAll, END_OF_SEQUENCE, encodeHeader, rowEncoder } from '../../../dist/dap/index.js';
import { DAY_COLUMNS, rowsOfDay } from '../past/day.mjs';
import { FIRST_DAY } from '../past/year.mjs';

const ROUNDS = 7;
const ROUND_SECONDS = 0.4;

const [what, peers, folder] = process.argv.slice(2);
const require = createRequire(join(peers, 'package.json'));

const fields = ['time', 'voltage', 'temperature'].map(name => ({ type: 'Float64', name }));
const sequence = { type: 'Sequence', name: 'sensor', fields };

/** Rows of a thermometer, with as many digits as one has. */
function rowsOf(length) {
  const times = Float64Array.from({ length }, (_, row) => 1_700_000_000 + row / 1000);
  const temperature = times.map((_, row) => Math.floor(1024 * (20 + Math.sin(row / 1000))) / 1024);
  return { length, columns: [times, temperature.map(celsius => 500 + 10 * celsius), temperature] };
}

/** Each contender decodes a whole response; jsdap knows only whole ones. */
function decoding() {
  const rows = rowsOf(2 ** 15);
  const parts = [
    encodeHeader({ name: 'd', variables: [sequence] }),
    rowEncoder(sequence)(rows),
    END_OF_SEQUENCE,
  ];
  const bytes = Buffer.concat(parts);
  const { ddsParser } = require('jsdap/src/parser');
  const { dapUnpacker } = require('jsdap/src/xdr');
  const from = bytes.indexOf('\nData:\n');
  const dds = bytes.toString('latin1', 0, from);
  const data = Uint8Array.prototype.slice.call(bytes, from + '\nData:\n'.length).buffer;
  const last = rows.length - 1;
  const expected = rows.columns.map(column => column[last]);
  return {
    rows: rows.length,
    contenders: {
      dapberry: () => decodeAll(bytes).values[0].columns.map(column => column[last]),
      jsdap: () => new dapUnpacker(data, new ddsParser(dds).parse()).getValue()[0][last],
    },
    isRight: found => found.every((value, index) => value === expected[index]),
  };
}

/** Lines of numbers. The others get rows as they want them; values are the same. */
async function text() {
  const rows = rowsOf(2 ** 14);
  const attributes = new Map();
  const options = { time: 'epoch', header: 'names' };
  const { head, encode, rowBytes } = csv.open({ plan: { sequence }, attributes, options });
  const memory = Buffer.allocUnsafe(rows.length * rowBytes);
  const list = Array.from({ length: rows.length }, (_, row) => rows.columns.map(column => column[row]));
  const stringify = require('csv-stringify/sync').stringify;
  const papa = require('papaparse');
  const fast = require('fast-csv');
  const lineEnd = '\r\n';
  const body = () => Buffer.from(encode(rows, 0, rows.length, memory)).toString('latin1');
  const wanted = body().replaceAll('\r', '').trim();
  if (head.length === 0) throw new Error('expected a line of names');
  return {
    rows: rows.length,
    contenders: {
      dapberry: body,
      'csv-stringify': () => stringify(list, { record_delimiter: lineEnd }),
      papaparse: () => papa.unparse(list, { newline: lineEnd }),
      'fast-csv': () => fast.writeToString(list, { rowDelimiter: lineEnd }),
    },
    isRight: found => found.replaceAll('\r', '').trim() === wanted,
  };
}

const names = DAY_COLUMNS.map(({ name }) => name);

function database() {
  const Database = require('better-sqlite3');
  const opened = new Database(join(folder, 'rows.sqlite'));
  opened.pragma('journal_mode = WAL');
  // Rows are durable after each transaction, as after a flush of dapberry.
  opened.pragma('synchronous = FULL');
  const columns = names.map((name, index) => `${name} REAL${index === 0 ? ' PRIMARY KEY' : ''}`);
  opened.exec(`CREATE TABLE day (${columns.join()}) WITHOUT ROWID`);
  const insert = opened.prepare(`INSERT INTO day VALUES (${names.map(() => '?').join()})`);
  const write = opened.transaction((batch, to) => {
    for (let row = 0; row < to; row += 1) insert.run(batch.columns.map(column => column[row]));
  });
  return { opened, write };
}

const FLUSH_ROWS = 600;

/** Each contender stores the next rows of a day, until they are durable. */
function writing() {
  const day = rowsOfDay(FIRST_DAY);
  const { write } = database();
  const next = () => {
    let from = 0;
    return () => {
      const batch = sliceOf(day, from, from + FLUSH_ROWS);
      from += FLUSH_ROWS;
      if (from + FLUSH_ROWS > day.length) throw new Error('expected fewer rounds than a day has rows');
      return { batch, position: from };
    };
  };
  const [ours, theirs] = [next(), next()];
  return {
    rows: FLUSH_ROWS,
    contenders: {
      dapberry: async () => {
        const { batch, position } = ours();
        const facts = { dataset: 'past', columns: DAY_COLUMNS, das: '', firstPosition: position, clock: [] };
        await runJob({ kind: 'write', folder, day: FIRST_DAY, facts, batch });
        return batch.length;
      },
      'better-sqlite3': () => {
        const { batch } = theirs();
        write(batch, batch.length);
        return batch.length;
      },
    },
    isRight: found => found === FLUSH_ROWS,
    runs: 8,
  };
}

/** Each contender reads three columns of a whole day. */
async function reading() {
  const day = rowsOfDay(FIRST_DAY);
  const facts = { dataset: 'past', columns: DAY_COLUMNS, das: '', firstPosition: 0, clock: [] };
  const { path } = await runJob({ kind: 'write', folder, day: FIRST_DAY, facts, batch: day });
  const { opened, write } = database();
  write(day, day.length);
  const select = opened.prepare(`SELECT time, ${names[2]}, ${names[3]} FROM day ORDER BY time`).raw();
  const sumOf = column => column.reduce((sum, value) => sum + value, 0);
  const wanted = [sumOf(day.columns[2]), sumOf(day.columns[3])];
  return {
    rows: day.length,
    contenders: {
      dapberry: () =>
        withFile(join(folder, path), async handle => {
          const { metadata } = await metadataOf(handle);
          const sums = [0, 0];
          for (const group of metadata.row_groups.keys()) {
            const { columns } = await readGroup(handle, metadata, DAY_COLUMNS, group, [0, 2, 3]);
            for (const [index, column] of [columns[2], columns[3]].entries())
              for (const value of column) sums[index] += value;
          }
          return sums;
        }),
      'better-sqlite3': () => {
        const sums = [0, 0];
        for (const [, second, third] of select.iterate()) {
          sums[0] += second;
          sums[1] += third;
        }
        return sums;
      },
    },
    isRight: found =>
      found.every((sum, index) => Math.abs(sum - wanted[index]) < 1e-6 * Math.abs(wanted[index])),
  };
}

const KINDS = { decode: decoding, csv: text, write: writing, read: reading };
const { rows, contenders, isRight, runs } = await KINDS[what]();

/** Runs a contender for a while, or `runs` times: rows a second of processor time. */
async function measure(run) {
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const begun = cpu();
  let count = 0;
  do {
    await run();
    count += 1;
  } while (runs === undefined ? cpu() < begun + ROUND_SECONDS : count < runs);
  return (count * rows) / (cpu() - begun);
}

const found = Object.fromEntries(Object.keys(contenders).map(name => [name, []]));
for (const [name, run] of Object.entries(contenders)) {
  if (!isRight(await run())) throw new Error(`${name} gives other rows than it was given`);
}
// The first round is a warm-up.
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(contenders)) {
    const rate = await measure(run);
    if (round > 0) found[name].push(rate);
  }
}
process.stdout.write(`${JSON.stringify(found)}\n`);
