// Marks parts of a text as bold or coloured for a terminal, so that nothing else in the text can do that.

import { randomUUID } from 'node:crypto';
import { styleText } from 'node:util';
import { visibleText } from '../text/visible-text.ts';
import type { Style } from './commands/command.ts';

/** A random word, so that no printed text can contain a mark. */
const SECRET = randomUUID();
const BETWEEN = 'x';
const MARK = new RegExp(`<${SECRET} (.*?)>`, 'g');

export class TerminalStyles {
  readonly #marks = new Map<string, string>();
  readonly #stream: NodeJS.WriteStream;

  /** Styles text only for a terminal, and only without NO_COLOR. */
  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** The text between marks, which `shown` replaces by the terminal's sequences. */
  styled(style: Style, text: string): string {
    const [open = '', close = ''] = styleText(style, BETWEEN, { stream: this.#stream }).split(BETWEEN);
    if (open === '') return text;
    this.#marks.set(`${style} on`, open).set(`${style} off`, close);
    return `<${SECRET} ${style} on>${text}<${SECRET} ${style} off>`;
  }

  /** The text as it is printed: control characters escaped, and marks replaced by the terminal's sequences. */
  shown(text: string): string {
    return visibleText(text).replace(MARK, (_mark, name: string) => this.#marks.get(name) ?? '');
  }
}
