// Builds the HTTP server: Fastify with CORS, security headers, the DAP routes, the catalogue, health, metrics and the page.

import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { RELAY_PATH, STORED_UNTIL } from '../../dap/protocol.ts';
import { DEFAULT_HTTP_LIMITS } from '../config/http-limits.ts';
import {
  type ConnectionLimits,
  DEFAULT_UNANSWERED_REQUESTS,
  knownLimits,
} from '../connections/connection-limits.ts';
import type { ConnectionEnd } from '../connections/connections-options.ts';
import { createHttpServer, type Refuse } from '../connections/http-server.ts';
import { OpenConnections } from '../connections/open-connections.ts';
import { checkFormats, ROW_FORMATS } from '../formats/list.ts';
import type { RowFormat } from '../formats/row-format.ts';
import { AddressList, DEFAULT_PROXIES } from '../network/address-list.ts';
import type { RequestError } from '../request-error.ts';
import { OpenStreams } from '../stream/open-streams.ts';
import { DEFAULT_LIMITS, type StreamLimits } from '../stream/stream-limits.ts';
import type { LiveCertificate } from '../tls/live-certificate.ts';
import { PROGRAM_HEADERS } from '../version.ts';
import { AllowedClients, checkClients } from './allowed-clients.ts';
import { checkHosts } from './allowed-hosts.ts';
import { answerErrors } from './errors.ts';
import { allowFrames, frameAncestors } from './frames.ts';
import { guard } from './guard.ts';
import { stopListening } from './listening.ts';
import {
  answerRefusals,
  checkMethods,
  refuseMalformed,
  refuseOn,
  refuseRequest,
  refuseUnreadable,
} from './refusals.ts';
import { DOCUMENTS } from './responses/documents.ts';
import { arrayRoutes } from './routes/arrays.ts';
import { attachedRoute } from './routes/attached.ts';
import { catalogRoute } from './routes/catalog.ts';
import { dapRoutes } from './routes/dap.ts';
import { docsRoutes } from './routes/docs.ts';
import { healthRoute } from './routes/health.ts';
import { latestRoutes } from './routes/latest.ts';
import { metricsRoute } from './routes/metrics.ts';
import { pageRoutes } from './routes/page.ts';
import { signInRoute } from './routes/sign-in.ts';
import type { RouteContext, ServerState } from './server-state.ts';

export interface AppOptions {
  readonly state: ServerState;
  /** The formats for rows; `ROW_FORMATS` by default. */
  readonly rowFormats?: readonly RowFormat[];
  /** The folder of the built page; without it `/` lists the datasets. */
  readonly webRoot?: string;
  /** The server speaks https while its state has a certificate. */
  readonly certificate?: Pick<LiveCertificate, 'use'> | undefined;
  /** Files that the process may open; connections leave some of them to others. */
  readonly maxOpenFiles?: number | undefined;
  /** For warnings and errors; silent by default. */
  readonly logger?: FastifyBaseLogger;
  /** Receives an error of the server's own, and what was broken off by it. */
  readonly onError?: (what: string, error: unknown) => void;
  /** Receives the address of each client whose stream or connection the server ended or refused. */
  readonly onUnwanted?: (end: UnwantedEnd, address: string) => void;
}

export type UnwantedEnd = 'stream-stuck' | 'stream-displaced' | `connection-${ConnectionEnd}`;

declare module 'fastify' {
  interface FastifyInstance {
    /** The open streams of all datasets. */
    readonly streams: OpenStreams;
    readonly connections: OpenConnections;
    readonly proxies: AddressList;
    /** Begins the end of the server: accepts no more connections, and waits a moment for the answers to those that are open. */
    stopAccepting(): Promise<void>;
  }
}

/** How long a connection without a request stays open, in milliseconds. */
const KEEP_ALIVE = 72_000;

/** How long open streams may take to send their end marker when the server closes, in milliseconds, with the wait for answers. */
const FAREWELL = 700;

/** How long other requests may take to be answered, in milliseconds. */
const LAST_ANSWERS = 200;

/** How long sensors may take to close after that, in milliseconds. */
const SENSOR_FAREWELL = 150;

const CORS = {
  methods: ['GET', 'HEAD', 'OPTIONS'],
  exposedHeaders: [
    ...Object.keys(PROGRAM_HEADERS),
    'Content-Description',
    'Date',
    'Retry-After',
    STORED_UNTIL,
    RELAY_PATH,
  ],
  maxAge: 86_400,
  strictPreflight: false,
};

/** No route has a schema: Fastify would load Ajv and fast-json-stringify, a tenth of the start, for none. */
const NO_SCHEMAS = {
  buildValidator: () => refuseSchema,
  buildSerializer: () => refuseSchema,
};

function refuseSchema(): never {
  throw new Error('expected routes without a schema; read the request with zod in the handler');
}

/** The limits with their defaults, built again only when a reload has changed them: each request reads them. */
function limitsOf(state: ServerState): () => StreamLimits & ConnectionLimits {
  const withDefaults = (limits: ServerState['limits']) => ({
    ...DEFAULT_LIMITS,
    maxUnansweredRequests: DEFAULT_UNANSWERED_REQUESTS,
    ...limits,
  });
  let before = state.limits;
  let current = withDefaults(before);
  return () => {
    const { limits } = state;
    if (limits !== before) {
      before = limits;
      current = withDefaults(limits);
    }
    return current;
  };
}

