// Describes a response format: the suffix of its addresses, its media type, and the words that pages show for it.

/** An option of a response: a clause of the query that changes how it is written, not what it holds. */
export interface FormatOption {
  /** Small letters. It may be the name of a column: `time=iso` is the option, `time=1700000000` a condition. */
  readonly name: string;
  /** Words of small letters; the first one is the default. */
  readonly values: readonly [string, ...string[]];
  /** For the help page: a line without a full stop. */
  readonly summary: string;
}

/** One way in which a server answers for a dataset, at the address of the dataset with a suffix behind it. */
export interface ResponseFormat {
  /** With its dot, as it stands in addresses and links: `.dods`. */
  readonly suffix: string;
  /** Other suffixes that give the same response. */
  readonly aliases?: readonly string[];
  /** The header Content-Type. */
  readonly mediaType: string;
  /** The header Content-Description, by which DAP2 clients recognise a response (DAP2 draft, section 4.2). */
  readonly description?: string;
  /** A noun for links and buttons: `text`. */
  readonly label: string;
  /** The content of the response, for the help page: a line without a full stop. */
  readonly summary: string;
  /** The parts of a constraint that change the response: all of it, the projection alone, or nothing. */
  readonly constrainedBy: 'constraint' | 'projection' | 'nothing';
  /** True for rows that the server refuses to send without an end: the constraint has to bound them. */
  readonly needsEnd?: boolean;
  /** Options that the query may choose, in a clause such as `&header=names`. */
  readonly options?: readonly FormatOption[];
}

/** True for a response that holds rows: without a constraint it is endless. */
export function hasRows({ constrainedBy }: ResponseFormat): boolean {
  return constrainedBy === 'constraint';
}

/** All suffixes of a format, the one for links first. */
export function suffixesOf({ suffix, aliases = [] }: ResponseFormat): string[] {
  return [suffix, ...aliases];
}

/** A function that takes one of the suffixes of `formats` off the end of an address or a path. */
export function suffixStripper(formats: readonly ResponseFormat[]): (address: string) => string {
  const suffixes = formats.flatMap(suffixesOf);
  return address => {
    const end = suffixes.find(suffix => address.endsWith(suffix));
    return end === undefined ? address : address.slice(0, -end.length);
  };
}
