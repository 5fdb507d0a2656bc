// Makes the requests to another server: with credentials, and with the notes that its responses bear.

import { dateOf, serverTime } from '../../../dap/client/follow/server-clock.ts';
import type { Fetch } from '../../../dap/client/http/connection.ts';
import { ResponseError } from '../../../dap/client/http/request.ts';
import { describe } from '../../../dap/client/read/describe.ts';
import { messageOf } from '../../../device/index.ts';
import { SourceAway } from '../layout-changed.ts';
import { relayName, relayPathIn } from '../relay-path.ts';
import { authorizationFrom } from './credentials.ts';
import { isPassing } from './passing.ts';
import { type RelayedLayout, relayedLayout } from './relayed-layout.ts';

export interface UpstreamOptions {
  /** The dataset that takes the rows over. */
  readonly dataset: string;
  /** The address of the dataset on the other server. */
  readonly address: string;
  readonly credentials?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch?: Fetch;
}

/** Seconds without a byte after which a description counts as missing. */
const SILENCE = 10;

/** The header of responses of ERDDAP, which sends no row before it has all of them. */
const ERDDAP = 'erddap-server';

export class Upstream {
  readonly address: string;
  readonly #options: UpstreamOptions;
  readonly #own: string;
  #path: readonly string[] = [];
  #sendsWhole = false;
  /** Seconds by which the clock of the server is ahead of ours. */
  #ahead = 0;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.address = options.address;
    this.#own = relayName(options.dataset);
  }

  /** The relays through which the rows come, this dataset first. */
  get relayPath(): readonly string[] {
    return [this.#own, ...this.#path.filter(name => name !== this.#own)];
  }

  /** What the clock of the server reads, in seconds since 1970; what ours reads if the server does not say. */
  get serverNow(): number {
    return Date.now() / 1000 + this.#ahead;
  }

  /** The clock of the server or ours, whichever is ahead. */
  get latestNow(): number {
    return Date.now() / 1000 + Math.max(0, this.#ahead);
  }

  /** Whether the server sends only whole responses, and so none without an end. */
  get sendsWhole(): boolean {
    return this.#sendsWhole;
  }

  /** Makes a request. Rejects with a clause where the credentials cannot be read. */
  readonly fetch: Fetch = async (address, init) => {
    const { credentials, environment, fetch: fetchIt = fetch } = this.#options;
    const authorization =
      credentials === undefined
        ? {}
        : { authorization: await authorizationFrom(credentials, new URL(address), environment) };
    const response = await fetchIt(address, { ...init, headers: { ...init.headers, ...authorization } });
    this.#path = relayPathIn(response.headers);
    this.#ahead = serverTime(dateOf(response.headers)) - Date.now() / 1000;
    this.#sendsWhole ||= response.headers.has(ERDDAP);
    return response;
  };

  /** What the server serves now. Rejects with a `SourceAway` while that is not known, or cannot be taken over. */
  async describe(signal: AbortSignal): Promise<RelayedLayout> {
    try {
      const options = { signal, fetch: this.fetch, silence: SILENCE };
      const { dataset, attributes, problem } = await describe(this.address, options);
      this.#refuseItself();
      // Without its attributes a time may be in any unit, and a number of any quantity.
      if (problem !== undefined && attributes.size === 0) throw new ResponseError(this.address, problem);
      return relayedLayout(dataset, attributes, problem);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      this.#refuseItself();
      const { relayPath } = this;
      if (error instanceof SourceAway) throw error;
      throw new SourceAway(this.reasonOf(error), { cause: error, relayPath });
    }
  }

  /** The reason why a request failed, with its address and with what to do about a refusal. */
  reasonOf(error: unknown): string {
    const message = messageOf(error);
    if (error instanceof SourceAway) return message;
    const named = message.includes(this.address) ? message : `${this.address}: ${message}`;
    const status =
      typeof error === 'object' && error !== null && ('status' in error ? error.status : undefined);
    const isRefused =
      status === 401 || /found 401\b/.test(message) || (error as { code?: unknown }).code === 401;
    if (!isRefused) return named;
    const { credentials } = this.#options;
    return credentials === undefined
      ? `${named}; name a file with the credentials for that server in source.credentials`
      : `${named}; the server does not accept the credentials of ${credentials}`;
  }

  /** Whether a failed request may succeed a moment later. */
  isPassing(error: unknown): boolean {
    if (!(error instanceof SourceAway)) return false;
    return isPassing(error.cause);
  }

  #refuseItself(): void {
    if (!this.#path.includes(this.#own)) return;
    const others = this.#path.filter(name => name !== this.#own).map(name => name.replace(/^.*\//, ''));
    const way = others.length === 0 ? '' : `, through ${others.join(', ')}`;
    throw new SourceAway(
      `${this.address} leads back to this dataset${way}: expected a dataset whose rows come from another place`,
      { relayPath: this.relayPath },
    );
  }
}
