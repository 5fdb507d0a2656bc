// Decodes the query of a URL to the text of a constraint expression: each percent-escape once.

import { ConstraintError, quoted, THE_END } from './error.ts';

/** The longest expression in characters, and the longest query: an escape takes three characters. */
export const MAX_EXPRESSION = 16_384;
const MAX_QUERY = 3 * MAX_EXPRESSION;

/** A run of escapes, because a character may take several bytes. */
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+|%/gu;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes each percent-escape of `query` once, as UTF-8; `+` stays a plus sign. Clients encode the whole expression with its `&`
 * (getdap), each clause (pydap), or only the characters that a URL cannot hold (browsers). The parser separates the clauses at
 * unquoted `&` after the decoding, so that all three are read alike, and an encoded `&` or quote counts as a plain one.
 *
 * Throws a `ConstraintError` for a malformed escape, for bytes that are not UTF-8, and for a text that is too long.
 */
export function decodeQuery(query: string): string {
  checkLength(query, MAX_QUERY);
  const text = query.replace(ESCAPES, (run, at: number) => {
    if (run === '%') {
      const found = query.slice(at, at + 3);
      throw new ConstraintError(query, at, 'two hexadecimal digits after "%"', quoted(found));
    }
    try {
      return utf8.decode(Uint8Array.from(run.slice(1).split('%'), digits => Number.parseInt(digits, 16)));
    } catch {
      throw new ConstraintError(query, at, 'percent-escapes that are UTF-8', quoted(run));
    }
  });
  checkLength(text, MAX_EXPRESSION);
  return text;
}

function checkLength(text: string, limit: number): void {
  if (text.length > limit) {
    const found = `${text.length}`;
    throw new ConstraintError(text, limit, `${THE_END} after ${limit} characters at most`, found);
  }
}
