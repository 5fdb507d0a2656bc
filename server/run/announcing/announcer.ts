// Keeps the server announced in the network where Avahi runs: with each configuration anew, and again after Avahi was restarted.

import { access } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../../device/index.ts';
import type { AnnouncementStatus } from '../../http/server-state.ts';
import type { Logger } from '../logging/logger.ts';
import type { Announcement } from './announcement.ts';
import type { Avahi, AvahiEvent } from './avahi.ts';

/** The system's bus (D-Bus specification, Well-known message bus instances). */
const SOCKET = '/run/dbus/system_bus_socket';

/** The first and the longest pause in milliseconds after an announcement has failed, or while there is no bus. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

/** Names that are tried one after the other where others have them. */
const MOST_NAMES = 20;

type Open = (listener: (event: AvahiEvent) => void) => Promise<Avahi>;

export interface AnnouncerOptions {
  /** What to announce now, or why nothing. */
  readonly wanted: () => Announcement | { readonly reason: string };
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly firstPause?: number;
}

export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #socket: string;
  #wanted: Announcement | { readonly reason: string } = { reason: 'the server is starting' };
  #status: AnnouncementStatus = { state: 'off', reason: 'the server is starting' };
  #avahi: Avahi | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pause: number;
  #isClosed = false;
  #isTroubled = false;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#pause = options.firstPause ?? FIRST_PAUSE;
    const { DBUS_SYSTEM_BUS_ADDRESS: address = '' } = options.environment;
    this.#socket = /^unix:path=([^,;]+)/.exec(address)?.[1] ?? SOCKET;
  }

  get status(): AnnouncementStatus {
    return this.#status;
  }

  /** Announces what is wanted now, in place of what was; nothing if that is the same. */
  update(): void {
    const wanted = this.#options.wanted();
    if (this.#isClosed || isDeepStrictEqual(wanted, this.#wanted)) return;
    this.#wanted = wanted;
    this.#begin(0);
  }

  /** Takes the announcement back. */
  close(): void {
    this.#isClosed = true;
    this.#leave();
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#avahi?.close();
    this.#avahi = undefined;
  }

  #begin(afterMs: number): void {
    this.#leave();
    const wanted = this.#wanted;
    if ('reason' in wanted) this.#status = { state: 'off', reason: wanted.reason };
    else if (!this.#isClosed) this.#timer = setTimeout(() => void this.#attempt(wanted), afterMs).unref();
  }

  async #attempt(wanted: Announcement): Promise<void> {
    try {
      // Looked for first, so that a machine without a bus loads no library for it.
      await access(this.#socket).catch(() => {
        throw new NoAvahi('this machine has no D-Bus');
      });
      const { Avahi } = await import('./avahi.ts');
      await this.#announce(wanted, listener => Avahi.open(this.#socket, listener));
    } catch (error) {
      if (this.#wanted === wanted && !this.#isClosed) this.#fail(error);
    }
  }

  /** Tries other names as long as others have them. */
  async #announce(wanted: Announcement, open: Open): Promise<void> {
    let { name } = wanted;
    for (let tried = 0; tried < MOST_NAMES; tried += 1) {
      this.#avahi?.close();
      let settle: (event: AvahiEvent) => void = () => {};
      const first = new Promise<AvahiEvent>(resolve => {
        settle = resolve;
      });
      let isAnnounced = false;
      const avahi: Avahi = await open(event => {
        settle(event);
        // Later, the name may be lost to a machine that joins the network.
        if (isAnnounced && this.#avahi === avahi && event.kind !== 'announced')
          this.#fail(new Error(event.kind === 'lost' ? event.reason : 'another machine has taken the name'));
      });
      // Another configuration may have come meanwhile.
      if (this.#wanted !== wanted || this.#isClosed) return avahi.close();
      this.#avahi = avahi;
      if (!(await avahi.isThere())) {
        this.#wait(avahi, first, wanted);
        return;
      }
      await avahi.announce({ ...wanted, name });
      const event = await first;
      if (this.#avahi !== avahi) return;
      if (event.kind === 'lost') throw new Error(event.reason);
      if (event.kind === 'announced') {
        isAnnounced = true;
        this.#succeed(name, wanted);
        return;
      }
      name = await this.#otherName(open, name);
    }
    throw new Error(`expected a free name, found ${MOST_NAMES} that others have`);
  }

  async #otherName(open: Open, name: string): Promise<string> {
    const avahi = await open(() => {});
    try {
      return await avahi.otherName(name);
    } finally {
      avahi.close();
    }
  }

  /** Avahi does not run: its start ends the connection's wait. */
  #wait(avahi: Avahi, first: Promise<AvahiEvent>, wanted: Announcement): void {
    this.#status = { state: 'absent', reason: 'Avahi does not run on this machine' };
    void first.then(() => {
      if (this.#avahi === avahi && this.#wanted === wanted)
        this.#begin(this.#options.firstPause ?? FIRST_PAUSE);
    });
  }

  #succeed(name: string, { type, port }: Announcement): void {
    this.#pause = this.#options.firstPause ?? FIRST_PAUSE;
    this.#isTroubled = false;
    this.#status = { state: 'announced', name, type, port };
    this.#options.logger.info({ name, type, port }, `announced in the network as "${name}"`);
  }

  #fail(error: unknown): void {
    const reason = messageOf(error);
    this.#status = { state: error instanceof NoAvahi ? 'absent' : 'failed', reason };
    if (!(error instanceof NoAvahi) && !this.#isTroubled) {
      this.#isTroubled = true;
      this.#options.logger.warn(`the server is not announced in the network: ${reason}; it is tried again`);
    }
    this.#begin(this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }
}

/** Nothing is wrong: the machine has no such service. */
class NoAvahi extends Error {}
