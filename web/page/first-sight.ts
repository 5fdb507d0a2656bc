// Tells an address that names no dataset and no view from others: of several datasets it shows the wall.

/** Names of what charts show. An older link to a time shows the charts of the first dataset, as it did. */
const CHARTS = ['url', 'd', 'cols', 'window', 'from', 'to', 'at', 'warn', 'alarm'];

export function namesNothing({ search, hash }: Pick<URL, 'search' | 'hash'>): boolean {
  const named = [search, hash].flatMap(part => [...new URLSearchParams(part.replace(/^[?#]/, '')).keys()]);
  return !CHARTS.some(name => named.includes(name));
}