/**
 * Builds the server; the caller listens and closes. `close()` closes the datasets, so that every stream ends with its
 * marker, and then every connection.
 */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { state, logger, webRoot, certificate, rowFormats = ROW_FORMATS } = options;
  checkFormats(rowFormats, DOCUMENTS);
  const formats = [...rowFormats, ...DOCUMENTS];
  const { headersTimeout, requestTimeout, maxRequestHead } = { ...DEFAULT_HTTP_LIMITS, ...state.limits };
  const limits = limitsOf(state);
  const complain = (what: string, err: unknown) => options.onError?.(what, err);
  const streams = new OpenStreams(limits, {
    onCutOff: address => options.onUnwanted?.('stream-stuck', address),
    onDisplaced: address => options.onUnwanted?.('stream-displaced', address),
    onError: err => complain('a stream was broken off', err),
  });
  const proxies = new AddressList(() => state.trustProxy ?? DEFAULT_PROXIES);
  const clients = new AllowedClients(state);
  const refuse: Refuse = (request, response, error) => refuseRequest(app, request, response, error);
  const refuseSocket = (socket: Socket, error: RequestError) => refuseOn(app, socket, error);
  const connections = new OpenConnections({
    limits: () => knownLimits(limits(), options.maxOpenFiles),
    isProxy: address => proxies.has(address),
    isBarred: address => !proxies.has(address) && !clients.mayConnect(address),
    isStream: response => streams.has(response),
    needsTls: () => state.certificate !== undefined,
    refuse: refuseSocket,
    onConnection: () => streams.connected(),
    onEnd: (end, address) => options.onUnwanted?.(`connection-${end}`, address),
  });
  const tls = certificate && {
    isWanted: () => state.certificate !== undefined,
    certificates: certificate.use,
    handshakeTimeout: headersTimeout * 1000,
  };
  const http = {
    maxHeaderSize: maxRequestHead,
    headersTimeout: headersTimeout * 1000,
    connectionsCheckingInterval: 2_000,
    requestTimeout: requestTimeout * 1000,
    keepAliveTimeout: KEEP_ALIVE,
  };
  const app: FastifyInstance = fastify({
    // The server logs the addresses that it listens on itself, in one line; of Fastify it logs warnings and errors.
    ...(logger === undefined ? {} : { loggerInstance: logger.child({}, { level: 'warn' }) }),
    logController: new LogController({ disableRequestLogging: true }),
    schemaController: { compilersFactory: NO_SCHEMAS },
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    // A request that comes while the server closes is refused as at any other time.
    return503OnClosing: false,
    frameworkErrors: refuseUnreadable,
    serverFactory: handle =>
      createHttpServer(connections, { handle, refuse, refuseOn: refuseSocket }, http, tls),
    trustProxy: address => proxies.has(address),
    clientErrorHandler: (error, socket) => refuseMalformed(app, error, socket),
    routerOptions: { maxParamLength: 512 },
    // By default the start fails if a plugin takes ten seconds to load, as on a small machine that boots. systemd ends a start that hangs.
    pluginTimeout: 0,
  });
  // No request needs its body: none is read.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));

  // While the server listens, an error means that the kernel could not accept one connection; later ones may succeed.
  app.server.on('error', error => {
    if (app.server.listening) complain('a connection could not be accepted', error);
  });
  app.decorate('streams', streams);
  app.decorate('connections', connections);
  app.decorate('proxies', proxies);
  // Before the hook of CORS, which answers preflight requests.
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(PROGRAM_HEADERS);
  });
  checkClients(app, clients);
  checkHosts(app, state);
  await app.register(cors, {
    delegator: (_request, answer) => {
      const { origins = ['*'] } = state;
      answer(null, { ...CORS, origin: origins.includes('*') ? '*' : [...origins] });
    },
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The page plots other servers too.
        connectSrc: ['*'],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: [frameAncestors(state)],
      },
    },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // These are for https only; over http a browser complains about them or, worse, obeys.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    strictTransportSecurity: false,
  });

  allowFrames(app, state);
  answerErrors(app, state, complain);
  answerRefusals(app);
  guard(app, state);
  checkMethods(app);
  const context: RouteContext = { state, streams, connections, rowFormats, formats };
  dapRoutes(app, context);
  arrayRoutes(app, context);
  catalogRoute(app, context);
  attachedRoute(app, context);
  latestRoutes(app, context);
  healthRoute(app, context);
  metricsRoute(app, context);
  docsRoutes(app);
  signInRoute(app);
  await pageRoutes(app, context, webRoot);

  let ending: { readonly since: number; readonly answered: Promise<void> } | undefined;
  app.decorate('stopAccepting', () => {
    if (ending === undefined) {
      // Where systemd keeps the socket, clients that come from now on wait for the next process.
      stopListening(app.server);
      connections.closeUnsecured();
      ending = { since: performance.now(), answered: connections.allAnswered(LAST_ANSWERS) };
    }
    return ending.answered;
  });
  app.addHook('preClose', async () => {
    await app.stopAccepting();
    const closed = Promise.all(state.datasets.map(dataset => dataset.close()));
    await streams.allEnded(Math.max(0, FAREWELL - (performance.now() - ending!.since)));
    await Promise.race([closed, delay(SENSOR_FAREWELL, undefined, { ref: false })]);
    // A slow disk has all the time that the process has: a clean end loses no row.
    await Promise.all(state.datasets.map(dataset => dataset.stored()));
  });
  return app;
}
