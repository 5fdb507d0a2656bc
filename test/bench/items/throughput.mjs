// Measures the rows a second that one server sends, in turns with a bare HTTP server of Node.

import { median, medianOf, millions, spread, yesOrNo } from '../figures.mjs';
import { Server } from '../processes.mjs';

const ROUNDS = 5;

/** Medians of ten rounds are not finer than this. */
const ALIKE = 0.97;

/** Bytes of a row of three Float64 with its mark. */
const STRIDE = 28;

/** The rows of the full log, one a millisecond, and those of the requested window. */
export const LOG = { kind: 'full', rows: 2 ** 20 };
const WINDOW = 250_000;
const WINDOW_END = 1_000_000_000 + WINDOW / 1000;

/**
 * Reads from both servers in turns. `rowsOf` returns the rows that were sent (or examined) in a reading. Rates are by the clock;
 * on a busy machine the rates by the processor time of the server are more precise.
 */
export async function compare(dataset, path, rowsOf, clients = 1) {
  const [ceiling, server] = [await Server.ceiling(), await Server.dapberry(dataset)];
  try {
    await server.read(path, { clients, warmUp: 2, seconds: 0.2 });
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const most = await ceiling.read('/', { warmUp: 0.1, seconds: 0.7 });
      const got = await server.read(path, { clients, warmUp: 0.1, seconds: 0.7 });
      rounds.push({
        rate: rowsOf(got) / got.seconds,
        perProcessorSecond: rowsOf(got) / got.serverSeconds,
        ratio: got.bytes / got.seconds / (most.bytes / most.seconds),
        processorRatio: got.bytes / got.serverSeconds / (most.bytes / most.serverSeconds),
        fairness: got.slowest / got.fastest,
      });
    }
    return summary(rounds);
  } finally {
    await Promise.all([ceiling.stop(), server.stop()]);
  }
}

/** The median of each figure of the rounds, and all rates and ratios for their spread. */
function summary(rounds) {
  const all = key => rounds.map(round => round[key]);
  const medians = Object.keys(rounds[0]).map(key => [key, median(all(key))]);
  return { ...Object.fromEntries(medians), rates: all('rate'), ratios: all('ratio') };
}

function line(
  what,
  { rate, ratio, perProcessorSecond, processorRatio, rates, ratios },
  goal,
  { least = 0, share = 0 },
) {
  const reached = rate >= least && ratio >= share;
  // The rate of a whole core: the server is one thread, and this is its time at work.
  const byProcessorTime = perProcessorSecond >= least && Math.max(ratio, processorRatio) >= share;
  return [
    what,
    `${millions(rate)} rows/s${spread(rates, millions)}`,
    `${ratio.toFixed(2)}${spread(ratios, value => value.toFixed(2))}, of CPU ${processorRatio.toFixed(2)}`,
    `${(1e6 / perProcessorSecond).toFixed(3)} s/M rows (${millions(perProcessorSecond)} rows/s)`,
    goal,
    !reached && byProcessorTime ? 'by CPU time' : yesOrNo(reached),
  ];
}

const binary = ({ bytes }) => bytes / STRIDE;

export async function computed() {
  const found = await compare({ kind: 'computed' }, '/computed.dods', binary);
  const goal = '15 M rows/s, 0.15 of the ceiling';
  return [line('computed rows, 1 client', found, goal, { least: 15e6, share: 0.15 })];
}

/** Eight clients and one, in turns at one server. */
export async function eight() {
  const server = await Server.dapberry({ kind: 'computed' });
  try {
    const read = clients => server.read('/computed.dods', { clients, warmUp: 0.3, seconds: 0.7 });
    await server.read('/computed.dods', { clients: 8, warmUp: 2, seconds: 0.2 });
    const rounds = [];
    for (let round = 0; round < 2 * ROUNDS; round += 1) {
      const [one, all] = [await read(1), await read(8)];
      const perProcessorSecond = ({ bytes, serverSeconds }) => bytes / STRIDE / serverSeconds;
      rounds.push({
        rate: binary(all) / all.seconds,
        share: perProcessorSecond(all) / perProcessorSecond(one),
        fairness: all.slowest / all.fastest,
        cost: 1e6 / perProcessorSecond(all),
      });
    }
    const all = key => rounds.map(round => round[key]);
    const share = value => value.toFixed(2);
    return [
      [
        'computed rows, 8 clients',
        `${medianOf(all('rate'), millions)} rows/s`,
        `${medianOf(all('share'), share)} of CPU of 1 client`,
        `${median(all('cost')).toFixed(3)} s/M rows`,
        'not less in all than for 1, by CPU time; 0.97 counts as alike',
        yesOrNo(median(all('share')) >= ALIKE),
      ],
      [
        'the same: slowest client / fastest',
        medianOf(all('fairness'), share),
        '',
        '',
        '0.8',
        yesOrNo(median(all('fairness')) >= 0.8),
      ],
    ];
  } finally {
    await server.stop();
  }
}

export async function replay() {
  const found = await compare(LOG, `/full.dods?&time<${WINDOW_END}`, binary);
  return [line('replay of a full log, 1 client', found, '0.6 of the ceiling', { share: 0.6 })];
}

export async function selection() {
  const columns = '/full.dods?sensor.time,sensor.temperature';
  const window = `&time<${WINDOW_END}`;
  const { bound, bytes } = await halfOf(columns, window);
  const scanned = got => (got.bytes / bytes) * WINDOW;
  const found = await compare(LOG, `${columns}&temperature>${bound}${window}`, scanned);
  const goal = '10 M rows/s looked at';
  return [line('replay, 2 of 3 columns, half of the rows', found, goal, { least: 10e6 })];
}

/** The median temperature of the window, and the bytes of the response with the rows above it. */
async function halfOf(columns, window) {
  const { decodeAll } = await import('../../../dist/dap/index.js');
  const server = await Server.dapberry(LOG);
  try {
    const get = async path => new Uint8Array(await (await fetch(server.url + path)).arrayBuffer());
    const [, temperatures] = decodeAll(await get(columns + window)).values[0].columns;
    const bound = median(temperatures);
    const body = await get(`${columns}&temperature>${bound}${window}`);
    const share = decodeAll(body).values[0].length / WINDOW;
    if (Math.abs(share - 0.5) > 0.05) throw new Error(`expected half of the rows, found ${share}`);
    return { bound, bytes: body.length };
  } finally {
    await server.stop();
  }
}

export async function ascii() {
  const found = await compare({ kind: 'computed' }, '/computed.asc', ({ lines }) => lines);
  return [line('computed rows as text, 1 client', found, '2 M rows/s', { least: 2e6 })];
}

/** Text formats: rows that are computed and encoded for each client, then rows of a full log, of which encoded blocks are kept. */
async function textFormat(suffix, what, least) {
  const lines = ({ lines }) => lines;
  const goal = `${millions(least)} rows/s`;
  const fromMemory = await compare(LOG, `/full${suffix}?&time<${WINDOW_END}`, lines);
  const made = await compare({ kind: 'computed' }, `/computed${suffix}`, lines);
  return [
    line(`rows of a full log as ${what}, 1 client`, fromMemory, goal, { least }),
    line(`computed rows as ${what}, 1 client`, made, goal, { least }),
  ];
}

export const csv = () => textFormat('.csv', 'CSV', 1.5e6);

export const ndjson = () => textFormat('.ndjson', 'JSON lines', 1e6);
