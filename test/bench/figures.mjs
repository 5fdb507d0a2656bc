// Summarises the figures of benches and prints them as a Markdown table.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** 12345678 as `12.3 M`. */
export function millions(value) {
  const number = value / 1e6;
  return `${number.toFixed(number < 10 ? 2 : 1)} M`;
}

/** The least and the greatest of several measurements, as `show` prints them: ` (1.20 to 1.31)`. */
export function spread(values, show) {
  return ` (${show(Math.min(...values))} to ${show(Math.max(...values))})`;
}

/** The median of several measurements, with the least and the greatest. */
export function medianOf(values, show) {
  return `${show(median(values))}${spread(values, show)}`;
}

export function yesOrNo(reached) {
  return reached ? 'yes' : 'no';
}

/** A table in Markdown, each column as wide as its longest cell. */
export function table(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map(row => row[column].length)));
  const line = row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
}
