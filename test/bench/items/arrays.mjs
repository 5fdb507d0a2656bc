// Measures the values a second that the server sends as DAP2 Arrays of a stretch of time, from memory.

import { millions, yesOrNo } from '../figures.mjs';
import { compare, LOG } from './throughput.mjs';

/** Bytes of a Float64. */
const VALUE = 8;

/** Most of the rows of the full log, which begins at 2001-09-09T01:46:40Z and has one a millisecond. */
const STRETCH = '/full/2001-09-09T01:46:40Z..2001-09-09T02:03:20Z.dods';

const LEAST = 40e6;

export async function arrays() {
  const found = await compare(LOG, STRETCH, ({ bytes }) => bytes / VALUE);
  const { rate, ratio, perProcessorSecond, processorRatio } = found;
  const byProcessorTime = rate < LEAST && perProcessorSecond >= LEAST;
  return [
    [
      'Arrays of a full log, 1 client',
      `${millions(rate)} values/s`,
      `${ratio.toFixed(2)} (of CPU ${processorRatio.toFixed(2)})`,
      `${(1e6 / perProcessorSecond).toFixed(3)} s/M values (${millions(perProcessorSecond)} values/s)`,
      '40 M values/s',
      byProcessorTime ? 'by CPU time' : yesOrNo(rate >= LEAST),
    ],
  ];
}
