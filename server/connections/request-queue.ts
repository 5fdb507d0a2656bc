// Answers the requests of one connection one after another, and disconnects a client with too many unanswered requests.

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
 * Node emits each request as soon as it is read. The queue starts a request only after the response before it has gone to the
 * kernel, so that a client that reads nothing holds one response instead of many.
 */
export class RequestQueue {
  readonly #socket: Socket;
  /** Created on demand, as most connections never queue a request. */
  #waiting: WaitingRequest[] | undefined;
  readonly #onIdle: () => void;
  readonly #takeTurn: (answer: () => void) => void;
  #answering: ServerResponse | undefined;

  /** Calls `onIdle` after the last request is answered, and `takeTurn` to answer a request in the client's turn. */
  constructor(socket: Socket, onIdle: () => void, takeTurn: (answer: () => void) => void) {
    this.#socket = socket;
    this.#onIdle = onIdle;
    this.#takeTurn = takeTurn;
  }

  /** The response that is being sent. */
  get answering(): ServerResponse | undefined {
    return this.#answering;
  }

  /** Answers the request in its turn. With `most` unanswered requests already, disconnects and returns false. */
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
    // Thousands of requests may have been read with this one, and each would cost time.
    readNoRequests(socket);
    return false;
  }

  /** Drops the waiting requests. */
  clear(): void {
    this.#waiting = undefined;
  }

  #answer({ request, response, handle }: WaitingRequest): void {
    this.#answering = response;
    response.on('close', this.#next);
    // By then, all requests that arrived with it are counted, so that a flood gets no response.
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
