// Starts WebKitGTK on a virtual screen for a test, and sends it the commands of WebDriver over HTTP.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { tools } from '../../tools.ts';
import { RemoteBrowser } from './remote-browser.ts';

/** Milliseconds that the driver may take to listen. */
const LONGEST_START = 30_000;

interface Route {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly path: string;
}

/** The addresses of the commands below that of the session. */
const ROUTES: Readonly<Record<string, Route>> = {
  'WebDriver:Navigate': { method: 'POST', path: '/url' },
  'WebDriver:ExecuteScript': { method: 'POST', path: '/execute/sync' },
  'WebDriver:PerformActions': { method: 'POST', path: '/actions' },
  'WebDriver:SetWindowRect': { method: 'POST', path: '/window/rect' },
};

export async function launchWebKit(): Promise<RemoteBrowser> {
  const started: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    for (const child of started.reverse()) {
      const ended = new Promise<void>(done => child.once('exit', () => done()));
      if (child.exitCode !== null || !child.kill('SIGKILL')) continue;
      await ended;
    }
  };
  try {
    const screen = spawn(
      tools.xvfb!,
      ['-displayfd', '1', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    started.push(screen);
    const display = await firstLine(screen);
    const port = await freePort();
    // As a screen of its own that a system service starts: WebKit then calls its language "C".
    const language = { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', LANGUAGE: '' };
    const environment = { ...process.env, ...language, DISPLAY: `:${display}`, LIBGL_ALWAYS_SOFTWARE: '1' };
    const driver = spawn(tools.webkit!, ['-p', String(port)], { env: environment, stdio: 'ignore' });
    started.push(driver);
    const root = `http://127.0.0.1:${port}/session`;
    await listening(`http://127.0.0.1:${port}/status`);
    const binary = miniBrowser();
    const { sessionId } = (await ask('POST', root, {
      capabilities: {
        alwaysMatch: {
          pageLoadStrategy: 'eager',
          'webkitgtk:browserOptions': { binary, args: ['--automation'] },
        },
      },
    })) as { sessionId: string };
    const send = (command: string, parameters: Readonly<Record<string, unknown>> = {}) => {
      const { method, path } = ROUTES[command]!;
      return ask(method, `${root}/${sessionId}${path}`, parameters);
    };
    await send('WebDriver:SetWindowRect', { x: 0, y: 0, width: 1280, height: 900 });
    const close = async (): Promise<void> => {
      await ask('DELETE', `${root}/${sessionId}`, {}).catch(() => {});
      await end();
    };
    return new RemoteBrowser({ hasTabs: false, send, close });
  } catch (error) {
    await end();
    throw error;
  }
}

/** The browser lies in a folder named after the machine's architecture and the version of the interface. */
function miniBrowser(): string {
  const folders = readdirSync('/usr/lib').filter(name => name.endsWith('-linux-gnu'));
  const paths = folders.flatMap(name =>
    ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'].map(api => `/usr/lib/${name}/${api}/MiniBrowser`),
  );
  const found = paths.find(path => existsSync(path));
  if (found === undefined) throw new Error(`expected WebKit's browser in one of ${paths.join(', ')}`);
  return found;
}

async function ask(method: Route['method'], url: string, parameters: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    ...(method === 'POST' ? { body: JSON.stringify(parameters) } : {}),
  });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
  if (!response.ok) throw new Error(`${value?.error}: ${value?.message}`);
  return value;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout!.once('data', data => resolve(String(data).trim()));
    child.once('exit', code => reject(new Error(`${child.spawnfile} ended with ${code}`)));
  });
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise(done => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

async function listening(url: string): Promise<void> {
  const until = performance.now() + LONGEST_START;
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await wait(100);
    }
  }
}
