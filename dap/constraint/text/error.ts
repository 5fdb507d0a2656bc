// What is wrong with a constraint expression, and where.

/** Characters of the expression that a message shows on either side of the position. */
const CONTEXT = 60;

/** What is found where the text is over. */
export const THE_END = 'the end';

/** A constraint expression that cannot be read, or not be met by the dataset: a client's mistake, HTTP status 400. */
export class ConstraintError extends Error {
  override readonly name = 'ConstraintError';
  /** The decoded expression; for a malformed percent-escape the query as it came. */
  readonly expression: string;
  /** Where in `expression`, in UTF-16 units from 0. */
  readonly position: number;
  readonly expected: string;
  readonly found: string;

  constructor(expression: string, position: number, expected: string, found: string) {
    super(
      `constraint "${around(expression, position)}", at character ${position}: expected ${expected}, found ${found}`,
    );
    this.expression = expression;
    this.position = position;
    this.expected = expected;
    this.found = found;
  }
}

/** The expression as a message can show it: on one line, and only the neighbourhood where it is long. */
function around(expression: string, position: number): string {
  const from = Math.max(0, position - CONTEXT);
  const to = Math.min(expression.length, position + CONTEXT);
  const middle = visible(expression.slice(from, to));
  return `${from > 0 ? '...' : ''}${middle}${to < expression.length ? '...' : ''}`;
}

/** A piece of the expression in quotes, cut where it is long, for `found`; an empty one is the end. */
export function quoted(text: string): string {
  if (text === '') return THE_END;
  const cut = text.length > 40 ? `${text.slice(0, 37)}...` : text;
  return `"${visible(cut)}"`;
}

/** Control characters and line separators as escapes: a message is one line in a log and in a DAP2 Error. */
function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
