// Measures thinned answers over a year of history: a mean for each day and for each hour, from the summaries of finished days.

import { yesOrNo } from '../figures.mjs';
import { DAY_SECONDS, FIRST_DAY, pastFolder, writePast } from '../past/year.mjs';
import { Server } from '../processes.mjs';

const DAYS = 365;
const ROUNDS = 5;
const COLUMNS = 10;

const BEGIN = FIRST_DAY * DAY_SECONDS;

/** An interval, the intervals of a year, and the seconds that their answer may take. */
const CASES = [
  { interval: '1day', intervals: DAYS, most: 0.5 },
  { interval: '1hour', intervals: DAYS * 24, most: 1 },
  { interval: '10minutes', intervals: DAYS * 144 },
];

export async function thinned() {
  const folder = pastFolder();
  // A row a minute gives as many summaries as a row a second.
  await writePast(folder, { days: DAYS + 1 });
  const server = await Server.dapberry({ kind: 'past', folder });
  try {
    await (await fetch(`${server.url}/bench/merge`)).json();
  } finally {
    await server.stop();
  }
  const lines = [];
  for (const { interval, intervals, most } of CASES) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await answer(folder, interval, intervals));
    const of = key => rounds.map(found => found[key]).sort((a, b) => a - b);
    const [seconds, held] = [of('seconds'), of('held')];
    const middle = seconds[Math.floor(ROUNDS / 2)];
    lines.push([
      `bucket("time/${interval}") over a year of ${COLUMNS} columns, fresh start`,
      `${middle.toFixed(2)} s (${seconds[0].toFixed(2)} to ${seconds.at(-1).toFixed(2)})`,
      '',
      `${of('cpu')[Math.floor(ROUNDS / 2)].toFixed(2)} s; loop held ${held.at(-1).toFixed(0)} ms at most`,
      most === undefined ? '' : `${most} s`,
      most === undefined ? '' : yesOrNo(middle <= most),
    ]);
  }
  return lines;
}

async function answer(folder, interval, intervals) {
  const server = await Server.dapberry({ kind: 'past', folder });
  try {
    await (await fetch(`${server.url}/bench/loop`)).json();
    const [begun, before] = [performance.now(), server.processorTime];
    const window = `time>=${BEGIN}&time<${BEGIN + DAYS * DAY_SECONDS}`;
    const response = await fetch(`${server.url}/past.asc?&${window}&bucket("time/${interval}")`);
    const text = await response.text();
    const seconds = (performance.now() - begun) / 1000;
    const found = text
      .trimEnd()
      .split('\n')
      .filter(line => /^\d/.test(line)).length;
    if (found !== intervals)
      throw new Error(`expected ${intervals} intervals, found ${found}: ${text.slice(0, 300)}`);
    const held = (await (await fetch(`${server.url}/bench/loop`)).json()).max;
    return { seconds, cpu: server.processorTime - before, held };
  } finally {
    await server.stop();
  }
}
