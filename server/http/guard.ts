// Decides for each request whether its client may read what it asks for: the one place that does, before every route.

import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { credentialsOf } from '../access/credentials.ts';
import type { AccessRules, OpenAddress } from '../access/rules.ts';
import { Verifier } from '../access/verifier.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { WaitingDataset } from '../dataset/waiting.ts';
import { clientNetwork } from '../network/ip-address.ts';
import { RequestError } from '../request-error.ts';
import { clientOf } from './responses/dap-request.ts';
import type { ServerState } from './server-state.ts';

/**
 * What a route gives: everyone's files, a list of those datasets that the client may read, or one dataset by its name in the route's
 * parameters, empty for the first.
 */
export type RouteAccess =
  | 'files'
  | 'list'
  | OpenAddress
  | 'users'
  | { readonly dataset: (params: Readonly<Record<string, string>>) => string };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Whether the client has given the right password of a user. */
    isOfUser: boolean;
    /** Whether the client may connect at all, by its address and the name that it asks for. */
    isAdmitted: boolean;
  }
  interface FastifyInstance {
    /** Every route with what it gives, in their order. */
    readonly guarded: readonly GuardedRoute[];
    readonly logins: Verifier['counts'];
  }
}

export interface GuardedRoute {
  readonly method: string;
  readonly url: string;
  readonly access: RouteAccess;
}

/** The name of no dataset, for routes without a first dataset. */
export const NO_NAME = '/';

const CHALLENGE = 'Basic realm="dapberry", charset="UTF-8"';
const TOKEN_CHALLENGE = 'Bearer realm="dapberry", error="invalid_token"';

/** How often responses that have begun are checked against changed rules, in milliseconds. */
const RECHECK_MS = 1000;

/** Call it before the routes are added, and after the hooks whose answers everyone may read. */
export function guard(app: FastifyInstance, state: ServerState): void {
  const verifier = new Verifier();
  const guarded: GuardedRoute[] = [];
  app.decorate('guarded', guarded);
  app.decorate('logins', verifier.counts);
  app.decorateRequest('isOfUser', false);
  app.decorateRequest('isAdmitted', false);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', route => void routes.push(route));
  app.addHook('onReady', async () => {
    for (const { method, url, config } of routes) {
      const access = config?.access;
      // A new route without a decision must not answer everyone.
      if (access === undefined) throw new Error(`the route ${method} ${url} does not say who may read it`);
      guarded.push({ method: String(method), url, access });
    }
  });
  const open = new OpenResponses(() => state.access);
  app.addHook('onClose', async () => open.close());
  app.addHook('onRequest', async (request, reply) => {
    request.isAdmitted = true;
    // A verification takes long enough for a reload to change the users meanwhile.
    for (let rules: AccessRules | undefined; rules !== state.access; ) {
      rules = state.access;
      request.isOfUser = rules !== undefined && (await isOfUser(request, rules, verifier));
    }
    const mayAnyone = anyoneCheck(request, state);
    if (!request.isOfUser && !mayAnyone()) throw unauthorized('none');
    open.add(reply, request.isOfUser ? userCheck(request, state, mayAnyone) : mayAnyone);
  });
}

/** The datasets that the client of a request may read, all of them at an address that is open to everyone. */
export function readableBy(
  request: FastifyRequest,
  { access, datasets }: ServerState,
  address?: OpenAddress,
): readonly Dataset[] {
  const isOpen = address !== undefined && access?.public.includes(address) === true;
  return access === undefined || request.isOfUser || isOpen ? datasets : datasets.filter(isPublic);
}

/** The datasets that wait to be opened and that the client may read once they are open. */
export function waitingFor(
  request: FastifyRequest,
  { access, waiting = [] }: ServerState,
  address?: OpenAddress,
): readonly WaitingDataset[] {
  const isOpen = address !== undefined && access?.public.includes(address) === true;
  return access === undefined || request.isOfUser || isOpen ? waiting : waiting.filter(isPublic);
}

/** Whether the client could read more with a password. */
export function needsSignIn({ isOfUser }: FastifyRequest, { access }: ServerState): boolean {
  return access !== undefined && !isOfUser;
}

