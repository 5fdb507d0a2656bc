// Reads a YAML text into a plain value, and records the position of each key and value.

import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  YAMLParseError,
} from 'yaml';
import { oddCharacter } from '../../../device/index.ts';
import { decodeText, type TextPosition } from './document-text.ts';
import { type Problem, pathText, quoted, type Step } from './problem.ts';
import { syntaxProblem } from './syntax.ts';

/** The depth of nested mappings and lists, aliases followed; a configuration has seven. */
const DEEPEST = 32;

/** The number of values, aliases followed, because an alias can repeat a large value. */
const MOST_VALUES = 50_000;

/** Mistakes in the YAML syntax that are reported; further ones usually follow from these. */
const MOST_ERRORS = 20;

/** A parsed text, with its problems if it has any. */
export interface Document {
  readonly source: string;
  /** Mappings are objects without a prototype; the first of two equal keys counts. Undefined if the text is not YAML. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The position of a value or of its key; for a missing value, the position of the key above. */
  positionOf(path: readonly Step[], part: 'key' | 'value'): TextPosition;
  /** Names the first invisible or look-alike character of a key or a value; undefined if there is none. */
  oddIn(path: readonly Step[], part: 'key' | 'value'): string | undefined;
}

/** Parses a text, or the bytes of a file, which must be UTF-8. Never throws, and takes bounded time. */
export function readDocument(source: string, content: string | Uint8Array): Document {
  const decoded = decodeText(source, content);
  if ('problem' in decoded) return unreadable(source, decoded.problem);
  const { text } = decoded;
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    const place = positionAt(lines, deep.offset);
    const expected = `at most ${DEEPEST} nested mappings and lists`;
    return unreadable(source, { source, ...place, path: '', expected, found: 'more' });
  }
  // The reader below reports equal keys: the library's search for them takes quadratic time.
  const composer = new Composer({
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    version: '1.2',
  });
  const [document, ...others] = composer.compose(tokens, true, text.length);
  const wrong = [...(document?.errors ?? []), ...(document?.warnings ?? [])].slice(0, MOST_ERRORS);
  for (const { range } of others.slice(0, 1)) {
    wrong.push(new YAMLParseError([range[0], range[1]], 'MULTIPLE_DOCS', 'more than one document'));
  }
  if (wrong.length > 0) {
    const problems = wrong.map(error => syntaxProblem(source, text, positionAt(lines, error.pos[0]), error));
    return unreadable(source, ...problems);
  }
  return new Reader(source, text, lines).read(document?.contents ?? null);
}

/** The first token that is nested too deeply. Must run before the library, which recurses into the tokens. */
function tooDeep(tokens: readonly CST.Token[]): CST.Token | undefined {
  const left: { readonly token: CST.Token; readonly depth: number }[] = tokens.map(token => ({
    token,
    depth: 0,
  }));
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) return token;
    const inside = 'items' in token ? token.items.flatMap(({ key, value }) => [key, value]) : [];
    if (token.type === 'document') inside.push(token.value);
    for (const child of inside) if (child) left.push({ token: child, depth: depth + 1 });
  }
  return undefined;
}

function unreadable(source: string, ...problems: readonly Problem[]): Document {
  return {
    source,
    value: undefined,
    problems,
    positionOf: () => ({ line: 1, column: 1 }),
    oddIn: () => undefined,
  };
}

