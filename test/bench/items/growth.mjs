// Checks that the cost of a byte does not grow with the width of a row, nor that of a row with the length of a log.

import { median, yesOrNo } from '../figures.mjs';
import { runScript, Server } from '../processes.mjs';

const COLUMNS = [1, 4, 16, 64];
const ROUNDS = 5;

/** The rows of the log, one a millisecond, and the end of the window that is requested repeatedly. */
const ROWS = 100_000;
const WINDOW_END = 1_000_000_000 + ROWS / 1000 - 1;

/** The largest cost divided by the smallest that still counts as flat: timings are not finer than that. */
const FLAT = 1.5;

export async function growth() {
  return [...(await ofColumns()), ...(await ofLogs())];
}

/** Processor time for a byte, for rows of 1 to 64 columns (with `time`) of one log. */
async function ofColumns() {
  const server = await Server.dapberry({ kind: 'wide', rows: ROWS, columns: 64 });
  try {
    const costs = COLUMNS.map(() => []);
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [index, count] of COLUMNS.entries()) {
        const names = ['time', ...Array.from({ length: count - 1 }, (_, wave) => `wave${wave}`)];
        // Every second row: whole blocks would be encoded once for all requests.
        const columns = names.map(name => `sensor.${name}[0:2:*]`).join();
        const path = `/wide.dods?${columns}&time<${WINDOW_END}`;
        const found = await server.read(path, { warmUp: round === 0 ? 0.5 : 0.05, seconds: 0.4 });
        if (round > 0) costs[index].push(found.serverSeconds / found.bytes);
      }
    }
    const each = costs.map(median).map(cost => cost * 1e9);
    return [
      line(
        'every second row, of 1, 4, 16 and 64 columns, CPU a byte',
        each.map(cost => cost.toFixed(2)),
        'ns',
        each,
      ),
    ];
  } finally {
    await server.stop();
  }
}

async function ofLogs() {
  const logs = await runScript('log.mjs');
  const sizes = logs.map(({ rows }) => rows.toLocaleString('en')).join(' | ');
  return ['append', 'tail'].map(name => {
    const each = logs.map(({ costs }) => median(costs[name]));
    const what = name === 'append' ? 'a row into' : 'a row into and out of the end of';
    return line(
      `${what} a full log of ${sizes.replaceAll(' | ', ', ')} rows, CPU`,
      each.map(cost => cost.toFixed(0)),
      'ns',
      each,
    );
  });
}

/** Compares with the first figure only: narrow rows may cost more, for each has a mark. */
function line(what, figures, unit, [first, ...others]) {
  const growth = Math.max(...others) / first;
  return [
    what,
    `${figures.join(', ')} ${unit}`,
    growth.toFixed(2),
    '',
    `no more than ${FLAT}`,
    yesOrNo(growth <= FLAT),
  ];
}
