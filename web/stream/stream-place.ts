// Shares the connections of a browser to a server among its pages: the oldest streams stay open, the others ask in turns.

import { fieldsOf } from '../text/json.ts';

/**
 * Streams without an end to one server. Browsers open six connections to a server over HTTP/1, for all their windows and tabs
 * together; a seventh request waits for ever. Two connections are left for everything else.
 */
const MOST_OPEN = 4;

/** Milliseconds between two signs of life, and after which a page without one counts as closed: it may have crashed. */
const BEAT = 2000;
const SILENT = 7000;

/** Milliseconds in which other pages answer a page that is new. */
const ANSWER = 100;

/** `here`: the stream `id` wants a place since `since`, milliseconds since 1970; `gone`: it wants none any more; `ask`: say so now. */
type Sign =
  | { readonly kind: 'here'; readonly id: string; readonly since: number }
  | { readonly kind: 'gone'; readonly id: string }
  | { readonly kind: 'ask' };

/**
 * The place of one stream among all of this browser to the same server. Each page knows all streams by their signs of life, and
 * orders them by their age: no page decides for others, and none has to be waited for. (Web Locks would count more simply, but
 * exist only behind https, and a SharedWorker not in every browser.) A page that is busy for long may lose its place for a moment,
 * or take one too many: its rows go on either way.
 */
export class StreamPlace {
  readonly #changed: () => void;
  readonly #server: string;
  readonly #id = `${Math.random()}`;
  /** The other streams, and when they were heard last, by `performance.now()`. */
  readonly #others = new Map<string, { readonly since: number; readonly heard: number }>();
  #channel: BroadcastChannel | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #beatAt = 0;
  #since = 0;
  #mayStayOpen = true;
  #known: Promise<void> = Promise.resolve();

  /** `server`: the origin of the dataset. `changed` is called when the stream may stay open now, or may not any more. */
  constructor(server: string, changed: () => void) {
    this.#server = server;
    this.#changed = changed;
  }

  /** Whether the stream may keep a connection. */
  get mayStayOpen(): boolean {
    return this.#mayStayOpen;
  }

  /** Wants a place, if it does not already; resolves once the other pages had time to answer. */
  enter(): Promise<void> {
    if (this.#channel !== undefined || isMultiplexed(this.#server)) return this.#known;
    try {
      this.#channel = new BroadcastChannel(`dapberry streams of ${this.#server}`);
    } catch {
      // An old browser, or a page that may not know of others.
      return this.#known;
    }
    this.#since = Date.now();
    this.#channel.addEventListener('message', ({ data }) => {
      const sign = signIn(data);
      if (sign !== undefined) this.#hear(sign);
    });
    this.#say({ kind: 'ask' });
    this.#live();
    this.#beat = setInterval(() => this.#live(), BEAT);
    this.#known = new Promise(resolve => setTimeout(resolve, ANSWER));
    return this.#known;
  }

  /** Leaves the place to another stream. */
  leave(): void {
    this.#say({ kind: 'gone', id: this.#id });
    clearInterval(this.#beat);
    this.#channel?.close();
    this.#channel = undefined;
    this.#others.clear();
    this.#mayStayOpen = true;
  }

  #say(sign: Sign): void {
    this.#channel?.postMessage(sign);
  }

  #live(): void {
    const now = performance.now();
    // A page that slept hears the others again before it takes them for closed.
    const slept = now - this.#beatAt > SILENT;
    this.#beatAt = now;
    this.#say({ kind: 'here', id: this.#id, since: this.#since });
    if (slept) return;
    for (const [id, { heard }] of this.#others) if (now - heard > SILENT) this.#others.delete(id);
    this.#judge();
  }

  #hear(sign: Sign): void {
    if (sign.kind === 'here') this.#others.set(sign.id, { since: sign.since, heard: performance.now() });
    else if (sign.kind === 'gone') this.#others.delete(sign.id);
    else this.#say({ kind: 'here', id: this.#id, since: this.#since });
    this.#judge();
  }

  #judge(): void {
    let older = 0;
    for (const [id, { since }] of this.#others) {
      if (since < this.#since || (since === this.#since && id < this.#id)) older++;
    }
    const mayStayOpen = older < MOST_OPEN;
    if (mayStayOpen === this.#mayStayOpen) return;
    this.#mayStayOpen = mayStayOpen;
    this.#changed();
  }
}

/** The sign of a message; undefined for that of another program, or of another version, which has the same address. */
function signIn(message: unknown): Sign | undefined {
  const { kind, id, since } = fieldsOf(message);
  if (kind === 'ask') return { kind };
  if (typeof id !== 'string') return undefined;
  if (kind === 'gone') return { kind, id };
  return kind === 'here' && typeof since === 'number' ? { kind, id, since } : undefined;
}

/** True if the page came from `server` over HTTP/2 or 3, where one connection carries all streams. */
function isMultiplexed(server: string): boolean {
  if (server !== location.origin) return false;
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return /^h[23]/.test(navigation?.nextHopProtocol ?? '');
}
