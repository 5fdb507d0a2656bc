// Finds datasets by the words that a reader types: parts of the name, the title and the columns.

/** The texts of a dataset that a search looks through. */
export interface Searchable {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly string[];
}

/** The places of the datasets that hold each word of `text`, those with the words in their names first, then in their titles. */
export function search(datasets: readonly Searchable[], text: string): readonly number[] {
  const words = plain(text)
    .split(/\s+/)
    .filter(word => word !== '');
  const ranked = datasets.flatMap((dataset, place) => {
    const rank = rankOf(dataset, words);
    return rank === undefined ? [] : [{ place, rank }];
  });
  return ranked
    .sort((one, other) => one.rank - other.rank || one.place - other.place)
    .map(({ place }) => place);
}

/** 0 with all words in the name or the title at its beginning, 1 elsewhere in them, 2 with columns; undefined if a word is missing. */
function rankOf({ name, title, columns }: Searchable, words: readonly string[]): number | undefined {
  const [shortName, longName] = [plain(name), plain(title)];
  const names = `${shortName} ${longName}`;
  const all = `${names} ${plain(columns.join(' '))}`;
  if (!words.every(word => all.includes(word))) return undefined;
  if (!words.every(word => names.includes(word))) return 2;
  const [first = ''] = words;
  return shortName.startsWith(first) || longName.startsWith(first) ? 0 : 1;
}

/** Without case and accents: `Wärme` is found by `warme`. */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
