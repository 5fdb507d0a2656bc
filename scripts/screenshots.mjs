// Makes the pictures of the page for the documents: serves simulated sensors with a year of past rows, and photographs the page.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { configuration, pastRows } from './screenshots/greenhouse.mjs';
import { DISMISSED, PICTURES } from './screenshots/pictures.mjs';

const root = resolve(import.meta.dirname, '..');
const program = join(root, 'dist/server/main.js');
const folder = process.argv[2] ?? join(root, 'docs');
const only = process.argv.slice(3);

const work = mkdtempSync(join(tmpdir(), 'dapberry-pictures-'));
const config = join(work, 'config.yaml');
writeFileSync(config, configuration(join(work, 'history')));
for (const [dataset, lines] of pastRows(Date.now() / 1000)) {
  const file = join(work, `${dataset}.csv`);
  writeFileSync(file, lines);
  execFileSync(process.execPath, [program, 'import', file, '--config', config, '--dataset', dataset]);
}

const server = spawn(process.execPath, [program, 'serve', '--config', config], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({
  executablePath: ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--hide-scrollbars'],
});
try {
  const address = await addressOf(server);
  for (const picture of PICTURES) {
    if (only.length > 0 && !only.includes(picture.file)) continue;
    await photograph(picture, address);
    process.stdout.write(`${join(folder, picture.file)}\n`);
  }
} finally {
  await browser.close();
  // The server writes its last rows: its folder is removed after that.
  const ended = once(server, 'exit');
  server.kill();
  await ended;
  rmSync(work, { recursive: true, force: true });
}

async function photograph({ file, path, size, dark = false, isPhone = false, until }, address) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: dark ? 'dark' : 'light',
    hasTouch: isPhone,
    isMobile: isPhone,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  await context.addInitScript(key => localStorage.setItem(key, 'yes'), DISMISSED);
  const page = await context.newPage();
  await page.goto(`${address}${path}`);
  await page.waitForFunction(until);
  await page.screenshot({ path: join(folder, file) });
  await context.close();
}

/** The address that the server prints once it serves. */
async function addressOf({ stdout }) {
  let text = '';
  for await (const chunk of stdout) {
    text += chunk;
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
    if (found !== null) {
      stdout.resume();
      return found[0];
    }
  }
  throw new Error(`expected the server to print its address, found: ${text}`);
}