function positionAt(lines: LineCounter, offset: number): TextPosition {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Builds the value of a document, and records the positions of its parts. */
class Reader {
  readonly #source: string;
  readonly #text: string;
  readonly #lines: LineCounter;
  readonly #problems: Problem[] = [];
  /** The newest node of each anchor so far; filled in the order of the text. */
  readonly #anchors = new Map<string, Node>();
  readonly #positions = new Map<string, { readonly key?: TextPosition; readonly value: TextPosition }>();
  readonly #nodes = new Map<string, { readonly key?: unknown; readonly value: unknown }>();
  /** The mappings and lists that are not complete yet. */
  readonly #open = new Set<unknown>();
  #values = 0;

  constructor(source: string, text: string, lines: LineCounter) {
    this.#source = source;
    this.#text = text;
    this.#lines = lines;
  }

  read(contents: Node | null): Document {
    const value = this.#valueOf(contents, [], false);
    return {
      source: this.#source,
      value,
      problems: this.#problems,
      positionOf: (path, part) => this.#positionOf(path, part),
      oddIn: (path, part) => this.#oddIn(path, part),
    };
  }

  #positionOf(path: readonly Step[], part: 'key' | 'value'): TextPosition {
    const found = this.#positions.get(JSON.stringify(path));
    if (found !== undefined) return part === 'key' ? (found.key ?? found.value) : found.value;
    // A missing value has the position of the key above.
    return path.length === 0 ? { line: 1, column: 1 } : this.#positionOf(path.slice(0, -1), 'key');
  }

  #oddIn(path: readonly Step[], part: 'key' | 'value'): string | undefined {
    const node = this.#nodes.get(JSON.stringify(path))?.[part];
    if (!isScalar(node) || node.range === undefined || node.range === null) return undefined;
    const [start, end] = node.range;
    const odd = oddCharacter(this.#text.slice(start, end));
    if (odd !== undefined) {
      const { line, column } = positionAt(this.#lines, start + odd.index);
      const place = line === positionAt(this.#lines, start).line ? '' : `line ${line}, `;
      return `${odd.name} at ${place}column ${column}`;
    }
    // Written as an escape.
    return typeof node.value === 'string' ? oddCharacter(node.value)?.name : undefined;
  }

  #valueOf(node: unknown, path: readonly Step[], again: boolean): unknown {
    this.#values++;
    if (isAlias(node)) return this.#aliasValue(node, path);
    if (path.length > DEEPEST) return this.#refuse(node, path, `at most ${DEEPEST} levels`, 'more');
    if (this.#values > MOST_VALUES) {
      if (this.#values === MOST_VALUES + 1) this.#refuse(node, [], `at most ${MOST_VALUES} values`, 'more');
      return undefined;
    }
    const { anchor } = (node ?? {}) as Partial<Node> & { readonly anchor?: string };
    if (anchor !== undefined && !again) this.#anchors.set(anchor, node as Node);
    this.#open.add(node);
    const value = this.#contentOf(node, path, again);
    this.#open.delete(node);
    return value;
  }

  #contentOf(node: unknown, path: readonly Step[], again: boolean): unknown {
    if (isMap(node)) return this.#mapping(node.items, path, again);
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const inside = [...path, index];
        this.#keep(inside, { value: this.#positionOfNode(item) ?? this.#positionOf(path, 'value') });
        this.#nodes.set(JSON.stringify(inside), { value: item });
        return this.#valueOf(item, inside, again);
      });
    }
    return isScalar(node) ? node.value : null;
  }

  #mapping(pairs: readonly Pair[], path: readonly Step[], again: boolean): unknown {
    const mapping: Record<string, unknown> = Object.create(null);
    for (const pair of pairs) {
      const place = this.#positionOfNode(pair.key) ?? this.#positionOf(path, 'value');
      const key = keyText(pair.key);
      if (key === undefined || key === '__proto__') {
        const found = key === undefined ? 'something else' : quoted(key);
        this.#refuse(pair.key, path, 'a name before the colon', found);
        continue;
      }
      const inside = [...path, key];
      if (Object.hasOwn(mapping, key)) {
        const { line } = this.#positionOf(inside, 'key');
        const found = `${quoted(key)} again after line ${line}`;
        this.#problems.push({
          source: this.#source,
          ...place,
          path: pathText(inside),
          expected: 'each key once',
          found,
        });
        continue;
      }
      this.#keep(inside, { key: place, value: this.#positionOfNode(pair.value) ?? place });
      this.#nodes.set(JSON.stringify(inside), { key: pair.key, value: pair.value });
      mapping[key] = this.#valueOf(pair.value, inside, again);
    }
    return mapping;
  }

  #aliasValue(alias: { readonly source: string }, path: readonly Step[]): unknown {
    const node = this.#anchors.get(alias.source);
    if (node === undefined) {
      const hint = 'put a text that begins with * in quotes';
      return this.#refuse(alias, path, `an anchor &${alias.source} before this alias`, 'none', hint);
    }
    if (this.#open.has(node)) {
      return this.#refuse(
        alias,
        path,
        'an alias of a complete value',
        'an alias of a value that contains it',
      );
    }
    return this.#valueOf(node, path, true);
  }

  #keep(path: readonly Step[], places: { readonly key?: TextPosition; readonly value: TextPosition }): void {
    this.#positions.set(JSON.stringify(path), places);
  }

  #positionOfNode(node: unknown): TextPosition | undefined {
    const { range } = (node ?? {}) as { readonly range?: readonly number[] | null };
    return range?.[0] === undefined ? undefined : positionAt(this.#lines, range[0]);
  }

  #refuse(node: unknown, path: readonly Step[], expected: string, found: string, hint?: string): undefined {
    const place = this.#positionOfNode(node) ?? this.#positionOf(path, 'value');
    this.#problems.push({
      source: this.#source,
      ...place,
      path: pathText(path),
      expected,
      found,
      ...(hint && { hint }),
    });
    return undefined;
  }
}

/** A key as text: `8080:` is the key "8080". Undefined for a mapping, a list and nothing. */
function keyText(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined;
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}
