// Reads and writes the parameters of the page's address, which stand in its query, and in its hash if the query ends with `url=`.

/** Every parameter that a part of the page reads. The page reports any other one. */
export const PARAMETERS = [
  'url',
  'd',
  'cols',
  'from',
  'to',
  'window',
  'at',
  'theme',
  'kiosk',
  'warn',
  'alarm',
] as const;

export type ParameterName = (typeof PARAMETERS)[number];

/** Parameters that an address may contain several times. */
const REPEATED: readonly string[] = ['d', 'warn', 'alarm'];

/** The values of each parameter of an address, in their order: those of its query, then those of its hash. */
export type Parameters = ReadonlyMap<string, readonly string[]>;

/** An address in its parts: the parameters as they are written, and what `url=` begins, which is the address of a dataset. */
interface Parts {
  readonly query: readonly string[];
  readonly url: string | undefined;
  readonly hash: readonly string[];
}

/** The parameters of `href`. Without a `=` a word in the hash is a place on the page, unless it is the name of a parameter. */
export function parametersOf(href: string): Parameters {
  const { query, url, hash } = partsOf(href);
  const values = new Map<string, string[]>();
  const isParameter = (text: string) =>
    text.includes('=') || (PARAMETERS as readonly string[]).includes(nameIn(text));
  for (const text of [...query, ...(url === undefined ? [] : [url]), ...hash.filter(isParameter)]) {
    const at = text.indexOf('=');
    const value = at < 0 ? '' : decoded(text.slice(at + 1));
    values.set(nameIn(text), [...(values.get(nameIn(text)) ?? []), value]);
  }
  return values;
}

/** The value of a parameter that an address contains once; of several values the last, which is that of the hash. */
export function lastValue(parameters: Parameters, name: ParameterName): string | undefined {
  return parameters.get(name)?.at(-1);
}

/** The parameters that `parameters` contains more often than once and may not. */
export function doubledIn(parameters: Parameters): string[] {
  return [...parameters]
    .filter(([name, values]) => values.length > 1 && !REPEATED.includes(name))
    .map(([name]) => name);
}

/** The parameters that no part of the page reads. */
export function unknownIn(parameters: Parameters): string[] {
  return [...parameters.keys()].filter(name => !(PARAMETERS as readonly string[]).includes(name));
}

/**
 * `href` with other values: a list writes a parameter several times, undefined removes it. Everything else stays as it is. New
 * values stand in the query, or in the hash if the query ends with `url=`.
 */
export function withParameters(
  href: string,
  changes: Readonly<Partial<Record<ParameterName, string | readonly string[] | undefined>>>,
): string {
  const { query, url, hash } = partsOf(href);
  const names = Object.keys(changes);
  const stays = (text: string) => !names.includes(nameIn(text));
  const added = Object.entries(changes).flatMap(([name, value]) =>
    [value ?? []].flat().map(each => (each === '' && name === 'kiosk' ? name : `${name}=${encoded(each)}`)),
  );
  const isInHash = url !== undefined;
  const newQuery = [...query.filter(stays), ...(isInHash ? [] : added)];
  const newHash = [...hash.filter(stays), ...(isInHash ? added : [])];
  const search = [...newQuery, ...(url === undefined ? [] : [url])].join('&');
  const { origin, pathname } = new URL(href);
  const end = newHash.length === 0 ? '' : `#${newHash.join('&')}`;
  return `${origin}${pathname}${search === '' ? '' : `?${search}`}${end}`;
}

function partsOf(href: string): Parts {
  const { search, hash } = new URL(href);
  const text = search.slice(1);
  const at = /(?:^|&)url=/.exec(text);
  const begin = at === null ? text.length : at.index + (at[0].startsWith('&') ? 1 : 0);
  const pieces = (part: string) => part.split('&').filter(piece => piece !== '');
  return {
    query: pieces(text.slice(0, begin)),
    url: at === null ? undefined : text.slice(begin),
    hash: pieces(hash.slice(1)),
  };
}

function nameIn(text: string): string {
  return decoded(text.split('=', 1)[0]!);
}

/** A plus sign is one, and no blank. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Leaves readable what neither ends a value nor changes it. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd')).replace(
    /%(?:2F|3A|2C|5B|5D|3F)/g,
    decodeURIComponent,
  );
}
