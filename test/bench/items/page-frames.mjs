// Measures the frames of the page beside bare Smoothie Charts and bare uPlot with the same rows, in one Chromium, in turns.

import { median, yesOrNo } from '../figures.mjs';
import { drawn, launchBrowser, measureFrames, servePeers, withPage } from '../page/browser.mjs';
import { Server } from '../processes.mjs';
import { COLUMNS_PER_CHART } from '../servers/waves-source.mjs';

const COLUMNS = 16;
const INTERVAL = 0.01;
const WINDOW = 30;
const ROUNDS = 5;
const SECONDS = 5;

/** Milliseconds of a frame at 60 frames a second, and of the clock's steps. */
const FRAME = 16.7 + 0.5;

export async function pageFrames() {
  const server = await Server.dapberry({
    kind: 'waves',
    columns: COLUMNS,
    interval: INTERVAL,
    past: 2 * WINDOW,
  });
  const [browser, peers] = [await launchBrowser(), await servePeers()];
  try {
    const own = `${server.url}/#window=${WINDOW}`;
    const sizes = await withPage(browser, own, async page => {
      await drawn(page);
      return page
        .locator('.plot')
        .evaluateAll(all => all.map(({ clientWidth, clientHeight }) => `${clientWidth}x${clientHeight}`));
    });
    const peer = (library, charts, lines) => {
      const asked = new URLSearchParams({ library, window: WINDOW, lines, charts: charts.join() });
      return `${peers.url}/page/peer.html?${asked}&url=${server.url}/waves`;
    };
    const contenders = {
      dapberry: own,
      smoothie: peer('smoothie', sizes, COLUMNS_PER_CHART),
      uplot: peer('uplot', sizes, COLUMNS_PER_CHART),
      single: peer('smoothie', sizes.slice(0, 1), 1),
    };
    const found = Object.fromEntries(Object.keys(contenders).map(name => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, url] of Object.entries(contenders)) {
        const measured = await withPage(browser, url, async page => {
          if (name === 'dapberry') await drawn(page);
          else await page.waitForFunction(() => globalThis.isFull);
          return measureFrames(browser, page, SECONDS);
        });
        found[name].push(measured);
      }
    }
    return lines(found, `${sizes.length} charts of ${sizes[0]}`);
  } finally {
    await browser.close();
    peers.close();
    await server.stop();
  }
}

function lines(found, layout) {
  const of = (name, key) => median(found[name].map(each => each[key]));
  const better = Math.min(of('smoothie', 'p99'), of('uplot', 'p99'));
  const [p99, single] = [of('dapberry', 'p99'), of('single', 'p99')];
  const goal = single <= FRAME ? Math.min(better / 2, FRAME) : better / 2;
  const what = {
    dapberry: `page, ${COLUMNS} columns at ${1 / INTERVAL} Hz, ${WINDOW} s in ${layout}`,
    smoothie: 'the same rows and charts: bare Smoothie',
    uplot: 'the same rows and charts: bare uPlot',
    single: 'one line in one chart: bare Smoothie',
  };
  return Object.entries(what).map(([name, text]) => {
    const isOwn = name === 'dapberry';
    return [
      text,
      `frames p50 ${of(name, 'p50').toFixed(1)} ms, p99 ${spread(name, 'p99', 1)} ms; long tasks ${of(name, 'longTasks')} in ${SECONDS} s, longest ${of(name, 'longest').toFixed(0)} ms; heap ${(of(name, 'heap') / 1e6).toFixed(1)} MB`,
      isOwn ? `${(p99 / better).toFixed(2)} of the better p99` : '',
      `browser: ${of(name, 'cores').toFixed(2)} cores, ${spread(name, 'cost', 1)} ms a frame`,
      isOwn ? `p99 ${goal.toFixed(1)} ms` : '',
      isOwn ? yesOrNo(p99 <= goal) : '',
    ];
  });
  function spread(name, key, digits) {
    const sorted = found[name].map(each => each[key]).sort((a, b) => a - b);
    const text = value => value.toFixed(digits);
    return `${text(median(sorted))} (${text(sorted[0])} to ${text(sorted.at(-1))})`;
  }
}
