// Asks a port of this machine for the health of a dapberry server, with TLS where the server wants it.

import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { z } from 'zod';
import { type AnsweringLink, LINKS_OF_DATASET, LINKS_OF_FLEET, linksOf } from './answering-links.ts';

export interface AnsweringServer {
  /** Such as `dapberry/0.1.0`. */
  readonly name: string;
  /** Its datasets, and the seconds that their row times are ahead of the clock; empty if the server does not report them. */
  readonly datasets: readonly { readonly name: string; readonly ahead: number }[];
  /** Bytes of memory that the logs of its datasets take; absent if the server does not report them. */
  readonly logBytes?: number | undefined;
  /** The state of its configuration; absent if the server does not report it. */
  readonly configuration?: AnsweringConfiguration | undefined;
  /** Whether it is announced in the network; absent if the server does not report it. */
  readonly announcement?: z.infer<typeof ANNOUNCEMENT> | undefined;
  /** Its connections to other machines; absent if it has none, or does not report them. */
  readonly links?: readonly AnsweringLink[] | undefined;
  /** The certificate of a server that speaks https. */
  readonly certificate?: z.infer<typeof CERTIFICATE> | undefined;
}

const CONFIGURATION = z.object({
  files: z.array(z.string()),
  since: z.number(),
  problems: z.array(z.string()),
  failed: z.array(z.string()),
  problemsSince: z.number().optional(),
  inUse: z.enum(['current', 'previous', 'last-good', 'host-only']),
  lastGood: z.number().optional(),
});

const CERTIFICATE = z.object({
  state: z.enum(['valid', 'expiring', 'expired', 'none']),
  expires: z.number().optional(),
  problem: z.string().optional(),
});

const ANNOUNCEMENT = z.object({
  state: z.enum(['announced', 'off', 'absent', 'failed']),
  name: z.string().optional(),
  type: z.string().optional(),
  reason: z.string().optional(),
});

export type AnsweringConfiguration = z.infer<typeof CONFIGURATION>;

/** Time limit for a response: a small machine may be busy, and a server that has ended refuses the connection at once. */
const TIMEOUT_MS = 10_000;

/** Bytes of an answer that are read at most. */
const LONGEST = 16 * 1024 ** 2;

/** The part of the response of /health that is used. */
const HEALTH = z.object({
  datasets: z.array(
    z.object({
      name: z.string(),
      clock: z.object({ ahead: z.number() }).optional(),
      log: z.object({ bytes: z.number() }).optional().catch(undefined),
      ...LINKS_OF_DATASET,
    }),
  ),
  ...LINKS_OF_FLEET,
  configuration: CONFIGURATION.optional().catch(undefined),
  certificate: CERTIFICATE.optional().catch(undefined),
  announcement: ANNOUNCEMENT.optional().catch(undefined),
});

/** `authorization` is the header of a user; it is sent only once a dapberry server has answered. */
export async function serverAt(
  port: number,
  host = 'localhost',
  authorization?: string,
): Promise<AnsweringServer | undefined> {
  const name = host.includes(':') ? (host === '::' ? '::1' : host) : host;
  const plain = await ask('http', name, port).catch(() => undefined);
  if (plain === undefined) return undefined;
  // A server with TLS says so in plain HTTP, also while it has no certificate.
  const scheme = plain.status === 400 ? 'https' : 'http';
  const open = scheme === 'https' ? ((await ask(scheme, name, port).catch(() => undefined)) ?? plain) : plain;
  const { server } = open;
  if (!server.startsWith('dapberry/')) return undefined;
  const own =
    authorization === undefined
      ? undefined
      : await ask(scheme, name, port, authorization).catch(() => undefined);
  const { body } = own ?? open;
  // Without the password of a user, the body is an error.
  const { data } = HEALTH.safeParse(jsonIn(body));
  const datasets = data?.datasets.map(({ name, clock }) => ({ name, ahead: clock?.ahead ?? 0 })) ?? [];
  const logs = data?.datasets.flatMap(({ log }) => log?.bytes ?? []) ?? [];
  const links = data === undefined ? [] : linksOf(data);
  return {
    name: server,
    datasets,
    ...(logs.length === 0 ? {} : { logBytes: logs.reduce((sum, bytes) => sum + bytes, 0) }),
    ...(links.length === 0 ? {} : { links }),
    ...(data?.configuration === undefined ? {} : { configuration: data.configuration }),
    ...(data?.announcement === undefined ? {} : { announcement: data.announcement }),
    ...(data?.certificate === undefined ? {} : { certificate: data.certificate }),
  };
}

interface ReceivedAnswer {
  readonly status: number;
  /** The program that answers, such as `dapberry/0.1.0`. */
  readonly server: string;
  readonly body: string;
}

function ask(
  scheme: 'http' | 'https',
  hostname: string,
  port: number,
  authorization?: string,
): Promise<ReceivedAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = authorization === undefined ? {} : { authorization };
    // The certificate names other addresses than this one. A secret goes only to a server of this machine.
    const options = { hostname, port, path: '/health', headers, agent: false, signal } as const;
    const take = (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > LONGEST) response.destroy(new Error('too long'));
      });
      response.once('error', reject);
      const server = String(response.headers['xopendap-server'] ?? '');
      response.once('end', () => resolve({ status: response.statusCode ?? 0, server, body }));
    };
    const request =
      scheme === 'http' ? httpGet(options, take) : httpsGet({ ...options, rejectUnauthorized: false }, take);
    request.once('error', reject);
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
