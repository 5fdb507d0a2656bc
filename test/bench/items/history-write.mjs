// Measures writes of a history: the size of a day, a flush, and the merge of a day, beside a dataset that is read 100 times a second.

import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { median, yesOrNo } from '../figures.mjs';
import { DAY_COLUMNS, rowsOfDay } from '../past/day.mjs';
import { FIRST_DAY, pastFolder, writeParts, writePast } from '../past/year.mjs';
import { runScript, Server, sleep } from '../processes.mjs';

const MOST_DAY_BYTES = 0.8e6;
const MOST_FLUSH_MS = 15;

/** Rows of a flush, and how many seconds they take at 100 rows a second. */
const FLUSH_ROWS = 600;
const FLUSH_SECONDS = 6;
const FLUSHES = 4;

/** The usual table: the time is the key, and each row is stored when it comes, all of a day in one transaction here. */
const SQLITE = `import sqlite3, struct, sys
columns = sys.argv[2].split(',')
rows = list(struct.iter_unpack('<%dd' % len(columns), sys.stdin.buffer.read()))
database = sqlite3.connect(sys.argv[1])
names = ['%s %s' % (name, 'REAL PRIMARY KEY' if i == 0 else 'REAL') for i, name in enumerate(columns)]
database.execute('CREATE TABLE day (%s) WITHOUT ROWID' % ', '.join(names))
database.executemany('INSERT INTO day VALUES (%s)' % ', '.join('?' * len(columns)), rows)
database.commit()
print(sqlite3.sqlite_version)`;

export async function daySize() {
  const folder = pastFolder();
  const days = [0, 1, 2];
  const files = await writePast(folder, { days: days.length, fullDays: days });
  const sizes = files.map(({ bytes }) => bytes);
  const { file, version } = sqliteOf(folder, rowsOfDay(FIRST_DAY));
  const mega = bytes => `${(bytes / 1e6).toFixed(2)} MB`;
  const size = median(sizes);
  return [
    [
      'a day of ten columns at 1 Hz, quantised as sensors are: its file',
      `${(size / 1e6).toFixed(3)} MB (${sizes.map(mega).join(', ')})`,
      `${(file / size).toFixed(1)} times smaller than SQLite ${version} (${mega(file)})`,
      '',
      mega(MOST_DAY_BYTES),
      yesOrNo(size <= MOST_DAY_BYTES),
    ],
  ];
}

/** The size of a database with the same rows, by the module of Python. */
function sqliteOf(folder, { length, columns }) {
  const file = join(folder, 'day.sqlite');
  const rows = new Float64Array(length * columns.length);
  for (const [index, column] of columns.entries()) {
    for (let row = 0; row < length; row += 1) rows[row * columns.length + index] = column[row];
  }
  const names = DAY_COLUMNS.map(({ name }) => name).join();
  const version = String(
    execFileSync('python3', ['-c', SQLITE, file, names], { input: Buffer.from(rows.buffer) }),
  );
  return { file: statSync(file).size, version: version.trim() };
}

export async function flush() {
  const { encode, whole } = await runScript('flush.mjs', pastFolder(), String(FLUSH_ROWS));
  const besides = { kind: 'sampled', interval: 0.01 };
  const recorded = { kind: 'recorded', interval: 0.01, folder: pastFolder(), flush: FLUSH_SECONDS };
  const server = await Server.dapberry(besides, recorded);
  try {
    await sleep(2);
    await (await fetch(`${server.url}/bench/loop`)).json();
    const before = await missedSlots(server);
    await sleep(FLUSHES * FLUSH_SECONDS);
    const { max } = await (await fetch(`${server.url}/bench/loop`)).json();
    const after = await missedSlots(server);
    const usual = await missedWithout();
    const sum = ['sampled', 'recorded'].reduce((all, name) => all + after.get(name) - before.get(name), 0);
    return [
      [
        `a flush of ${FLUSH_ROWS} rows of ten columns: CPU, in a thread`,
        `median ${median(encode).toFixed(1)} ms, worst ${Math.max(...encode).toFixed(1)} ms`,
        '',
        `durable after ${median(whole).toFixed(1)} ms`,
        `${MOST_FLUSH_MS} ms`,
        yesOrNo(median(encode) <= MOST_FLUSH_MS),
      ],
      [
        `${FLUSHES} flushes of ${FLUSH_ROWS} rows: slots missed by two datasets at 100 Hz`,
        `${sum} of ${2 * 100 * FLUSHES * FLUSH_SECONDS}, loop held ${max.toFixed(1)} ms at most`,
        `without a history ${usual.missed}, ${usual.max.toFixed(1)} ms`,
        '',
        'no more than without',
        yesOrNo(sum <= usual.missed),
      ],
    ];
  } finally {
    await server.stop();
  }
}

export async function merge() {
  const folder = pastFolder();
  const parts = await writeParts(folder, { rows: FLUSH_ROWS });
  const besides = { kind: 'sampled', interval: 0.01 };
  const server = await Server.dapberry(besides, { kind: 'past', folder });
  try {
    await sleep(2);
    await (await fetch(`${server.url}/bench/loop`)).json();
    const before = await missedSlots(server);
    const { milliseconds, files } = await (await fetch(`${server.url}/bench/merge`)).json();
    const { max } = await (await fetch(`${server.url}/bench/loop`)).json();
    const missed = (await missedSlots(server)).get('sampled') - before.get('sampled');
    const usual = await missedDuring(server, ['sampled'], milliseconds / 1000);
    if (files !== 2) throw new Error(`expected one file and one part, found ${files}`);
    return [
      [
        `merge of a day of ${parts} parts beside a dataset at 100 Hz: slots missed`,
        `${missed} of ${Math.round(milliseconds / 10)}, loop held ${max.toFixed(1)} ms at most`,
        `as long without it ${usual.missed}, ${usual.max.toFixed(1)} ms`,
        `${(milliseconds / 1000).toFixed(1)} s in a thread`,
        'no more than without',
        yesOrNo(missed <= usual.missed),
      ],
    ];
  } finally {
    await server.stop();
  }
}

/** The slots that two datasets in memory alone miss in the same time. */
async function missedWithout() {
  const server = await Server.dapberry(
    { kind: 'sampled', interval: 0.01 },
    { kind: 'sampled', name: 'other', interval: 0.01 },
  );
  try {
    await sleep(2);
    return await missedDuring(server, ['sampled', 'other'], FLUSHES * FLUSH_SECONDS);
  } finally {
    await server.stop();
  }
}

async function missedDuring(server, names, seconds) {
  await (await fetch(`${server.url}/bench/loop`)).json();
  const before = await missedSlots(server);
  await sleep(seconds);
  const after = await missedSlots(server);
  const { max } = await (await fetch(`${server.url}/bench/loop`)).json();
  return { missed: names.reduce((all, name) => all + after.get(name) - before.get(name), 0), max };
}

/** The slots that each dataset has missed so far, by their names. */
async function missedSlots(server) {
  const response = await fetch(`${server.url}/metrics`);
  const text = await response.text();
  if (!response.ok) throw new Error(`expected metrics, found ${response.status} ${text}`);
  const samples = text.matchAll(/^dapberry_slots_missed_total\{dataset="(\w+)"\} (\d+)$/gm);
  return new Map(Array.from(samples, ([, name, count]) => [name, Number(count)]));
}
