// Measures reads of a past on disk: the first row of a year back, and the rows a second of a long replay.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { median, millions, yesOrNo } from '../figures.mjs';
import { DAY_COLUMNS } from '../past/day.mjs';
import { DAY_SECONDS, FIRST_DAY, pastFolder, writePast } from '../past/year.mjs';
import { runScript, Server } from '../processes.mjs';

const FIRST_ROW_MS = 100;
const LEAST_RATE = 1.5e6;
const LONGEST_HELD_MS = 20;

/** Full days of the replay, and bytes of a row of three Float64 with its mark. */
const DAYS = 10;
const STRIDE = 28;

const BEGIN = FIRST_DAY * DAY_SECONDS;

/** Forgets the pages of all files below a folder that the kernel keeps in memory. */
const FORGET = `import os, sys
for top, _, names in os.walk(sys.argv[1]):
    for name in names:
        handle = os.open(os.path.join(top, name), os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)`;

/** Reads a response once: its bytes, and the milliseconds until its first row and until its end. */
async function readOnce(url) {
  const begun = performance.now();
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
  let [bytes, first] = [0, undefined];
  for await (const chunk of response.body) {
    // The head, which describes the columns, comes first.
    if (bytes > 0) first ??= performance.now() - begun;
    bytes += chunk.length;
  }
  return { bytes, first: first ?? performance.now() - begun, milliseconds: performance.now() - begun };
}

export async function firstRow() {
  const folder = pastFolder();
  await writePast(folder, { days: 365, fullDays: [0, 1, 180] });
  const [fresh, warm] = [[], []];
  for (let round = 0; round < 7; round += 1) {
    execFileSync('python3', ['-c', FORGET, folder]);
    const server = await Server.dapberry({ kind: 'past', folder });
    try {
      await (await fetch(`${server.url}/health`)).text();
      const from = BEGIN + (round + 1) * 3600;
      const url = `${server.url}/past.dods?time,pressure,humidity&time>=${from}&time<${from + 600}`;
      fresh.push((await readOnce(url)).first);
      const later = BEGIN + 180 * DAY_SECONDS + round * 7200;
      warm.push(
        (await readOnce(`${server.url}/past.dods?time,pressure&time>=${later}&time<${later + 600}`)).first,
      );
    } finally {
      await server.stop();
    }
  }
  return [
    line('first row of a window a year back, 365 days of files, fresh start', fresh),
    line('the same, half a year back, in the same server', warm),
  ];
  function line(what, times) {
    const most = Math.max(...times);
    const measured = `median ${median(times).toFixed(0)} ms, worst ${most.toFixed(0)} ms`;
    return [what, measured, '', '', `${FIRST_ROW_MS} ms`, yesOrNo(median(times) <= FIRST_ROW_MS)];
  }
}

export async function replayFromDisk() {
  const folder = pastFolder();
  const fullDays = Array.from({ length: DAYS }, (_, index) => index);
  const [{ path }] = await writePast(folder, { days: DAYS, fullDays });
  const rows = DAYS * DAY_SECONDS;
  const [disk, memory] = [
    await Server.dapberry({ kind: 'past', folder }),
    await Server.dapberry({ kind: 'wide', rows, columns: 11 }),
  ];
  try {
    const names = DAY_COLUMNS.filter(({ type }) => type === 'Float64').map(({ name }) => name);
    const rounds = [];
    // Other columns each time: encoded rows that are asked for again would be kept.
    for (let index = 1; index + 1 < names.length; index += 1) {
      const columns = ['time', names[index], names[index + 1]];
      await fetch(`${disk.url}/bench/loop`);
      const [got, held] = [
        await measured(disk, `/past.dods?${columns}&time>=${BEGIN}&time<${BEGIN + rows - 2}`),
        await loopOf(disk),
      ];
      const waves = [`time,wave${index},wave${index + 1}`];
      const kept = await measured(memory, `/wide.dods?${waves}&time<${1e9 + (rows - 1) / 1000}`);
      const bare = median(await runScript('bare-parquet.mjs', join(folder, 'past', path), ...columns));
      rounds.push({ ...got, held: held.max, kept, bare });
    }
    const of = key => median(rounds.map(round => round[key]));
    const [rate, cpuRate, held] = [of('rate'), of('cpuRate'), Math.max(...rounds.map(round => round.held))];
    const spread = rounds.map(round => round.rate).sort((a, b) => a - b);
    const [ofMemory, ofBare] = [
      median(rounds.map(round => round.cpuRate / round.kept.cpuRate)),
      median(rounds.map(round => round.cpuRate / round.bare)),
    ];
    return [
      [
        `replay of ${DAYS} days from disk, 3 of 11 columns, 1 client`,
        `${millions(rate)} rows/s (${millions(spread[0])} to ${millions(spread.at(-1))})`,
        `${ofMemory.toFixed(2)} of memory, ${ofBare.toFixed(2)} of hyparquet alone`,
        `${(1e6 / cpuRate).toFixed(3)} s/M rows (${millions(cpuRate)} rows/s)`,
        `${millions(LEAST_RATE)} rows/s`,
        rate < LEAST_RATE && cpuRate >= LEAST_RATE ? 'by CPU time' : yesOrNo(rate >= LEAST_RATE),
      ],
      [
        'the same: longest hold of the event loop',
        `${held.toFixed(1)} ms, median of the replays ${of('held').toFixed(1)} ms`,
        '',
        '',
        `${LONGEST_HELD_MS} ms`,
        yesOrNo(held <= LONGEST_HELD_MS),
      ],
    ];
  } finally {
    await Promise.all([disk.stop(), memory.stop()]);
  }

  async function measured(server, path) {
    const before = server.processorTime;
    const { bytes, milliseconds } = await readOnce(server.url + path);
    const count = bytes / STRIDE;
    if (count < rows - 10) throw new Error(`expected ${rows} rows, found ${count}`);
    return {
      rate: (count / milliseconds) * 1000,
      cpuRate: count / (server.processorTime - before),
    };
  }
}

async function loopOf(server) {
  return (await fetch(`${server.url}/bench/loop`)).json();
}
