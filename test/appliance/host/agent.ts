// How does a test run a script inside a guest? Over a serial line, to whose other end guest/both/agent.sh listens.

import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What a script in a guest printed, standard output and standard error as they came. */
export interface Ran {
  readonly output: string;
  /** The exit code; 124 = it did not end in time. */
  readonly code: number;
}

interface Waiting {
  resolve(ran: Ran): void;
  reject(error: Error): void;
}

/** How much longer than the script itself the answer may take, in seconds: the guest is an emulated machine. */
const SLACK = 60;

export class Agent {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, Waiting>();
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

  /** Runs a shell script as root, after those that were asked for before. */
  run(script: string, seconds: number): Promise<Ran> {
    const ran = this.#last.then(() => this.#run(script, seconds));
    this.#last = ran.catch(() => {});
    return ran;
  }

  async #run(script: string, seconds: number): Promise<Ran> {
    await this.ready;
    if (this.#ended !== undefined) throw this.#ended;
    const id = `q${++this.#count}`;
    let late: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Ran>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        const limit = seconds + SLACK;
        late = setTimeout(
          () => reject(new Error(`the guest did not answer within ${limit} s: ${script}`)),
          limit * 1000,
        );
        this.#socket.write(`${id} ${seconds} ${Buffer.from(script).toString('base64')}\n`);
      });
    } finally {
      clearTimeout(late);
      this.#waiting.delete(id);
    }
  }

  #take(text: string): void {
    const lines = (this.#unread + text).split('\n');
    this.#unread = lines.pop() ?? '';
    for (const line of lines.map(each => each.trim())) {
      if (line === 'ready') this.#setReady();
      const [, id = '', code = '', output = ''] = /^(q\d+) (\d+) ?([A-Za-z0-9+/=]*)$/.exec(line) ?? [];
      this.#waiting
        .get(id)
        ?.resolve({ code: Number(code), output: Buffer.from(output, 'base64').toString() });
    }
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#setNeverReady(error);
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}

/** Connects to a socket that another program is about to open. */
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