/** @throws RequestError for wrong credentials, also where none are needed: the client would silently get less */
async function isOfUser(
  request: FastifyRequest,
  { users }: AccessRules,
  verifier: Verifier,
): Promise<boolean> {
  const credentials = credentialsOf(request.raw);
  if (credentials === undefined) return false;
  if (credentials === 'unreadable') throw unauthorized('unreadable ones');
  const verdict = await verifier.verify(users, credentials, clientNetwork(clientOf(request)));
  if (verdict === 'busy') {
    throw new RequestError(429, 'too many passwords wait to be verified; try again later', {
      'Retry-After': '5',
    });
  }
  if (verdict === 'wrong') throw unauthorized('wrong ones', credentials.scheme === 'Bearer');
  return true;
}

function unauthorized(found: string, byToken = false): RequestError {
  return new RequestError(401, `expected a user name and a password of this server, found ${found}`, {
    'WWW-Authenticate': byToken ? TOKEN_CHALLENGE : CHALLENGE,
  });
}

/** Whether anyone may read the answer, now or after a change of the rules. A stream keeps this as long as it lasts, and so not the request. */
function anyoneCheck({ is404, routeOptions, params }: FastifyRequest, state: ServerState): () => boolean {
  const rule = is404 ? 'users' : (routeOptions.config.access ?? 'users');
  return () => mayAnyoneRead(rule, params as Readonly<Record<string, string>>, state);
}

function mayAnyoneRead(
  rule: RouteAccess,
  params: Readonly<Record<string, string>>,
  state: ServerState,
): boolean {
  const { access } = state;
  if (access === undefined) return true;
  const datasets = [...state.datasets, ...(state.waiting ?? [])];
  if (typeof rule === 'object') {
    const name = rule.dataset(params);
    const dataset = waitingOf(name, state) ?? datasetOf(name, state.datasets);
    return dataset !== undefined && isPublic(dataset);
  }
  if (rule === 'health' || rule === 'metrics') return access.public.includes(rule) || datasets.some(isPublic);
  return rule !== 'users' && datasets.some(isPublic);
}

/** Whether only users may read a dataset. */
export function isForUsers(dataset: Dataset, { access }: Pick<ServerState, 'access'>): boolean {
  return access !== undefined && !isPublic(dataset);
}

/** The dataset of a name in an address, where an empty name stands for the first. */
export function datasetOf(name: string, datasets: readonly Dataset[]): Dataset | undefined {
  return name === '' ? datasets[0] : datasets.find(({ info }) => info.name === name);
}

/** The dataset of a name in an address if it waits to be opened, where an empty name stands for the first of the configuration. */
export function waitingOf(name: string, { waiting = [] }: Pick<ServerState, 'waiting'>) {
  return waiting.find(({ info, isFirst }) => (name === '' ? isFirst : info.name === name));
}

function isPublic({ info }: Pick<Dataset, 'info'>): boolean {
  return info.isPublic === true;
}

/** Whether a response to a user that has begun is still allowed after a change of the rules. */
function userCheck(request: FastifyRequest, state: ServerState, mayAnyone: () => boolean): () => boolean {
  const credentials = credentialsOf(request.raw);
  const name = typeof credentials === 'object' ? credentials.name : '';
  const written = state.access?.users.get(name)?.written;
  return () => {
    const { access } = state;
    return access === undefined || access.users.get(name)?.written === written || mayAnyone();
  };
}

/** The responses that are being sent, most of them streams, which end when a reload takes the right to read them away. */
class OpenResponses {
  readonly #rules: () => AccessRules | undefined;
  readonly #checks = new Map<FastifyReply['raw'], () => boolean>();
  readonly #timer: ReturnType<typeof setInterval>;
  #seen: AccessRules | undefined;

  constructor(rules: () => AccessRules | undefined) {
    this.#rules = rules;
    this.#seen = rules();
    this.#timer = setInterval(() => this.#recheck(), RECHECK_MS).unref();
  }

  add({ raw }: FastifyReply, isAllowed: () => boolean): void {
    this.#checks.set(raw, isAllowed);
    raw.on('close', () => this.#checks.delete(raw));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Every reload that succeeds makes new rules. */
  #recheck(): void {
    const rules = this.#rules();
    if (rules === this.#seen) return;
    this.#seen = rules;
    for (const [response, isAllowed] of this.#checks) if (!isAllowed()) response.req.socket.destroy();
  }
}
