// Talks to the Avahi daemon over the system's D-Bus: announces one service until the connection is closed.

import type { Announcement } from './announcement.ts';

const AVAHI = 'org.freedesktop.Avahi';
const SERVER = `${AVAHI}.Server`;
const GROUP = `${AVAHI}.EntryGroup`;
const BUS = 'org.freedesktop.DBus';

/** Any interface, IPv4 and IPv6 (avahi-common/address.h). */
const ANY = -1;

/** States of an entry group (avahi-common/defs.h). */
const ESTABLISHED = 2;
const COLLISION = 3;
const FAILURE = 4;

/** Time limit for an answer of the bus, in milliseconds. */
const ANSWER_MS = 15_000;

/** The part of the library that is used; it declares less. */
interface Dbus {
  createClient(options: { readonly socket: string }): DbusClient;
}

interface DbusClient {
  readonly connection: {
    on(event: 'error' | 'end', listener: (error?: Error) => void): void;
    end(): void;
    readonly stream: { destroy(): void; unref(): void };
  };
  readonly signals: { on(signal: string, listener: (body: readonly unknown[]) => void): void };
  mangle(path: string, iface: string, member: string): string;
  invoke(message: object, done: (error: DbusError | null, ...values: unknown[]) => void): void;
}

interface DbusError {
  readonly name: string;
  readonly message: string;
}

export type AvahiEvent =
  | { readonly kind: 'announced' }
  /** Another machine has the name. */
  | { readonly kind: 'collision' }
  | { readonly kind: 'lost'; readonly reason: string };

/** Rejects if there is no bus. `onEvent` is called until the connection is closed; the last event is `lost` or `collision`. */
export class Avahi {
  readonly #client: DbusClient;
  readonly #lost: Promise<never>;
  readonly #onEvent: (event: AvahiEvent) => void;
  #isOver = false;

  private constructor(client: DbusClient, onEvent: (event: AvahiEvent) => void) {
    this.#client = client;
    this.#onEvent = onEvent;
    const { connection } = this.#client;
    this.#lost = new Promise((_, reject) => {
      connection.on('error', error => reject(new Error(error?.message ?? 'the bus refuses the connection')));
      connection.on('end', () => reject(new Error('the bus has closed the connection')));
    });
    this.#lost.catch((error: Error) => this.#end({ kind: 'lost', reason: error.message }));
    connection.stream.unref();
  }

  /** Loads the library, which few machines need. */
  static async open(socket: string, onEvent: (event: AvahiEvent) => void): Promise<Avahi> {
    const { default: dbus } = (await import('@homebridge/dbus-native')) as unknown as { default: Dbus };
    return new Avahi(dbus.createClient({ socket }), onEvent);
  }

  /** Whether the daemon runs. Announces the daemon's end as `lost`. Does not start it. */
  async isThere(): Promise<boolean> {
    const changed = this.#client.mangle('/org/freedesktop/DBus', BUS, 'NameOwnerChanged');
    this.#client.signals.on(changed, ([name]) => {
      if (name === AVAHI) this.#end({ kind: 'lost', reason: 'Avahi has been started or stopped' });
    });
    const rule = `type='signal',sender='${BUS}',interface='${BUS}',member='NameOwnerChanged',arg0='${AVAHI}'`;
    await this.#call(BUS, '/org/freedesktop/DBus', BUS, 'AddMatch', 's', rule);
    return (await this.#call(BUS, '/org/freedesktop/DBus', BUS, 'NameHasOwner', 's', AVAHI)) === true;
  }

  /** Resolves when the daemon has accepted the service; then come the events. */
  async announce({ name, type, port, texts }: Announcement): Promise<void> {
    const group = String(await this.#call(AVAHI, '/', SERVER, 'EntryGroupNew'));
    const changed = this.#client.mangle(group, GROUP, 'StateChanged');
    this.#client.signals.on(changed, ([state, error]) => this.#takeState(state, error));
    const rule = `type='signal',sender='${AVAHI}',interface='${GROUP}',path='${group}'`;
    await this.#call(BUS, '/org/freedesktop/DBus', BUS, 'AddMatch', 's', rule);
    const bytes = texts.map(text => Buffer.from(text));
    const service = [ANY, ANY, 0, name, type, '', '', port, bytes];
    try {
      await this.#call(AVAHI, group, GROUP, 'AddService', 'iiussssqaay', ...service);
    } catch (error) {
      // Another service of this machine has the name.
      if (!/collision/i.test(String(error))) throw error;
      return this.#end({ kind: 'collision' });
    }
    await this.#call(AVAHI, group, GROUP, 'Commit');
    this.#takeState(await this.#call(AVAHI, group, GROUP, 'GetState'), undefined);
  }

  /** Such as `dapberry on pi #2`. */
  async otherName(name: string): Promise<string> {
    return String(await this.#call(AVAHI, '/', SERVER, 'GetAlternativeServiceName', 's', name));
  }

  /** Takes the service back: Avahi does that when its client has gone. */
  close(): void {
    this.#isOver = true;
    this.#client.connection.stream.destroy();
  }

  #takeState(state: unknown, error: unknown): void {
    if (state === ESTABLISHED && !this.#isOver) this.#onEvent({ kind: 'announced' });
    else if (state === COLLISION) this.#end({ kind: 'collision' });
    else if (state === FAILURE)
      this.#end({ kind: 'lost', reason: `Avahi failed: ${String(error ?? 'unknown')}` });
  }

  #end(event: AvahiEvent): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEvent(event);
  }

  #call(
    destination: string,
    path: string,
    iface: string,
    member: string,
    signature?: string,
    ...body: readonly unknown[]
  ): Promise<unknown> {
    const message = { destination, path, interface: iface, member, ...(signature && { signature, body }) };
    const answer = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${member}`)), ANSWER_MS).unref();
      this.#client.invoke(message, (error, value) => {
        clearTimeout(timer);
        if (error === null) resolve(value);
        else reject(new Error(`${member}: ${error.name}: ${error.message}`));
      });
    });
    return Promise.race([answer, this.#lost]);
  }
}
