// A row source of noisy waves with a past: at its start it has the rows of the last seconds, then one row in each interval.

import { sensorLayout } from '../../../build/server/source/sensor-layout.js';

/** Columns of one unit, which the page draws in one chart. */
export const COLUMNS_PER_CHART = 4;

const UNITS = ['degC', 'hPa', 'V', 'lux'];

const channelsOf = count =>
  Array.from({ length: count }, (_, index) => ({
    name: `wave${index}`,
    units: UNITS[Math.floor(index / COLUMNS_PER_CHART) % UNITS.length],
    longName: `Wave ${index}`,
  }));

/** `columns` waves, a row each `interval` seconds, and the rows of the last `past` seconds at once. */
export function wavesSource({ columns, interval, past }) {
  return {
    layout: sensorLayout(channelsOf(columns)),
    status: { kind: 'plain' },
    delivery: { kind: 'scheduled', interval },
    isClocked: false,
    earliest: Number.NEGATIVE_INFINITY,
    async *rows(signal) {
      const row = seconds => Math.floor(seconds / interval);
      let next = row(Date.now() / 1000 - past);
      while (!signal.aborted) {
        const until = row(Date.now() / 1000);
        if (until >= next) {
          yield batchOf(next, until - next + 1, interval, columns);
          next = until + 1;
        }
        await new Promise(done => setTimeout(done, Math.max(1, next * interval * 1000 - Date.now())));
      }
    },
    close: async () => {},
  };
}

/** Waves of different lengths, with a little noise that is the same each time. */
function batchOf(first, length, interval, columns) {
  const times = Float64Array.from({ length }, (_, index) => (first + index) * interval);
  const waves = Array.from({ length: columns }, (_, column) =>
    times.map((time, index) => {
      const noise = (((first + index) * 7919 + column * 104_729) % 1000) / 1000;
      return 20 + column + 5 * Math.sin((2 * Math.PI * time) / (7 + 3 * column)) + noise;
    }),
  );
  return { length, columns: [times, ...waves] };
}
