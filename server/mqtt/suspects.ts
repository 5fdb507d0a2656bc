// Finds messages at which a broker ends the connection, as brokers of MQTT 3.1.1 do with those above their limit of size.

/** Connections in a row that ended during a row, until messages are sent one by one. */
const LOSSES_UNTIL_CAREFUL = 2;

/** Connections in a row that ended at a message alone, until it is not sent again. */
const LOSSES_UNTIL_REFUSED = 3;

/** Bytes: no broker has a limit below, and one that ends the connection at a shorter message has another reason, such as missing rights. */
const LEAST_LIMIT = 1024;

/** Milliseconds for which messages of that size count as too large. */
const REMEMBERED = 3_600_000;

/** A message under way. */
export interface SentMessage {
  readonly topic: string;
  readonly bytes: number;
}

/** What the connections of one sink have shown of the messages that the broker does not take. */
export class Suspects {
  readonly #now: () => number;
  #losses = 0;
  #suspect: { readonly topic: string; readonly losses: number } | undefined;
  #largestTaken = 0;
  #limit: { readonly bytes: number; readonly until: number } | undefined;

  /** @param now milliseconds on the monotonic clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** True while messages are to be sent one by one, each acknowledged, so that a lost connection tells its message. */
  get isCareful(): boolean {
    return this.#losses >= LOSSES_UNTIL_CAREFUL;
  }

  /** Why a message is not to be sent; undefined for one that is. */
  refusal({ topic, bytes }: SentMessage): string | undefined {
    if (this.#limit === undefined || this.#now() > this.#limit.until || bytes < this.#limit.bytes)
      return undefined;
    return `a message to ${topic} takes ${bytes} bytes, and the broker ends the connection at messages of ${this.#limit.bytes} bytes: they are probably above its limit (max_packet_size)`;
  }

  /** The broker has acknowledged a message. */
  taken({ topic, bytes }: SentMessage): void {
    this.#largestTaken = Math.max(this.#largestTaken, bytes);
    if (this.#suspect?.topic === topic) this.#suspect = undefined;
  }

  /** A row went through. */
  passed(): void {
    this.#losses = 0;
  }

  /** The connection ended while a row was sent, or right after it. */
  lost(): void {
    this.#losses += 1;
  }

  /**
   * The connection ended while this message alone was under way. It counts as too large if that happens again and again, and no message of
   * its size was ever taken: a bad network ends connections at messages of any size.
   * @param isTold whether the broker said that a packet was too large
   */
  lostAt({ topic, bytes }: SentMessage, isTold: boolean): void {
    const losses = this.#suspect?.topic === topic ? this.#suspect.losses + 1 : 1;
    this.#suspect = { topic, losses };
    const isRepeated = losses >= LOSSES_UNTIL_REFUSED && bytes > LEAST_LIMIT;
    if (bytes <= this.#largestTaken || !(isTold || isRepeated)) return;
    this.#limit = { bytes, until: this.#now() + REMEMBERED };
    this.#suspect = undefined;
    this.#losses = 0;
  }
}
