// Finds characters that look like nothing, like a blank or like another character, and names them.

/** Unicode names of the characters that editors, web pages and word processors use in place of plain ones. */
const NAMES: Readonly<Record<number, string>> = {
  9: 'CHARACTER TABULATION',
  133: 'NEXT LINE',
  160: 'NO-BREAK SPACE',
  171: 'LEFT-POINTING DOUBLE ANGLE QUOTATION MARK',
  173: 'SOFT HYPHEN',
  180: 'ACUTE ACCENT',
  187: 'RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK',
  5760: 'OGHAM SPACE MARK',
  6158: 'MONGOLIAN VOWEL SEPARATOR',
  8192: 'EN QUAD',
  8193: 'EM QUAD',
  8194: 'EN SPACE',
  8195: 'EM SPACE',
  8196: 'THREE-PER-EM SPACE',
  8197: 'FOUR-PER-EM SPACE',
  8198: 'SIX-PER-EM SPACE',
  8199: 'FIGURE SPACE',
  8200: 'PUNCTUATION SPACE',
  8201: 'THIN SPACE',
  8202: 'HAIR SPACE',
  8203: 'ZERO WIDTH SPACE',
  8204: 'ZERO WIDTH NON-JOINER',
  8205: 'ZERO WIDTH JOINER',
  8206: 'LEFT-TO-RIGHT MARK',
  8207: 'RIGHT-TO-LEFT MARK',
  8208: 'HYPHEN',
  8209: 'NON-BREAKING HYPHEN',
  8210: 'FIGURE DASH',
  8211: 'EN DASH',
  8212: 'EM DASH',
  8213: 'HORIZONTAL BAR',
  8216: 'LEFT SINGLE QUOTATION MARK',
  8217: 'RIGHT SINGLE QUOTATION MARK',
  8218: 'SINGLE LOW-9 QUOTATION MARK',
  8219: 'SINGLE HIGH-REVERSED-9 QUOTATION MARK',
  8220: 'LEFT DOUBLE QUOTATION MARK',
  8221: 'RIGHT DOUBLE QUOTATION MARK',
  8222: 'DOUBLE LOW-9 QUOTATION MARK',
  8223: 'DOUBLE HIGH-REVERSED-9 QUOTATION MARK',
  8232: 'LINE SEPARATOR',
  8233: 'PARAGRAPH SEPARATOR',
  8234: 'LEFT-TO-RIGHT EMBEDDING',
  8235: 'RIGHT-TO-LEFT EMBEDDING',
  8236: 'POP DIRECTIONAL FORMATTING',
  8237: 'LEFT-TO-RIGHT OVERRIDE',
  8238: 'RIGHT-TO-LEFT OVERRIDE',
  8239: 'NARROW NO-BREAK SPACE',
  8242: 'PRIME',
  8243: 'DOUBLE PRIME',
  8249: 'SINGLE LEFT-POINTING ANGLE QUOTATION MARK',
  8250: 'SINGLE RIGHT-POINTING ANGLE QUOTATION MARK',
  8287: 'MEDIUM MATHEMATICAL SPACE',
  8288: 'WORD JOINER',
  8294: 'LEFT-TO-RIGHT ISOLATE',
  8295: 'RIGHT-TO-LEFT ISOLATE',
  8296: 'FIRST STRONG ISOLATE',
  8297: 'POP DIRECTIONAL ISOLATE',
  8722: 'MINUS SIGN',
  12288: 'IDEOGRAPHIC SPACE',
  65112: 'SMALL EM DASH',
  65123: 'SMALL HYPHEN-MINUS',
  65279: 'ZERO WIDTH NO-BREAK SPACE',
};

/** Invisible characters, and characters that look like a blank. */
const INVISIBLE = /[\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Cc}\u115f\u1160\u2800\u3164\uffa0]/u;

/** Dashes and quotes outside ASCII, and wide forms of ASCII. */
const LOOK_ALIKE = /[\p{Pd}\p{Pi}\p{Pf}\u00b4\u201a\u201e\u2032\u2033\u2212\ufe50-\ufe6b\uff01-\uff5e]/u;

const LETTER = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u;

export interface OddCharacter {
  /** In UTF-16 code units. */
  readonly index: number;
  /** `U+00A0 NO-BREAK SPACE`. */
  readonly name: string;
}

/** The first odd character of `text`; undefined if there is none. */
export function oddCharacter(text: string): OddCharacter | undefined {
  let index = 0;
  // A word in Greek letters is intended; a Greek letter among Latin letters is a slip.
  const mixes = /[A-Za-z0-9]/.test(text);
  for (const character of text) {
    const isPlain = character >= ' ' && character <= '~';
    if (!isPlain && character !== '\n' && character !== '\r') {
      if (isInvisible(character) || LOOK_ALIKE.test(character) || (mixes && isForeign(character))) {
        return { index, name: characterName(character) };
      }
    }
    index += character.length;
  }
  return undefined;
}

function isForeign(character: string): boolean {
  // The signs of micro and ohm are letters of units.
  return LETTER.test(character) && !'\u03bc\u03a9\u2126'.includes(character);
}

function isInvisible(character: string): boolean {
  return character !== ' ' && INVISIBLE.test(character);
}

/** `U+00A0 NO-BREAK SPACE`; the code alone for a rare character. */
function characterName(character: string): string {
  const code = character.codePointAt(0)!;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (NAMES[code] !== undefined) return `${number} ${NAMES[code]}`;
  if (/\p{Script=Cyrillic}/u.test(character)) return `${number}, a Cyrillic letter`;
  if (/\p{Script=Greek}/u.test(character)) return `${number}, a Greek letter`;
  return /[\uff01-\uff5e]/.test(character) ? `${number}, a wide form of "${plainForm(code)}"` : number;
}

function plainForm(wide: number): string {
  return String.fromCharCode(wide - 0xfee0);
}

/** The text with an escape (`\u00a0`) in place of each invisible character. */
export function withVisible(text: string): string {
  return [...text].map(character => (isInvisible(character) ? escaped(character) : character)).join('');
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
