// Tells failures of a request that another attempt may mend from failures that last.

/** The messages of Node's `fetch` for requests that the Fetch standard forbids, with their meaning. A browser gives no reason. */
const REFUSED: Readonly<Record<string, string>> = {
  'redirect count exceeded': 'it redirects in a circle, or more than 20 times',
  'URL scheme must be a HTTP(S) scheme': 'it redirects to an address that is neither http nor https',
  'bad port': 'it redirects to a port that fetch refuses',
  'cross origin not allowed for request mode "cors"': 'it redirects to an address with a user and a password',
  'Invalid URL': 'it redirects to an invalid address',
};

/** Node's error codes for lasting failures, with their meaning: the server speaks another protocol, or is not trusted. */
const LASTING: readonly (readonly [RegExp, string])[] = [
  [/^HPE_/, 'expected a server that speaks HTTP, found another protocol'],
  [/^UND_ERR_HEADERS_OVERFLOW$/, 'expected at most 16 KiB of response headers, found more'],
  [/^Z_DATA_ERROR$/, 'expected a body compressed as its Content-Encoding says, found something else'],
  [
    /^ERR_SSL_/,
    'expected a server that speaks https, found another protocol; does its address begin with http://?',
  ],
  // A certificate that is not valid yet can mean that our own clock is not set yet.
  [
    /^(?:CERT_(?!NOT_YET_VALID)|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_(?:GET|VERIFY)_|ERR_TLS_CERT)/,
    'its certificate is not trusted',
  ],
];

/** Node's error codes for failures that another attempt may mend, with their meaning. */
const PASSING: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'no server listens there'],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, 'the name cannot be resolved'],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection broke'],
  [/^E(?:HOST|NET)(?:UNREACH|DOWN)$/, 'the network does not reach it'],
  [/^(?:ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT)$/, 'no answer'],
];

export interface Failure {
  readonly text: string;
  /** Another attempt fails in the same way, until an operator changes the server. */
  readonly isLasting: boolean;
}

/** Describes a failure with its cause, which Node's `fetch` hides behind "fetch failed". */
export function failureIn(error: unknown): Failure {
  if (!(error instanceof Error)) return { text: String(error), isLasting: false };
  const { cause } = error;
  if (!(cause instanceof Error)) return { text: error.message, isLasting: false };
  const refused = Object.hasOwn(REFUSED, cause.message) ? REFUSED[cause.message] : undefined;
  if (refused !== undefined) return { text: refused, isLasting: true };
  const code = 'code' in cause ? String(cause.code) : cause.name;
  const meaning = meaningIn(LASTING, code);
  const said = `${cause.message === '' ? code : cause.message.trim()}`;
  if (meaning !== undefined) return { text: `${meaning}: ${said}`, isLasting: true };
  return { text: `${meaningIn(PASSING, code) ?? error.message}: ${said}`, isLasting: false };
}

function meaningIn(meanings: typeof PASSING, code: string): string | undefined {
  return meanings.find(([codes]) => codes.test(code))?.[1];
}
