// Finds the line of an offset in a text. A line ends with LF, CRLF or CR.

const LINE_END = /\r\n|\r|\n/g;

/** A line: its number from 1, and the offset of its beginning. */
interface NumberedLine {
  readonly line: number;
  readonly start: number;
}

/** The lines of one text. Counts from the last result: a text may have many errors. */
export class TextLines {
  readonly #text: string;
  #last: NumberedLine = { line: 1, start: 0 };

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of `offset`. */
  at(offset: number): NumberedLine {
    let { line, start } = this.#last;
    while (offset < start) {
      start = this.#startBefore(start);
      line -= 1;
    }
    LINE_END.lastIndex = start;
    for (let found = LINE_END.exec(this.#text); found !== null; found = LINE_END.exec(this.#text)) {
      const next = found.index + found[0].length;
      if (next > offset) break;
      line += 1;
      start = next;
    }
    this.#last = { line, start };
    return this.#last;
  }

  /** The offset of the end of the line of `offset`. */
  endOf(offset: number): number {
    LINE_END.lastIndex = offset;
    return LINE_END.exec(this.#text)?.index ?? this.#text.length;
  }

  /** The beginning of the line before the line at `start`. Reads only that line. */
  #startBefore(start: number): number {
    let at = start - (this.#text.startsWith('\r\n', start - 2) ? 2 : 1);
    while (at > 0 && this.#text[at - 1] !== '\n' && this.#text[at - 1] !== '\r') at -= 1;
    return at;
  }
}
