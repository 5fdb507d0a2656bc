// Makes text of other origin harmless to print: characters that a terminal would obey become escapes such as \u001b.

/**
 * Controls (C0, DEL and C1, so all that begins a sequence of a terminal), marks that change the direction of writing, and separators of
 * lines. Ends of lines and tabs are what text is made of.
 */
const OBEYED = /\r(?!\n)|[^\P{Cc}\r\n\t]|[\p{Bidi_Control}\u2028\u2029]/gu;

/** The text with an escape, as JSON has them, in place of each character that a terminal or a viewer of logs would obey. */
export function visibleText(text: string): string {
  return text.replace(OBEYED, escaped);
}

/** The same on one line: of two lines the second could be taken for one of ours. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/[\r\n]/g, character => (character === '\n' ? '\\n' : '\\r'));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
