// Reads as much as possible of a broken DAS, as many servers send: a quote or a backslash that is not escaped, an end
// that is missing. An attribute that is in doubt is left out; no attribute is guessed.

import type { AttributeTable } from './attributes.ts';
import { parseStatement, parseTables } from './das.ts';
import { DapSyntaxError, TextScanner } from './text-scanner.ts';

/** The attributes that could be read. */
export interface ReadableDas {
  readonly attributes: AttributeTable;
  /** The first thing that is wrong; undefined where nothing is. */
  readonly problem: DapSyntaxError | undefined;
}

/** Errors that are gone on after, and attributes that are read, at most. */
const MOST_ERRORS = 1000;
const MOST_ATTRIBUTES = 200_000;

/** How statements begin: the end of a table, a table, an attribute of a type. */
const STATEMENT =
  /\}|[^\s{}[\];=,"]+[ \t]*\{|(?:byte|u?int(?:8|16|32|64)?|float(?:32|64)|string|url|alias|otherxml)[ \t]/iy;

/** What can stand where a statement begins; the text may end in the middle of its first word. */
const BEGINNINGS = [STATEMENT, /[^\s"{};]*$/y];

/** The rest of a line that ends the table which began in it. */
const END_OF_TABLE = /[^{}\r\n]*\}[ \t]*;?[ \t]*(?=[\r\n]|$)/y;

/** Reads a DAS as `parseDas` does, and the attributes of a broken one that are not in doubt. Never throws for a text. */
export function readDas(text: string): ReadableDas {
  const first = new Attempt(text, 0);
  if (first.problem === undefined) return first;
  // After an error the rest counts only if its braces fit: a text that was taken for braces would put attributes elsewhere.
  const second = new Attempt(text, MOST_ERRORS);
  return second.isWhole ? second : first;
}

/** One reading of a text, which goes on after `errors` errors. */
class Attempt implements ReadableDas {
  readonly attributes: AttributeTable = new Map();
  problem: DapSyntaxError | undefined;
  /** True where the reading has come to the end of the text, and all braces fit. */
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
        // What begins as no statement does is the rest of an attribute that seemed to end at a quote inside of it.
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
 * True where the next statement of a table may stand, as far in as the one that failed, or the end of the table, as far in as
 * its beginning: lines of a text that seem to be statements seldom lie there.
 */
function mayGoOn(scanner: TextScanner, opened: number, failed: number): boolean {
  const at = scanner.position;
  if (!scanner.matches(STATEMENT, at)) return false;
  return scanner.lineAt(at).indentation === (scanner.isAt('}') ? opened : failed);
}
