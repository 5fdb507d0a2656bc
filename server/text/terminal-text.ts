// Formats text for a terminal: aligned columns, wrapped lines, numbers with units.

/** Characters per line: a terminal has 80, of which some are for indentation. */
const LINE = 76;

/** Aligns the cells of rows in columns; the last cell is wrapped and continues below its start. */
export function aligned(rows: readonly (readonly string[])[], width = LINE): string {
  const columns = Math.max(0, ...rows.map(row => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map(row => (column < row.length - 1 ? row[column]!.length : 0))),
  );
  return rows
    .map(row => {
      const cells = row.slice(0, -1).map((cell, column) => cell.padEnd(widths[column]!));
      const start = cells.map(cell => `${cell}  `).join('');
      const [first = '', ...more] = wrapped(row.at(-1) ?? '', Math.max(32, width - start.length)).split('\n');
      return [`${start}${first}`, ...more.map(line => `${' '.repeat(start.length)}${line}`)]
        .map(line => line.trimEnd())
        .join('\n');
    })
    .join('\n');
}

/** Wraps a text between words into lines of at most `width` characters; longer words stay whole. */
export function wrapped(text: string, width = LINE): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}

/** Such as `1 sensor` or `2 sensors`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const SIZES = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
] as const;

/** Such as `32 MiB`, `1.5 GiB` or `100 bytes`. */
export function sizeText(bytes: number): string {
  const [factor, unit] = SIZES.find(([least]) => bytes >= least) ?? [1, 'bytes'];
  return `${Number((bytes / factor).toPrecision(3))} ${unit}`;
}

const TIMES = [
  [365.25 * 86_400, 'y'],
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** Such as `1 d`, `90 s` or `1.5 h`, in the largest unit that needs at most one decimal. */
export function durationText(seconds: number): string {
  const [factor, unit] = TIMES.find(
    ([length]) => seconds >= length && Number.isInteger((10 * seconds) / length),
  ) ?? [1, 's'];
  return `${Number((seconds / factor).toPrecision(6))} ${unit}`;
}

/** Seconds in rounded words, such as `90 s`, `60 minutes` or `3 days`. */
export function spoken(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.round(seconds / 86_400)} days`;
}
