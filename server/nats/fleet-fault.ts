// Names what can go wrong between this machine and the servers of NATS, with a sentence that says what to do.

import { messageOf } from '../../device/index.ts';

export type FaultKind =
  /** No server answers. */
  | 'unreachable'
  /** The servers refuse the credentials, or the credentials can not be read. */
  | 'credentials'
  /** JetStream is not enabled at the servers. */
  | 'no-jetstream'
  | 'no-stream'
  /** The stream is at its limit and refuses messages. */
  | 'full'
  /** A message is larger than the servers accept. */
  | 'too-large'
  /** Another machine publishes a dataset of this name. */
  | 'taken'
  /** The times of the rows are not those of the broker's clock. */
  | 'clock'
  /** A message of a later version. */
  | 'version'
  /** Anything else: the server's own words. */
  | 'refused';

export class FleetFault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}

/** The codes of errors of JetStream's API, as nats-server numbers them. */
export const API_ERRORS = {
  wrongLastSequence: 10_071,
  streamNotFound: 10_059,
  messageNotFound: 10_037,
  /** "maximum bytes exceeded", "maximum messages exceeded", "maximum messages per subject exceeded" and "insufficient resources". */
  full: [10_077, 10_023, 10_047, 10_046],
  tooLarge: 10_054,
} as const;

/** The code of an error of JetStream's API; undefined for any other error. */
export function apiCode(error: unknown): number | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** The fault behind an error of the library. */
export function faultOf(error: unknown, stream: string): FleetFault {
  if (error instanceof FleetFault) return error;
  const code = apiCode(error) ?? 0;
  const text = causesOf(error);
  if (code === API_ERRORS.streamNotFound || /stream not found|no responders|503/i.test(text))
    return new FleetFault('no-stream', missingStream(stream), error);
  if (
    (API_ERRORS.full as readonly number[]).includes(code) ||
    /maximum (bytes|messages)|insufficient/i.test(text)
  ) {
    const advice = 'raise its limits (nats stream edit), or let it delete its oldest rows (--discard old)';
    return new FleetFault('full', `the stream ${stream} is full (${text}): ${advice}`, error);
  }
  if (code === API_ERRORS.tooLarge || /max_?payload|message size exceeds/i.test(text))
    return new FleetFault('too-large', `a message is too large for the stream ${stream}: ${text}`, error);
  if (/authorization|authentication|permissions violation|unable to parse credentials/i.test(text))
    return new FleetFault('credentials', `the server refuses: ${text}`, error);
  if (/jetstream (is )?not enabled/i.test(text)) return new FleetFault('no-jetstream', noJetStream(), error);
  if (/^timeout$/i.test(text) || (error as Error | undefined)?.name === 'TimeoutError') {
    const maybe = 'it is overloaded, or the servers of its cluster have no leader now';
    return new FleetFault('unreachable', `the server does not answer: ${maybe}`, error);
  }
  return new FleetFault('refused', text, error);
}

export function missingStream(stream: string): string {
  return `the stream ${stream} does not exist: create it as docs/fleet.md says, or let a machine that publishes create it (publish.nats.create)`;
}

export function noJetStream(): string {
  return 'the server has no JetStream: start nats-server with -js, or enable it for this account';
}

/** The messages of an error and of its causes, without repetitions. */
function causesOf(error: unknown): string {
  const texts: string[] = [];
  for (let at: unknown = error; at !== undefined && texts.length < 4; at = (at as Error).cause) {
    const text = messageOf(at);
    if (text !== '' && !texts.includes(text)) texts.push(text);
    if (!(at instanceof Error)) break;
  }
  return texts.join(': ');
}
