// A client that need not follow HTTP: one socket, on which a test writes any bytes and reads as slowly as it likes.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Answer, answersIn, type HttpRequest } from './answers.ts';

export class RawClient {
  readonly socket: Socket;
  /** True once the server has said that no byte will come, or the connection broke. */
  isEnded = false;
  readonly #pieces: Buffer[] = [];
  readonly #asked: HttpRequest[] = [];
  #news: () => void = () => {};

  /** Reads everything that comes; with `reading: false`, nothing. */
  constructor(port: number, { reading = true } = {}) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const ended = () => {
      this.isEnded = true;
      this.#news();
    };
    // That connections break is what these tests are about.
    this.socket
      .on('end', ended)
      .on('close', ended)
      .on('error', () => {});
    if (reading) this.read();
  }

  /** Reads all that comes from now on. */
  read(): void {
    this.socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#news();
    });
  }

  /** Reads one byte, if one has come. */
  readByte(): void {
    const byte = this.socket.read(1) as Buffer | null;
    if (byte !== null) this.#pieces.push(byte);
  }

  /** Sends the head of a request, whatever has come of the answers before. */
  ask(path: string, { method = 'GET', protocol = 'HTTP/1.1' }: Partial<HttpRequest> = {}): this {
    this.#asked.push({ method, protocol });
    this.socket.write(`${method} ${path} ${protocol}\r\nHost: pi\r\n\r\n`);
    return this;
  }

  /** Sends anything. */
  say(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** All bytes that came. */
  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** The answers to what was asked, in that order. */
  get answers(): Answer[] {
    return answersIn(this.bytes, this.#asked, this.isEnded);
  }

  /** The answer to a request, numbered from 0, once it is whole. */
  async answer(number = 0): Promise<Answer> {
    await this.until(() => this.answers[number]!.complete);
    return this.answers[number]!;
  }

  /** Resolves when `what` holds, which is looked at whenever bytes come; rejects where none will come any more. */
  async until(what: () => boolean): Promise<void> {
    while (!what()) {
      if (this.isEnded) throw new Error(`the connection ended with:\n${this.bytes.toString('latin1')}`);
      await this.#next();
    }
  }

  /** Resolves when the server has closed its side, or the connection is gone. */
  async end(): Promise<void> {
    while (!this.isEnded) await this.#next();
  }

  #next(): Promise<void> {
    return new Promise(resolve => {
      const news = this.#news;
      this.#news = () => {
        this.#news = () => {};
        news();
        resolve();
      };
    });
  }

  /** Leaves, and lets go of the socket. */
  async leave(): Promise<void> {
    if (this.socket.closed) return;
    this.socket.destroy();
    await once(this.socket, 'close');
  }
}
