// Runs scripts inside a guest over a serial line, at whose other end guest/both/agent.sh listens.

import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The result of a script in a guest. */
export interface ScriptResult {
  /** Standard output and standard error, interleaved. */
  readonly output: string;
  /** The exit code; 124 after a timeout. */
  readonly code: number;
}

interface PendingScript {
  resolve(result: ScriptResult): void;
  reject(error: Error): void;
}

/** Seconds that the answer may take after the timeout of the script: the guest is an emulated machine. */
const SLACK = 60;

export class Agent {
  readonly #socket: Socket;
  readonly #pending = new Map<string, PendingScript>();
  readonly #ready: Promise<void>;
  #setReady: () => void = () => {};
  #setNeverReady: (error: Error) => void = () => {};
  #last: Promise<unknown> = Promise.resolve();
  #unread = '';
  #ended: Error | undefined;
  #count = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#ready = new Promise((resolve, reject) => {
      this.#setReady = resolve;
      this.#setNeverReady = reject;
    });
    this.#ready.catch(() => {});
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    const end = () => this.#end(new Error('the guest has ended'));
    socket.on('error', end);
    socket.on('close', end);
  }

  /** Resolves when the guest is ready to run scripts. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Runs a shell script as root, after earlier scripts have ended. */
  run(script: string, seconds: number): Promise<ScriptResult> {
    const result = this.#last.then(() => this.#run(script, seconds));
    this.#last = result.catch(() => {});
    return result;
  }

  async #run(script: string, seconds: number): Promise<ScriptResult> {
    await this.ready;
    if (this.#ended !== undefined) throw this.#ended;
    const id = `q${++this.#count}`;
    let late: NodeJS.Timeout | undefined;
    try {
      return await new Promise<ScriptResult>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        const limit = seconds + SLACK;
        late = setTimeout(
          () => reject(new Error(`the guest did not answer within ${limit} s: ${script}`)),
          limit * 1000,
        );
        this.#socket.write(`${id} ${seconds} ${Buffer.from(script).toString('base64')}\n`);
      });
    } finally {
      clearTimeout(late);
      this.#pending.delete(id);
    }
  }

  #take(text: string): void {
    const lines = (this.#unread + text).split('\n');
    this.#unread = lines.pop() ?? '';
    for (const line of lines.map(each => each.trim())) {
      if (line === 'ready') this.#setReady();
      const [, id = '', code = '', output = ''] = /^(q\d+) (\d+) ?([A-Za-z0-9+/=]*)$/.exec(line) ?? [];
      this.#pending
        .get(id)
        ?.resolve({ code: Number(code), output: Buffer.from(output, 'base64').toString() });
    }
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#setNeverReady(error);
    for (const { reject } of this.#pending.values()) reject(error);
  }
}

/** Connects to a socket of another program, and retries until that program has opened it. */
export async function connected(path: string, until: AbortSignal): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    const opened = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (opened) return socket;
    await delay(50, undefined, { signal: until });
  }
}
