// The requests of one connection, answered one after another; a client that sends too many without waiting is disconnected.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { readNoRequests } from './unread-body.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

interface WaitingRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly handle: RequestHandler;
}

/**
 * Node hands over each request as soon as it is read, whatever has become of those before it. Here the next one is looked at when
 * the answer to the one before has gone to the kernel, so that a client that reads nothing holds one answer and not many.
 */
export class RequestQueue {
  readonly #socket: Socket;
  /** Most connections never have any. */
  #waiting: WaitingRequest[] | undefined;
  readonly #onIdle: () => void;
  readonly #takeTurn: (answer: () => void) => void;
  #answering: ServerResponse | undefined;

  /** `onIdle` is called whenever the last request has its answer, `takeTurn` to have one answered when others had their turn. */
  constructor(socket: Socket, onIdle: () => void, takeTurn: (answer: () => void) => void) {
    this.#socket = socket;
    this.#onIdle = onIdle;
    this.#takeTurn = takeTurn;
  }

  /** The response that is under way. */
  get answering(): ServerResponse | undefined {
    return this.#answering;
  }

  /** Answers the request in its turn. Where `most` requests are without an answer already, disconnects; false then. */
  add(request: IncomingMessage, response: ServerResponse, handle: RequestHandler, most: number): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return true;
    if (this.#answering === undefined) {
      this.#answer({ request, response, handle });
      return true;
    }
    this.#waiting ??= [];
    if (1 + this.#waiting.length < most) {
      this.#waiting.push({ request, response, handle });
      return true;
    }
    this.clear();
    socket.destroy();
    // Thousands of requests may have been read with this one, each of which would cost as much as an honest one.
    readNoRequests(socket);
    return false;
  }

  /** Lets go of the requests that wait. */
  clear(): void {
    this.#waiting = undefined;
  }

  #answer({ request, response, handle }: WaitingRequest): void {
    this.#answering = response;
    response.once('close', this.#next);
    // By then all that came with it has been counted: a client that floods costs no answer.
    this.#takeTurn(() => {
      if (!this.#socket.destroyed) handle(request, response);
    });
  }

  readonly #next = (): void => {
    this.#answering = undefined;
    const next = this.#waiting?.shift();
    if (this.#socket.destroyed) return;
    if (next === undefined) this.#onIdle();
    else this.#answer(next);
  };
}
