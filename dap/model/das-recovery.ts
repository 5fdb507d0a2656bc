// Reads as much as possible of a broken DAS: with a quote or a backslash that is not escaped, or without its end.

import type { AttributeTable } from './attributes.ts';
import { parseStatement, parseTables } from './das.ts';
import { DapSyntaxError, TextScanner } from './text-scanner.ts';

/** The attributes that could be read. */
export interface ReadableDas {
  readonly attributes: AttributeTable;
  /** The first error; undefined without one. */
  readonly problem: DapSyntaxError | undefined;
}

/** The most errors after which the reading continues, and the most attributes that are read. */
const MOST_ERRORS = 1000;
const MOST_ATTRIBUTES = 200_000;

/** The beginning of a statement: the end of a table, a table, or an attribute with its type. */
const STATEMENT =
  /\}|[^\s{}[\];=,"]+[ \t]*\{|(?:byte|u?int(?:8|16|32|64)?|float(?:32|64)|string|url|alias|otherxml)[ \t]/iy;

/** The beginnings that a valid text allows for a statement; the text may end in the middle of its first word. */
const BEGINNINGS = [STATEMENT, /[^\s"{};]*$/y];

/** The rest of a line that ends a table which began in the same line. */
const END_OF_TABLE = /[^{}\r\n]*\}[ \t]*;?[ \t]*(?=[\r\n]|$)/y;

/** Reads a DAS as `parseDas` does; of a broken DAS, all attributes but those in doubt. Never throws for a text. */
export function readDas(text: string): ReadableDas {
  const first = new Attempt(text, 0);
  if (first.problem === undefined) return first;
  // The rest after an error counts only if its braces match: a text that was taken for braces would misplace attributes.
  const second = new Attempt(text, MOST_ERRORS);
  return second.isWhole ? second : first;
}

/** One reading of a text, which continues after up to `errors` errors. */
class Attempt implements ReadableDas {
  readonly attributes: AttributeTable = new Map();
  problem: DapSyntaxError | undefined;
  /** True if the reading has reached the end of the text, and all braces match. */
  isWhole = false;
  #errorsLeft: number;
  #attributesLeft = MOST_ATTRIBUTES;

  constructor(text: string, errors: number) {
    this.#errorsLeft = errors;
    try {
      parseTables(new TextScanner('DAS', text), this.attributes, this.#parseTable);
      this.isWhole = true;
    } catch (error) {
      if (!(error instanceof DapSyntaxError)) throw error;
      this.problem ??= error;
    }
  }

  readonly #parseTable = (scanner: TextScanner, table: AttributeTable): void => {
    const opened = scanner.lineAt(scanner.position);
    scanner.open();
    const { depth } = scanner;
    let last: string | undefined;
    while (!scanner.close()) {
      const at = scanner.position;
      if (this.#attributesLeft-- === 0) throw scanner.error(`at most ${MOST_ATTRIBUTES} attributes`);
      try {
        last = parseStatement(scanner, table, this.#parseTable);
      } catch (error) {
        // An error further inside has been handled there.
        if (!(error instanceof DapSyntaxError) || scanner.depth > depth) throw error;
        // Anything that cannot begin a statement is the rest of an attribute that seemed to end at a quote inside it.
        if (last !== undefined && !BEGINNINGS.some(pattern => scanner.matches(pattern, at)))
          table.delete(last);
        last = undefined;
        this.problem ??= error;
        if (this.#errorsLeft-- === 0) throw error;
        scanner.goTo(at);
        const failed = scanner.lineAt(at);
        if (opened.line === failed.line && scanner.matches(END_OF_TABLE, at)) {
          scanner.skipLine(at, depth - 1);
          return;
        }
        do {
          scanner.skipLine(scanner.position, depth);
          if (scanner.isAtEnd()) throw error;
        } while (!mayGoOn(scanner, opened.indentation, failed.indentation));
      }
    }
  };
}

/**
 * True if a statement begins here with the indentation of the failed statement, or the table ends here with the indentation of
 * its beginning. Lines of a text that look like statements seldom have these indentations.
 */
function mayGoOn(scanner: TextScanner, opened: number, failed: number): boolean {
  const at = scanner.position;
  if (!scanner.matches(STATEMENT, at)) return false;
  return scanner.lineAt(at).indentation === (scanner.isAt('}') ? opened : failed);
}
