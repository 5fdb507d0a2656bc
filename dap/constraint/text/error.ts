// Declares the error of a constraint expression, with the position and a readable excerpt of the expression.

/** The characters of the expression before and after the position that a message shows. */
const CONTEXT = 60;

/** The text of `found` at the end of the expression. */
export const THE_END = 'the end';

/** A constraint expression that is malformed or does not fit the dataset: an error of the client, HTTP status 400. */
export class ConstraintError extends Error {
  override readonly name = 'ConstraintError';
  /** The decoded expression; for a malformed percent-escape the query itself. */
  readonly expression: string;
  /** The position of the error in `expression`, in UTF-16 units from 0. */
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

/** The expression around the position, on one line. */
function around(expression: string, position: number): string {
  const from = Math.max(0, position - CONTEXT);
  const to = Math.min(expression.length, position + CONTEXT);
  const middle = visible(expression.slice(from, to));
  return `${from > 0 ? '...' : ''}${middle}${to < expression.length ? '...' : ''}`;
}

/** A piece of the expression in quotes, for `found`: cut if it is long; an empty piece is the end. */
export function quoted(text: string): string {
  if (text === '') return THE_END;
  const cut = text.length > 40 ? `${text.slice(0, 37)}...` : text;
  return `"${visible(cut)}"`;
}

/** The text with control characters and line separators as escapes: a message is one line in a log and in a DAP2 Error. */
function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
