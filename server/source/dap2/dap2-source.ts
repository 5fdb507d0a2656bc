// Takes over the rows of a dataset on another DAP2 server: it follows them, resumes after breaks, and says how far behind they are.

import { isDeepStrictEqual } from 'node:util';
import { type FollowState, follow } from '../../../dap/client/follow/follow.ts';
import type { FollowedRows } from '../../../dap/client/follow/followed-rows.ts';
import { pathOfTime } from '../../../dap/client/follow/resume-time.ts';
import type { Fetch } from '../../../dap/client/http/connection.ts';
import { pause } from '../../../dap/client/http/reconnect.ts';
import { onAbort } from '../../../dap/decode/on-abort.ts';
import { secondsOfDuration } from '../../../dap/model/duration.ts';
import { attributeText, type Batch, type Constraint, timeClause } from '../../../dap/protocol.ts';
import { LayoutChanged } from '../layout-changed.ts';
import type {
  PushedDelivery,
  RelayStatus,
  RowBatches,
  SequenceLayout,
  SharedSource,
  SourceEvent,
  SourceWords,
} from '../row-source.ts';
import { columnOf, lastTakenAt, readingOf } from './place.ts';
import { RelayState } from './relay-state.ts';
import { type RelayedLayout, resumeTimeOf } from './relayed-layout.ts';
import { RowTaker } from './row-taker.ts';
import type { Upstream } from './upstream.ts';

/** Seconds. */
export interface Pace {
  /** Between two requests to a server that sends only whole responses. */
  readonly poll: number;
  /** Within which the head of a response without an end comes, unless the server sends only whole responses. */
  readonly head: number;
  /** Between two looks at the layout while requests are made. */
  readonly look: number;
  /** The first and the longest pause after an error that lasts. */
  readonly first: number;
  readonly longest: number;
}

const PACE: Pace = { poll: 30, head: 20, look: 60, first: 1, longest: 30 };

export interface Dap2SourceOptions {
  readonly upstream: Upstream;
  /** Seconds of the past with which the rows begin while none is stored. */
  readonly past: number;
  readonly onEvent?: (event: SourceEvent) => void;
  /** Called when the words of the other server have changed. */
  readonly onWords?: () => void;
  readonly pace?: Partial<Pace>;
}

/** The layout and the words of a dataset whose server has not been asked yet. */
export interface KnownLayout {
  readonly layout: SequenceLayout;
  readonly words: SourceWords;
}

const AHEAD =
  'expected rows of the present, found rows that are hours ahead of its clock, as a dataset with the interval 0 makes them; give that dataset an interval';

/** The server sends nothing of a response without an end: from now on it is asked for windows. */
class NoHead extends Error {}

export class Dap2Source implements SharedSource {
  readonly layout: SequenceLayout;
  readonly delivery: PushedDelivery;
  readonly isClocked = false;
  readonly earliest = Number.NEGATIVE_INFINITY;
  readonly #options: Dap2SourceOptions;
  readonly #upstream: Upstream;
  readonly #pace: Pace;
  readonly #state: RelayState;
  readonly #closing = new AbortController();
  #words: SourceWords;
  /** The last description of the server; undefined before the first one. */
  #relayed: RelayedLayout | undefined;
  #taker: RowTaker | undefined;
  #isWindowed = false;

  /** @param known the description of the server, or what the stored rows say of it */
  constructor(known: RelayedLayout | KnownLayout, options: Dap2SourceOptions) {
    this.layout = known.layout;
    this.#words = known.words;
    const stated = attributeText(known.words.attributes, 'time_coverage_resolution');
    const interval = secondsOfDuration(stated);
    this.delivery = { kind: 'pushed', ...(interval === undefined ? {} : { interval }) };
    this.#relayed = 'time' in known ? known : undefined;
    this.#options = options;
    this.#upstream = options.upstream;
    this.#pace = { ...PACE, ...options.pace };
    this.#state = new RelayState(options.upstream.address, event => options.onEvent?.(event));
  }

  get words(): SourceWords {
    return this.#words;
  }

  get relayPath(): readonly string[] {
    return this.#upstream.relayPath;
  }

