// Places labels as near to their wanted places as they can be without covering one another.

/**
 * Places for labels of height `gap` between 0 and `limit`, in the order of `wanted`; undefined stays undefined. More labels
 * than fit overlap evenly.
 */
export function spread(
  wanted: readonly (number | undefined)[],
  gap: number,
  limit: number,
): (number | undefined)[] {
  const order = wanted.flatMap((at, index) => (at === undefined ? [] : [{ at, index }]));
  order.sort((a, b) => a.at - b.at || a.index - b.index);
  const fitting = Math.min(gap, limit / Math.max(1, order.length - 1));
  let least = 0;
  for (const place of order) {
    place.at = Math.max(least, place.at);
    least = place.at + fitting;
  }
  let most = limit;
  for (const place of order.toReversed()) {
    place.at = Math.min(most, place.at);
    most = place.at - fitting;
  }
  const places: (number | undefined)[] = wanted.map(() => undefined);
  for (const { at, index } of order) places[index] = at;
  return places;
}
