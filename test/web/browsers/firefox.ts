// Starts Firefox for a test, and sends it the commands of WebDriver by Marionette, its own protocol.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { tools } from '../../tools.ts';
import { RemoteBrowser } from './remote-browser.ts';

/** Milliseconds that Firefox may take to start on a busy machine. */
const LONGEST_START = 50_000;

/** Marionette on a free port, no request to the outside, and pages at their full pace. */
const PREFERENCES = {
  'marionette.port': 0,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'browser.aboutwelcome.enabled': false,
  'app.update.disabledForTesting': true,
  'app.normandy.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.server': '',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:1',
  'extensions.update.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
};

export async function launchFirefox(): Promise<RemoteBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'dapberry-firefox-'));
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(join(profile, 'user.js'), lines.join('\n'));
  const args = ['--headless', '--no-remote', '--marionette', '--profile', profile];
  const firefox = spawn(tools.firefox!, [...args, '--width', '1280', '--height', '800'], { stdio: 'ignore' });
  const ended = new Promise<void>(done => firefox.once('exit', () => done()));
  const end = async (): Promise<void> => {
    firefox.kill('SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await portIn(profile, () => firefox.exitCode !== null);
    const marionette = new Marionette(connect(port, '127.0.0.1'));
    await marionette.send('WebDriver:NewSession', { capabilities: {} });
    return new RemoteBrowser({
      hasTabs: true,
      send: (command, parameters) => marionette.send(command, parameters),
      close: async () => {
        marionette.close();
        await end();
      },
    });
  } catch (error) {
    await end();
    throw error;
  }
}

/** The port that Firefox writes into its profile once it listens. */
async function portIn(profile: string, hasEnded: () => boolean): Promise<number> {
  const until = performance.now() + LONGEST_START;
  while (performance.now() < until && !hasEnded()) {
    const text = await readFile(join(profile, 'MarionetteActivePort'), 'utf8').catch(() => '');
    if (/^\d+$/.test(text.trim())) return Number(text);
    await wait(100);
  }
  throw new Error('expected Firefox to open the port of Marionette, which it did not');
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Messages are JSON behind their length: `[0, number, command, parameters]`, and `[1, number, error, result]` for the answer. */
class Marionette {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #received: Buffer = Buffer.alloc(0);
  #sent = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', data => {
      this.#received = Buffer.concat([this.#received, data]);
      this.#read();
    });
    const fail = (reason: string) => {
      for (const { reject } of this.#pending.values()) reject(new Error(reason));
      this.#pending.clear();
    };
    socket.on('error', error => fail(error.message));
    socket.on('close', () => fail('Firefox closed the connection'));
  }

  send(command: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const text = JSON.stringify([0, ++this.#sent, command, parameters]);
    return new Promise((resolve, reject) => {
      this.#pending.set(this.#sent, { resolve, reject });
      this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(): void {
    for (;;) {
      const colon = this.#received.indexOf(':');
      const length = Number(this.#received.subarray(0, Math.max(0, colon)).toString());
      if (colon < 0 || this.#received.length < colon + 1 + length) return;
      const message = JSON.parse(
        this.#received.subarray(colon + 1, colon + 1 + length).toString(),
      ) as unknown;
      this.#received = this.#received.subarray(colon + 1 + length);
      // The greeting is no answer.
      if (Array.isArray(message)) this.#answer(message as [number, number, Failure | null, unknown]);
    }
  }

  #answer([, number, failure, result]: [number, number, Failure | null, unknown]): void {
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    if (failure !== null) pending?.reject(new Error(`${failure.error}: ${failure.message}`));
    else pending?.resolve(isValue(result) ? result.value : result);
  }
}

interface Failure {
  readonly error: string;
  readonly message: string;
}

function isValue(result: unknown): result is { readonly value: unknown } {
  return typeof result === 'object' && result !== null && 'value' in result;
}
