// Runs in the browser: draws rows of a dataset with bare Smoothie Charts or bare uPlot, as their manuals show it.
//
// The query of its address has `library` (smoothie or uplot), `url` of the dataset, `window` in seconds, `charts` such as
// 1300x190,1300x190 and `lines` of each. `globalThis.isFull` becomes true when the rows of the whole window are there.

import { follow } from '/dap/index.js';

const asked = new URLSearchParams(location.search);
const windowMs = 1000 * Number(asked.get('window'));
const lines = Number(asked.get('lines'));
const sizes = asked
  .get('charts')
  .split(',')
  .map(size => size.split('x').map(Number));
const COLOURS = ['#0060a8', '#b34700', '#1b7340', '#8a3ffc'];

/** The README of Smoothie Charts: a time series for each line, `append`, and `streamTo` with a delay. */
function smoothieCharts() {
  const { SmoothieChart, TimeSeries } = globalThis;
  const all = sizes.flatMap(([width, height]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    document.body.append(canvas);
    const chart = new SmoothieChart({ millisPerPixel: windowMs / width });
    const series = Array.from({ length: lines }, () => new TimeSeries());
    for (const [line, each] of series.entries()) chart.addTimeSeries(each, { strokeStyle: COLOURS[line] });
    chart.streamTo(canvas, 100);
    return series;
  });
  return ({ length, columns }) => {
    for (const [index, series] of all.entries()) {
      for (let row = 0; row < length; row += 1) {
        series.append(columns[0][row] * 1000, columns[index + 1][row]);
      }
    }
  };
}

/** The streaming demo of uPlot: the newest part of each column, given to `setData`, at each frame. */
function uplotCharts() {
  const uPlot = globalThis.uPlot;
  const data = Array.from({ length: sizes.length * lines + 1 }, () => []);
  const charts = sizes.map(([width, height]) => {
    const series = Array.from({ length: lines }, (_, line) => ({ stroke: COLOURS[line] }));
    const options = { width, height, legend: { show: false }, series: [{}, ...series] };
    return new uPlot(options, [[], ...series.map(() => [])], document.body);
  });
  const frame = () => {
    requestAnimationFrame(frame);
    const times = data[0];
    let first = 0;
    while (first < times.length && times[first] < times.at(-1) - windowMs / 1000) first += 1;
    for (const [index, column] of data.entries()) data[index] = column.slice(first);
    for (const [chart, plot] of charts.entries()) {
      const from = 1 + chart * lines;
      plot.setData([data[0], ...data.slice(from, from + lines)]);
    }
  };
  requestAnimationFrame(frame);
  return ({ length, columns }) => {
    for (const [index, column] of data.entries()) {
      for (let row = 0; row < length; row += 1) column.push(columns[index][row]);
    }
  };
}

const take = asked.get('library') === 'smoothie' ? smoothieCharts() : uplotCharts();
const since = (Date.now() - windowMs) / 1000 - 1;
for await (const batch of follow(`${asked.get('url')}?sensor&sensor.time>=${since}`)) {
  take(batch);
  if (batch.columns[0].at(-1) > Date.now() / 1000 - 1) globalThis.isFull = true;
}
