// Explains the YAML parser's errors in words that help the author of the text.

import type { YAMLError } from 'yaml';
import { oddCharacter } from '../../../device/index.ts';
import type { TextPosition } from './document-text.ts';
import { type Problem, quoted } from './problem.ts';

const QUOTES = 'put a text with such characters in quotes';

/** By the parser's codes: what was expected, and a hint. */
const EXPECTED: Readonly<Record<string, readonly [expected: string, hint?: string]>> = {
  BAD_ALIAS: ['the name of an anchor after *', 'put a text that begins with * in quotes'],
  BAD_COLLECTION_TYPE: ['a value of the type that its tag says'],
  BAD_DIRECTIVE: ['a key or a comment', 'put a text that begins with % in quotes'],
  BAD_DQ_ESCAPE: ['an escape that YAML knows', 'use single quotes for a text with \\'],
  BAD_INDENT: ['the same indentation as before', 'keys of one mapping begin in one column'],
  BAD_SCALAR_START: ['a value', 'put a text that begins with @, % or ` in quotes'],
  BLOCK_AS_IMPLICIT_KEY: [
    'a value of one line without ": " in it',
    'put a text with a colon and a space in quotes, or indent the next line less',
  ],
  BLOCK_IN_FLOW: ['a comma or a closing bracket after a value'],
  KEY_OVER_1024_CHARS: ['a key of at most 1024 characters'],
  MISSING_CHAR: ['a closing quote or bracket, a comma or a space'],
  MULTILINE_IMPLICIT_KEY: ['a colon after a key of one line', 'is a ":" or a quote missing?'],
  MULTIPLE_ANCHORS: ['one anchor a value'],
  MULTIPLE_DOCS: ['one document', 'remove the line "---" or "..."'],
  MULTIPLE_TAGS: ['one tag a value'],
  RESOURCE_EXHAUSTION: ['a text that nests less'],
  TAB_AS_INDENT: ['spaces before a key', 'YAML does not allow a tab there'],
  TAG_RESOLVE_FAILED: ['a tag that YAML 1.2 knows', 'remove the tag, which begins with !'],
  UNEXPECTED_TOKEN: ['a key or a value', QUOTES],
};

/** Turns an error or a warning of the parser into a problem. */
export function syntaxProblem(source: string, text: string, place: TextPosition, error: YAMLError): Problem {
  const [expected, hint] = advice(error);
  const line = (text.split('\n')[place.line - 1] ?? '').replace(/\r$/, '');
  const rest = line.slice(place.column - 1);
  const found = rest.startsWith('\t')
    ? 'a tab'
    : /^[ \t]*$/.test(rest)
      ? 'the end of the line'
      : quoted(rest.replace(/[ \t]+$/, ''));
  const odd = oddInLine(line, place.column - 1);
  return {
    source,
    ...place,
    path: '',
    expected,
    found: odd === undefined ? found : `${found} with ${odd}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The first invisible or look-alike character from `start` on, else of the line; a tab has its own message. */
function oddInLine(line: string, start: number): string | undefined {
  const plain = line.replaceAll('\t', ' ');
  const after = oddCharacter(plain.slice(start));
  const odd = after ?? oddCharacter(plain);
  if (odd === undefined) return undefined;
  return `${odd.name} at column ${odd.index + 1 + (after === undefined ? 0 : start)}`;
}

/** Distinguishes several mistakes with the same code by the parser's message. */
const BY_MESSAGE: readonly (readonly [message: RegExp, expected: string, hint?: string])[] = [
  [/^Flow map.* end with a /, 'a closing "}"'],
  [/^Flow seq.* end with a /, 'a closing "]"'],
  [/closing .quote/, 'a closing quote'],
  [/need to be followed by map values/, 'a colon and a space after a key'],
  [/^Sequence item without/, 'an entry that begins with "- "'],
  [/^Comments must be separated/, 'a space before #'],
  [/^Missing space after :/, 'a space after the colon'],
  [/^Missing ,/, 'a comma'],
  [/^Unexpected flow-(?:map|seq)-end/, 'no closing bracket without an opening one', 'remove it'],
  [/at node end$/, 'nothing more after a complete value', QUOTES],
];

/** What was expected where the parser reports an error, and a hint. */
function advice({ code, message }: YAMLError): readonly [expected: string, hint?: string] {
  const [, ...explanation] = BY_MESSAGE.find(([pattern]) => pattern.test(message)) ?? [];
  const [expected, hint] = explanation;
  if (expected === undefined) return EXPECTED[code] ?? ['YAML'];
  return hint === undefined ? [expected] : [expected, hint];
}
