// Tells whether connections come, so that work for the clients that are there leaves the event loop to them for a while.

/**
 * In how many turns in a row work waits while connections come. The event loop accepts one connection in each turn (libuv since
 * 1.45, `uv__server_io`), so that a client waits for as many turns as connections came before its own.
 */
const MOST_HELD = 32;

export class ComingConnections {
  #hasCome = false;
  #held = 0;

  /** A connection has come. */
  came(): void {
    this.#hasCome = true;
  }

  /** Whether work waits for those that come now. Asked once in each turn of the event loop; not in all of 33 in a row. */
  areAwaited(): boolean {
    const areAwaited = this.#hasCome && this.#held < MOST_HELD;
    this.#hasCome = false;
    this.#held = areAwaited ? this.#held + 1 : 0;
    return areAwaited;
  }
}
