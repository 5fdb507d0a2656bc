// Makes foreign text safe to print by escaping the characters that a terminal would obey, such as \u001b.

/**
 * Control characters (C0, DEL and C1, which begin terminal sequences), marks that change the writing direction, and line
 * separators. Line ends and tabs are kept. `withVisible` escapes more, such as a no-break space: it quotes mistyped text.
 */
const OBEYED = /\r(?!\n)|[^\P{Cc}\r\n\t]|[\p{Bidi_Control}\u2028\u2029]/gu;

/** Escapes, in JSON's notation, each character that a terminal or a log viewer would obey. */
export function visibleText(text: string): string {
  return text.replace(OBEYED, escaped);
}

/** As `visibleText`, on one line: a second line could pass for a line of this program. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/[\r\n]/g, character => (character === '\n' ? '\\n' : '\\r'));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
