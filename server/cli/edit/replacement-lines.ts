// Shows a text that replaces a whole file, and the lines of the file before that are gone with it.

import { compared, linesOf, SIGNS } from './line-diff.ts';

/** A line with the keys that it stands below, whatever their indentation. */
interface PlacedLine {
  readonly line: string;
  /** Without its indentation. */
  readonly text: string;
  /** The lines of the keys above it, and its own. */
  readonly place: string;
}

/**
 * The lines of the new text, and those of the file before that it does not have, but for comments. A line that stands elsewhere below
 * the same keys is not listed; below other keys, it is listed as moved.
 */
export function replacementLines(before: string, after: string): readonly string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const lines = compared(old, fresh);
  const removed = placedLines(old).filter(
    ofKind(
      lines.filter(({ kind }) => kind !== 'added'),
      'removed',
    ),
  );
  const added = placedLines(fresh).filter(
    ofKind(
      lines.filter(({ kind }) => kind !== 'removed'),
      'added',
    ),
  );
  const same = matched(removed.filter(isContent), added, ({ place }) => place);
  const moved = matched(same.unmatched, same.others, ({ text }) => text);
  return [
    ...fresh,
    ...listed('gone from the file before:', moved.unmatched, SIGNS.removed),
    ...listed('moved to another place:', moved.matched, SIGNS.same),
  ];
}

function listed(title: string, lines: readonly PlacedLine[], sign: string): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map(({ line }) => `${sign} ${line}`)];
}

/** Whether the line at an index is of this kind. */
function ofKind(lines: ReturnType<typeof compared>, kind: 'removed' | 'added') {
  return (_line: PlacedLine, index: number) => lines[index]?.kind === kind;
}

function isContent({ text }: PlacedLine): boolean {
  return text !== '' && !text.startsWith('#');
}

/** How far the dash of a list counts as indented: a list may begin in the column of its key. */
const DASH = 0.5;

function placedLines(lines: readonly string[]): readonly PlacedLine[] {
  const above: { readonly indent: number; readonly text: string }[] = [];
  return lines.map((line): PlacedLine => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return { line, text, place: text };
    const indent = line.length - line.trimStart().length + (/^-(?:\s|$)/.test(text) ? DASH : 0);
    while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
    above.push({ indent, text });
    return { line, text, place: above.map(key => key.text).join('\n') };
  });
}

/** Pairs lines that have the same key, each with one other. */
function matched(
  lines: readonly PlacedLine[],
  others: readonly PlacedLine[],
  keyOf: (line: PlacedLine) => string,
) {
  const stock = new Map<string, PlacedLine[]>();
  for (const other of others) stock.set(keyOf(other), [...(stock.get(keyOf(other)) ?? []), other]);
  const [paired, unmatched]: [PlacedLine[], PlacedLine[]] = [[], []];
  for (const line of lines) (stock.get(keyOf(line))?.pop() === undefined ? unmatched : paired).push(line);
  return { matched: paired, unmatched, others: [...stock.values()].flat() };
}
