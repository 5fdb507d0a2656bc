// Finds the known word that is nearest to a mistyped or shortened one, for a hint in an error message.

/** Characters of the longest word that is compared: a longer one is no slip of a known word. */
const LONGEST = 64;

/**
 * The known word that is nearest to `word`, with at most one slip in three letters; case, `-`, `_` and blanks do not count. Else
 * the only known word that `word` shortens. Undefined if there is none.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_\s]/g, '');
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const slips = distance(plain(word), plain(candidate));
    if (slips < least && slips <= Math.floor(Math.max(word.length, candidate.length) / 3)) {
      best = candidate;
      least = slips;
    }
  }
  return best ?? shortened(plain(word), known, plain);
}

/** Letters that the beginning of another word has at least. */
const LEAST_BEGINNING = 3;

/** The only known word that begins with `word`, or that consists of its letters with others between them: `A0` shortens `AIN0`. */
function shortened(
  word: string,
  known: readonly string[],
  plain: (text: string) => string,
): string | undefined {
  const begins = known.filter(
    candidate => word.length >= LEAST_BEGINNING && plain(candidate).startsWith(word),
  );
  if (begins.length === 1) return begins[0];
  const [first, last] = [word.at(0), word.at(-1)];
  if (word.length < 2 || begins.length > 1) return undefined;
  const within = known.filter(candidate => {
    const text = plain(candidate);
    if (text.at(0) !== first || text.at(-1) !== last || text.length > 3 * word.length) return false;
    let at = 0;
    for (const letter of text) if (letter === word[at]) at++;
    return at === word.length;
  });
  return within.length === 1 ? within[0] : undefined;
}

/**
 * The number of letters to insert, delete, replace or swap with a neighbour on the way from one word to another (optimal string
 * alignment; Damerau, Comm. ACM 7(3), 1964).
 */
export function distance(from: string, to: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      let least = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + same);
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        least = Math.min(least, beforeLast[column - 2]! + 1);
      }
      current.push(least);
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length]!;
}
