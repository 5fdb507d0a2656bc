// A connection for tests, with no network in it: what the server writes is taken when the test takes it, and not before.

import { Duplex } from 'node:stream';

/** One response as far as it has come. */
export interface Received {
  readonly status: number;
  readonly head: string;
  /** Without the marks of chunked encoding. */
  readonly body: Buffer;
  /** Nothing of it is to come. */
  readonly complete: boolean;
}

export interface ConnectionOptions {
  /** Bytes above which the server's writes are told to wait: 1 has each of them wait that is not taken at once. */
  readonly highWaterMark?: number;
  /** False: the client begins by taking nothing. */
  readonly taking?: boolean;
}

export class ScriptedConnection extends Duplex {
  readonly remoteAddress = '192.0.2.1';
  private readonly pieces: Buffer[] = [];
  private readonly protocols: string[] = [];
  private held: (() => void) | undefined;
  private isTaking: boolean;
  private isEnded = false;
  /** The answers as they were read last, and what there was to read then. */
  private known: { seen: string; answers: readonly Received[] } = { seen: '', answers: [] };

  constructor({ highWaterMark = 16_384, taking = true }: ConnectionOptions = {}) {
    super({ writableHighWaterMark: highWaterMark });
    this.isTaking = taking;
    // A client that leaves is no error of the test.
    this.on('error', () => {});
  }

  /** Asks for a path, also while another answer is under way. */
  ask(path: string, protocol = 'HTTP/1.1'): void {
    this.protocols.push(protocol);
    this.push(`GET ${path} ${protocol}\r\nHost: pi\r\n\r\n`);
  }

  get taking(): boolean {
    return this.isTaking;
  }

  /** One more request may be sent. */
  get isPersistent(): boolean {
    return this.protocols.at(-1) === 'HTTP/1.1' && !this.isEnded && !this.destroyed;
  }

  /** Takes everything from now on. */
  takeAll(): void {
    this.isTaking = true;
    this.takeOne();
  }

  /** Takes nothing any more. */
  stall(): void {
    this.isTaking = false;
  }

  /** Takes what the server wrote first of what is left. */
  takeOne(): void {
    const { held } = this;
    this.held = undefined;
    held?.();
  }

  /** The answers, in the order of the requests; one at least where anything was asked for. */
  get answers(): readonly Received[] {
    const seen = `${this.pieces.length} ${this.protocols.length} ${this.isEnded}`;
    if (this.known.seen !== seen) this.known = { seen, answers: this.readAnswers() };
    return this.known.answers;
  }

  private readAnswers(): Received[] {
    const answers: Received[] = [];
    let bytes: Buffer = Buffer.concat(this.pieces);
    for (const protocol of this.protocols) {
      const { answer, rest } = this.answerIn(bytes, protocol);
      answers.push(answer);
      bytes = rest;
    }
    return answers;
  }

  override _read(): void {}

  override _write(piece: Buffer, _encoding: string, callback: () => void): void {
    const take = () => {
      this.pieces.push(piece);
      callback();
    };
    if (this.isTaking) take();
    else this.held = take;
  }

  override _final(callback: () => void): void {
    this.isEnded = true;
    callback();
  }

  private answerIn(bytes: Buffer, protocol: string): { answer: Received; rest: Buffer } {
    const nothing = Buffer.alloc(0);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return { answer: { status: 0, head: '', body: nothing, complete: false }, rest: nothing };
    const head = bytes.toString('latin1', 0, end);
    const status = Number(head.split(' ')[1]);
    const behind = bytes.subarray(end + 4);
    if (protocol === 'HTTP/1.0') {
      return { answer: { status, head, body: behind, complete: this.isEnded }, rest: nothing };
    }
    const { body, rest } = unchunked(behind);
    return { answer: { status, head, body, complete: rest !== undefined }, rest: rest ?? nothing };
  }
}

/** The body that chunks hold (RFC 9112, section 7.1), and what follows the last one; undefined before that has come. */
export function unchunked(bytes: Buffer): { body: Buffer; rest: Buffer | undefined } {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return { body: Buffer.concat(parts), rest: undefined };
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (Number.isNaN(size)) throw new Error(`expected the size of a chunk at byte ${at}`);
    if (size === 0) {
      const whole = bytes.length >= line + 4;
      return { body: Buffer.concat(parts), rest: whole ? bytes.subarray(line + 4) : undefined };
    }
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
    if (at > bytes.length) return { body: Buffer.concat(parts), rest: undefined };
  }
}
