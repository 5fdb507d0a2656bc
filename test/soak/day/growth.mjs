// Says whether something grows: the line through the measures of the second half, as a change over that half.

/** @param points [seconds, value] in their order */
export function growth(points) {
  const half = points.slice(points.length >> 1);
  const mean = index => half.reduce((sum, point) => sum + point[index], 0) / half.length;
  const [x, y] = [mean(0), mean(1)];
  const slope =
    half.reduce((sum, [seconds, value]) => sum + (seconds - x) * (value - y), 0) /
    half.reduce((sum, [seconds]) => sum + (seconds - x) ** 2, 0);
  return { mean: y, change: slope * (half.at(-1)[0] - half[0][0]) };
}
