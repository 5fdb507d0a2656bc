// Measures how long the page takes from its navigation to complete charts, and how much it has to load for them.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { median, yesOrNo } from '../figures.mjs';
import { drawn, launchBrowser, withPage } from '../page/browser.mjs';
import { firstLoad } from '../page/first-load.mjs';
import { DAY_SECONDS, FIRST_DAY, pastFolder, writePast } from '../past/year.mjs';
import { ROOT, Server } from '../processes.mjs';

const ROUNDS = 7;
const HOUR = 3600;
const MOST_MS = 1000;
const MOST_BYTES = 50_000;

export async function pageOpen() {
  const folder = pastFolder();
  await writePast(folder, { days: 365 });
  const waves = (name, columns, interval) => ({ kind: 'waves', name, columns, interval, past: HOUR + 60 });
  const instant = day => new Date((FIRST_DAY + day) * DAY_SECONDS * 1000).toISOString();
  const server = await Server.dapberry(waves('slow', 8, 1), waves('fast', 16, 0.1), { kind: 'past', folder });
  // A server that runs for more than a day has summaries of its history.
  await (await fetch(`${server.url}/bench/merge`)).json();
  const browser = await launchBrowser();
  try {
    const cases = {
      'page, 8 columns at 1 Hz: an hour drawn': `?url=slow#window=${HOUR}`,
      'page, 16 columns at 10 Hz: an hour drawn': `?url=fast#window=${HOUR}`,
      'page, 10 columns: a year of a history drawn': `?url=past#from=${instant(0)}&to=${instant(364.9)}`,
    };
    const found = Object.fromEntries(Object.keys(cases).map(what => [what, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [what, path] of Object.entries(cases)) {
        found[what].push(await withPage(browser, `${server.url}/${path}`, drawn));
      }
    }
    return [...Object.entries(found).map(([what, times]) => line(what, times)), ...(await sizes())];
  } finally {
    await browser.close();
    await server.stop();
  }
}

function line(what, times) {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const measured = `${median(times).toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)}) after the navigation`;
  return [what, measured, '', '', `${MOST_MS} ms`, yesOrNo(median(times) <= MOST_MS)];
}

/** The compressed bytes of the page and what it names, which come before the first sight, and of all files. */
async function sizes() {
  const folder = join(ROOT, 'dist/web');
  const files = readdirSync(folder, { recursive: true }).filter(name => extname(name) !== '');
  const bytes = name => gzipSync(readFileSync(join(folder, name))).length;
  const { gzipped: size } = await firstLoad(folder);
  const sum = names => names.reduce((total, name) => total + bytes(name), 0);
  const kilobytes = count => `${(count / 1000).toFixed(1)} kB`;
  return [
    [
      'page, gzipped: all for the first sight',
      kilobytes(size),
      '',
      '',
      kilobytes(MOST_BYTES),
      yesOrNo(size <= MOST_BYTES),
    ],
    ['page, gzipped: all files', `${kilobytes(sum(files))} in ${files.length} files`, '', '', '', ''],
  ];
}
