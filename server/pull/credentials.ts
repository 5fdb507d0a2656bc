// Adds credentials to requests: of the environment, of .netrc, or typed; no command line, which every user of a machine can read.

import type { Fetch } from '../../dap/client/http/connection.ts';
import { type Login, loginInNetrc } from '../machine/netrc.ts';

export interface CredentialSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks a person for the login of a server; undefined as its result if the person gives up. Absent without a terminal. */
  readonly ask?: ((server: string, isAgain: boolean) => Promise<Login | undefined>) | undefined;
  readonly fetch?: Fetch;
}

/** Logins that a person may type before the refusal counts. */
const MOST_QUESTIONS = 3;

/** Headers of a request, which hold `authorization` where the address has a user and a password. */
type Headers = Readonly<Record<string, string>>;

/**
 * A `fetch` with the token `$DAPBERRY_TOKEN`, or with `$DAPBERRY_USER` and `$DAPBERRY_PASSWORD`. Without these, a server that refuses a
 * request gets the login of .netrc, and then one that a person types. Credentials in an address come first.
 * @throws a sentence for a person where those of the environment do not fit together
 */
export function fetchWithCredentials(sources: CredentialSources): Fetch {
  const { environment, fetch: fetchIt = fetch } = sources;
  const given = authorizationIn(environment);
  if (given !== undefined)
    return (address, init) =>
      fetchIt(address, { ...init, headers: { authorization: given, ...init.headers } });
  const logins = new Logins(sources);
  return async (address, init) => {
    const { origin } = new URL(address);
    const hasOwn = 'authorization' in init.headers;
    for (let tried = hasOwn ? undefined : logins.known(origin); ; ) {
      const headers: Headers = tried === undefined ? init.headers : { authorization: tried, ...init.headers };
      const response = await fetchIt(address, { ...init, headers: { ...headers } });
      // A login is for this server, and not for one that it redirects to.
      const isElsewhere = response.url !== '' && new URL(response.url).origin !== origin;
      if (response.status !== 401 || hasOwn || isElsewhere) return response;
      const next = await logins.next(origin, tried);
      if (next === undefined) return response;
      await response.body?.cancel();
      tried = next;
    }
  };
}

/** The logins of servers by their origin, each found out once although many requests need it. */
class Logins {
  readonly #sources: CredentialSources;
  readonly #known = new Map<string, string>();
  readonly #asked = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<string | undefined>>();

  constructor(sources: CredentialSources) {
    this.#sources = sources;
  }

  known(origin: string): string | undefined {
    return this.#known.get(origin);
  }

  /** The header to try after the server refused `tried`. */
  next(origin: string, tried: string | undefined): Promise<string | undefined> {
    const known = this.#known.get(origin);
    if (known !== undefined && known !== tried) return Promise.resolve(known);
    const waiting = this.#underWay.get(origin);
    if (waiting !== undefined) return waiting;
    const found = this.#find(origin, tried).finally(() => this.#underWay.delete(origin));
    this.#underWay.set(origin, found);
    return found;
  }

  async #find(origin: string, tried: string | undefined): Promise<string | undefined> {
    const { environment, ask } = this.#sources;
    const { hostname } = new URL(origin);
    const stored = tried === undefined ? await loginInNetrc(hostname, environment) : undefined;
    const asked = this.#asked.get(origin) ?? 0;
    if (stored === undefined) this.#asked.set(origin, asked + 1);
    const mayAsk = asked < MOST_QUESTIONS ? ask : undefined;
    const login = stored ?? (await mayAsk?.(origin, tried !== undefined));
    if (login === undefined) return undefined;
    const header = basic(login);
    this.#known.set(origin, header);
    return header;
  }
}

function basic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function authorizationIn(environment: CredentialSources['environment']): string | undefined {
  const {
    DAPBERRY_TOKEN: token = '',
    DAPBERRY_USER: user = '',
    DAPBERRY_PASSWORD: password = '',
  } = environment;
  if (token !== '' && (user !== '' || password !== ''))
    throw new Error('expected either $DAPBERRY_TOKEN or $DAPBERRY_USER and $DAPBERRY_PASSWORD, found both');
  if ((user === '') !== (password === '')) {
    const [found, missing] = user === '' ? ['PASSWORD', 'USER'] : ['USER', 'PASSWORD'];
    throw new Error(`expected $DAPBERRY_${missing} beside $DAPBERRY_${found}, found none`);
  }
  if (user.includes(':')) throw new Error('expected a user without a colon in $DAPBERRY_USER, found one');
  if (!/^[\x21-\x7e]*$/.test(token))
    throw new Error('expected a token of ASCII characters without spaces in $DAPBERRY_TOKEN, found others');
  if (token !== '') return `Bearer ${token}`;
  return user === '' ? undefined : basic({ user, password });
}
