// Reports the rows a second that the decoder reads in Node.

import { median, millions, spread, yesOrNo } from '../figures.mjs';
import { runScript } from '../processes.mjs';

const GOAL = 60e6;

export async function decoder() {
  const rates = await runScript('decode.mjs');
  const rate = median(rates.map(({ clock }) => clock));
  const perSecond = median(rates.map(({ processor }) => processor));
  return [
    [
      'decoder, pieces of 64 kB',
      `${millions(rate)} rows/s${spread(
        rates.map(({ clock }) => clock),
        millions,
      )}`,
      '',
      `${(1e6 / perSecond).toFixed(3)} s/M rows (${millions(perSecond)} rows/s)`,
      `${millions(GOAL)} rows/s`,
      rate < GOAL && perSecond >= GOAL ? 'by CPU time' : yesOrNo(rate >= GOAL),
    ],
  ];
}