  get status(): RelayStatus {
    const { untaken = { earlier: 0, timeless: 0 }, isBehind = false } = this.#taker ?? {};
    return { ...this.#state.status, untaken, isBehind, leftOut: this.#relayed?.leftOut ?? [] };
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  async *rows(signal: AbortSignal, { after }: { readonly after?: number } = {}): RowBatches {
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    if (after !== undefined) this.#state.lastRow(after);
    let isDescribed = this.#relayed !== undefined;
    for (let attempt = 0; !ended.aborted; attempt += 1) {
      try {
        if (!isDescribed) this.#check(await this.#upstream.describe(ended));
        isDescribed = false;
        const relayed = this.#relayed!;
        this.#taker ??= await this.#takerAfter(after, relayed, ended);
        for await (const batch of this.#follow(relayed, this.#taker, ended)) {
          attempt = 0;
          yield batch;
        }
        this.#state.away(`${this.#upstream.address}: the server has ended the Sequence`);
      } catch (error) {
        if (ended.aborted) return;
        if (error instanceof LayoutChanged) throw error;
        if (error instanceof NoHead) {
          this.#isWindowed = true;
          continue;
        }
        this.#state.away(this.#upstream.reasonOf(error));
        // A server that was frozen, or a proxy, may send heads at once when it is back.
        this.#isWindowed = false;
      }
      const { first, longest } = this.#pace;
      const most = Math.min(longest, first * 2 ** Math.min(attempt, 16));
      await pause(most * (0.5 + Math.random() / 2), ended).catch(() => undefined);
    }
  }

  async #takerAfter(
    after: number | undefined,
    relayed: RelayedLayout,
    ended: AbortSignal,
  ): Promise<RowTaker> {
    const last = after === undefined ? undefined : await lastTakenAt(this.#upstream, relayed, after, ended);
    return new RowTaker(relayed, last, () => this.#upstream.latestNow);
  }

  /** Takes over a new description. @throws `LayoutChanged` if its rows do not fit into the layout, or mean something else */
  #check(found: RelayedLayout): void {
    const before = this.#relayed;
    const { layout } = this;
    const isSame =
      layout.name === found.layout.name &&
      layout.columns.length === found.layout.columns.length &&
      layout.columns.every(({ name, type, attributes }, index) => {
        const column = found.layout.columns[index]!;
        const isNamed = name === column.name && type === column.type;
        return isNamed && (!found.hasAttributes || isDeepStrictEqual(attributes, column.attributes));
      }) &&
      (before === undefined ||
        (before.time.name === found.time.name &&
          isDeepStrictEqual(before.time.units, found.time.units) &&
          (!found.hasAttributes || isDeepStrictEqual(before.signs, found.signs))));
    if (!isSame) throw new LayoutChanged(found.layout);
    this.#relayed = found;
    if (!found.hasAttributes || isDeepStrictEqual(found.words, this.#words)) return;
    this.#words = found.words;
    this.#options.onWords?.();
  }

  /** The rows of one stream, which resumes by itself after breaks. */
  async *#follow(relayed: RelayedLayout, taker: RowTaker, ended: AbortSignal): RowBatches {
    const stop = new AbortController();
    const forget = onAbort(ended, reason => stop.abort(reason));
    const isWindowed = this.#isWindowed || this.#upstream.sendsWhole;
    const { last } = taker;
    const isResumed = last.time > Number.NEGATIVE_INFINITY;
    const rows = follow(this.#upstream.address, {
      constraint: this.#constraint(relayed, { isResumed, isWindowed }),
      ...(isResumed ? { after: { time: last.time, count: last.count } } : {}),
      ...this.#requests(stop, taker, isWindowed),
      signal: stop.signal,
      ...(isWindowed ? { poll: this.#pace.poll } : {}),
    });
    try {
      for await (const batch of rows) {
        const taken = taker.take(inOrder(batch, relayed));
        if (taken !== undefined) {
          this.#state.lastRow(taker.last.stored, true);
          yield taken;
        }
        if (taker.isAhead) throw new Error(AHEAD);
      }
    } finally {
      forget();
    }
  }

  /** How the requests of a stream are made, and what is done when its state changes. */
  #requests(stop: AbortController, taker: RowTaker, isWindowed: boolean) {
    let lookedAt = performance.now();
    const fetch: Fetch = async (address, init) => {
      if (!/\.dods(?:\?|$)/.test(address)) return this.#upstream.fetch(address, init);
      if (performance.now() - lookedAt > this.#pace.look * 1000 && (await this.#look(stop)))
        lookedAt = performance.now();
      if (isWindowed) return this.#upstream.fetch(address, init);
      const timer = setTimeout(() => stop.abort(new NoHead()), this.#pace.head * 1000);
      return this.#upstream.fetch(address, init).finally(() => clearTimeout(timer));
    };
    const onState = (state: FollowState) => {
      // The server may come back with other columns.
      if (state.state === 'reconnecting') lookedAt = Number.NEGATIVE_INFINITY;
      if (state.state === 'seam') taker.startOver();
      this.#state.follows(state, reason => this.#upstream.reasonOf(new Error(reason)));
    };
    return { fetch, onState };
  }

  /** Looks whether the layout is still the same, and stops the stream if it is not. False if the server does not say. */
  async #look(stop: AbortController): Promise<boolean> {
    try {
      this.#check(await this.#upstream.describe(stop.signal));
      return true;
    } catch (error) {
      if (this.#upstream.isPassing(error)) return false;
      stop.abort(error);
      throw error;
    }
  }

  #constraint(
    relayed: RelayedLayout,
    { isResumed, isWindowed }: { readonly isResumed: boolean; readonly isWindowed: boolean },
  ): Constraint {
    const { past } = this.#options;
    const isBounded = !isResumed && (past > 0 || isWindowed);
    const low = readingOf(relayed, this.#upstream.serverNow - past);
    const time = pathOfTime(resumeTimeOf(relayed));
    return {
      projections: relayed.isWhole ? [] : relayed.columns.map(name => columnOf(relayed, name)),
      selections: isBounded ? [timeClause(time, '>=', low)] : [],
    };
  }
}

/** The columns of the layout, in its order: servers keep their own order whatever a request asks for. */
function inOrder({ sequence, length, columns }: FollowedRows, relayed: RelayedLayout): Batch {
  const indices = new Map(sequence.fields.map(({ name }, index) => [name, index]));
  return { length, columns: relayed.columns.map(name => columns[indices.get(name)!]!) };
}
