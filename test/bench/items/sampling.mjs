// Reports the delay and cost of rows at 1, 10, 100 and 1000 a second, beside a bare timer.

import { yesOrNo } from '../figures.mjs';
import { runScript } from '../processes.mjs';

/** Rows a second, and the seconds for each of the two ways. */
const RUNS = [
  [1, 32],
  [10, 12],
  [100, 8],
  [1000, 8],
];

/** Milliseconds that the median row may be later than the timer: timers have whole milliseconds, and a device never reads early. */
const LATER = 1;

export async function sampling() {
  const lines = [];
  for (const [rate, seconds] of RUNS) {
    const { bare: timer, device: rows } = await runScript('sampling.mjs', rate, seconds);
    lines.push([
      `a row each ${1000 / rate} ms: how late it is read`,
      `${sentence(rows)}; a bare timer ${sentence(timer)}`,
      `${(rows.p50 / timer.p50).toFixed(1)}, ${(rows.p99 / timer.p99).toFixed(1)} (of CPU ${(rows.cost / timer.cost).toFixed(1)})`,
      `${rows.cost.toFixed(0)} us a row, timer ${timer.cost.toFixed(0)}`,
      `p50 ${LATER} ms more`,
      yesOrNo(rows.p50 <= timer.p50 + LATER),
    ]);
  }
  return lines;
}

function sentence({ p50, p99, taken }) {
  return `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${(taken * 100).toFixed(0)} % of the slots`;
}
