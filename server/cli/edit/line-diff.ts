// Compares two texts line by line, for a person who is about to save one of them.

export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Lines around a change that are shown. */
const CONTEXT = 2;

/** The largest table of line pairs; between larger texts all lines that differ count as replaced. */
const MOST_PAIRS = 4_000_000;

/** The lines that differ, each with a sign in front, with some lines around them; `...` stands for the others. */
export function diffLines(before: string, after: string): readonly string[] {
  const lines = compared(linesOf(before), linesOf(after));
  const isShown = (index: number) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ kind }) => kind !== 'same');
  const shown: string[] = [];
  for (const [index, { kind, text }] of lines.entries()) {
    if (isShown(index)) shown.push(`${SIGNS[kind]} ${text}`);
    else if (shown.at(-1) !== '...') shown.push('...');
  }
  return shown;
}

/** The sign in front of a shown line. */
export const SIGNS: Readonly<Record<DiffLine['kind'], string>> = { same: ' ', removed: '-', added: '+' };

export function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** All lines of both texts; lines that both have in the same order are there once. */
export function compared(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const line = (kind: DiffLine['kind']) => (text: string) => ({ kind, text });
  return [
    ...before.slice(0, start).map(line('same')),
    ...changedLines(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(line('same')),
  ];
}

/** The longest common subsequence stays; the other lines are removed and added. */
function changedLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const width = after.length + 1;
  const isSmall = before.length * after.length <= MOST_PAIRS;
  /** The length of the longest common subsequence of the rests behind each pair of places. */
  const lengths = new Uint32Array(isSmall ? (before.length + 1) * width : 0);
  for (let at = before.length - 1; isSmall && at >= 0; at -= 1) {
    for (let to = after.length - 1; to >= 0; to -= 1) {
      lengths[at * width + to] =
        before[at] === after[to]
          ? lengths[(at + 1) * width + to + 1]! + 1
          : Math.max(lengths[(at + 1) * width + to]!, lengths[at * width + to + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let [at, to] = [0, 0];
  while (at < before.length || to < after.length) {
    const [old, fresh] = [before[at], after[to]];
    if (isSmall && old !== undefined && old === fresh) {
      lines.push({ kind: 'same', text: old });
      at += 1;
      to += 1;
    } else if (
      old !== undefined &&
      (fresh === undefined || !isSmall || lengths[(at + 1) * width + to]! >= lengths[at * width + to + 1]!)
    ) {
      lines.push({ kind: 'removed', text: old });
      at += 1;
    } else {
      lines.push({ kind: 'added', text: fresh! });
      to += 1;
    }
  }
  return lines;
}
