// Changes an emulated machine from outside through QMP, QEMU's own protocol (QEMU, docs/interop/qmp-spec.rst).

import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

export class Qmp {
  readonly #socket: Socket;
  readonly #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', line => {
      const answer = JSON.parse(line) as Answer;
      // Other lines are the greeting and events.
      if ('return' in answer || 'error' in answer) this.#waiting.shift()?.resolve(answer);
    });
    socket.on('close', () => {
      for (const { reject } of this.#waiting) reject(new Error('QEMU has ended'));
    });
    this.#send('qmp_capabilities', {}).catch(() => {});
  }

  async call(name: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answer = await this.#send(name, parameters);
    if (answer.error !== undefined) throw new Error(`QEMU, ${name}: ${answer.error.desc}`);
    return answer.return;
  }

  #send(name: string, parameters: Readonly<Record<string, unknown>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute: name, arguments: parameters })}\n`);
    });
  }
}
