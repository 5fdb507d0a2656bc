// Tells the failures of a request that another attempt may mend from those that will last.

/**
 * What Node's `fetch` says of requests that the Fetch standard refuses, and what that means for people. A browser says nothing of
 * the reason.
 */
const REFUSED: Readonly<Record<string, string>> = {
  'redirect count exceeded': 'it redirects in a circle, or more than 20 times',
  'URL scheme must be a HTTP(S) scheme': 'it redirects to an address that is neither http nor https',
  'bad port': 'it redirects to a port that fetch refuses',
  'cross origin not allowed for request mode "cors"': 'it redirects to an address with a user and a password',
  'Invalid URL': 'it redirects to something that is no address',
};

/** What Node's codes of failures mean that no further attempt will mend: the other side speaks something else, or is not trusted. */
const LASTING: readonly (readonly [RegExp, string])[] = [
  [/^HPE_/, 'expected a server that speaks HTTP, found one that answers something else'],
  [/^UND_ERR_HEADERS_OVERFLOW$/, 'expected the headers of a response, found more of them than 16 KiB'],
  [/^Z_DATA_ERROR$/, 'expected a body compressed as its Content-Encoding says, found something else'],
  [/^ERR_SSL_/, 'expected a server that speaks https, found something else; is its address http://?'],
  // A certificate that is not valid yet can be a clock that is not set yet.
  [
    /^(?:CERT_(?!NOT_YET_VALID)|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_(?:GET|VERIFY)_|ERR_TLS_CERT)/,
    'its certificate is not trusted',
  ],
];

export interface Failure {
  readonly text: string;
  /** Another attempt will fail in the same way, unless the server is set up anew. */
  readonly isLasting: boolean;
}

/** What went wrong, with the cause that Node's `fetch` keeps behind its "fetch failed". */
export function failureIn(error: unknown): Failure {
  if (!(error instanceof Error)) return { text: String(error), isLasting: false };
  const { cause } = error;
  if (!(cause instanceof Error)) return { text: error.message, isLasting: false };
  const refused = Object.hasOwn(REFUSED, cause.message) ? REFUSED[cause.message] : undefined;
  if (refused !== undefined) return { text: refused, isLasting: true };
  const code = 'code' in cause ? String(cause.code) : cause.name;
  const [, meaning] = LASTING.find(([codes]) => codes.test(code)) ?? [];
  const said = `${cause.message === '' ? code : cause.message.trim()}`;
  if (meaning !== undefined) return { text: `${meaning}: ${said}`, isLasting: true };
  return { text: `${error.message}: ${said}`, isLasting: false };
}
