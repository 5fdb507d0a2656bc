// Replaces a network connection in tests: the client takes the server's bytes when the test says so, and not before.

import { Duplex } from 'node:stream';
import { type Answer, answersIn, type HttpRequest } from './answers.ts';

export interface ConnectionOptions {
  /** Unsent bytes above which the server has to wait; with 1, it waits after each write that the client does not take at once. */
  readonly highWaterMark?: number;
  /** False: the client begins by taking nothing. */
  readonly taking?: boolean;
}

export class ScriptedConnection extends Duplex {
  readonly remoteAddress = '192.0.2.1';
  readonly #pieces: Buffer[] = [];
  readonly #asked: HttpRequest[] = [];
  #held: (() => void) | undefined;
  #isTaking: boolean;
  #isEnded = false;
  /** The answers as they were read last, and what there was to read then. */
  #known: { seen: string; answers: readonly Answer[] } = { seen: '', answers: [] };

  constructor({ highWaterMark = 16_384, taking = true }: ConnectionOptions = {}) {
    super({ writableHighWaterMark: highWaterMark });
    this.#isTaking = taking;
    // A client that leaves is no error of the test.
    this.on('error', () => {});
  }

  /** Asks for a path, also while another answer is under way. */
  ask(path: string, protocol: HttpRequest['protocol'] = 'HTTP/1.1'): void {
    this.#asked.push({ method: 'GET', protocol });
    this.push(`GET ${path} ${protocol}\r\nHost: pi\r\n\r\n`);
  }

  get taking(): boolean {
    return this.#isTaking;
  }

  /** One more request may be sent. */
  get isPersistent(): boolean {
    return this.#asked.at(-1)?.protocol === 'HTTP/1.1' && !this.#isEnded && !this.destroyed;
  }

  /** Takes everything from now on. */
  takeAll(): void {
    this.#isTaking = true;
    this.takeOne();
  }

  /** Takes nothing any more. */
  stall(): void {
    this.#isTaking = false;
  }

  /** Takes what the server wrote first of what is left. */
  takeOne(): void {
    const held = this.#held;
    this.#held = undefined;
    held?.();
  }

  /** The answers, in the order of the requests; one at least where anything was asked for. */
  get answers(): readonly Answer[] {
    const asked = this.#asked;
    const isEnded = this.#isEnded;
    const pieces = this.#pieces;
    const seen = `${pieces.length} ${asked.length} ${isEnded}`;
    if (this.#known.seen !== seen) {
      this.#known = { seen, answers: answersIn(Buffer.concat(pieces), asked, isEnded) };
    }
    return this.#known.answers;
  }

  override _read(): void {}

  override _write(piece: Buffer, _encoding: string, callback: () => void): void {
    const take = () => {
      // Once it is taken, the memory is the server's again.
      this.#pieces.push(Buffer.from(piece));
      callback();
    };
    if (this.#isTaking) take();
    else this.#held = take;
  }

  override _final(callback: () => void): void {
    this.#isEnded = true;
    callback();
  }
}
