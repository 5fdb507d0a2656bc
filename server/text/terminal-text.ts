// How does text stand on a terminal? In columns, and in lines that are not too long.

/** Every terminal shows 80 characters; some are for indentation. */
const LINE = 76;

/** Rows whose cells stand below each other; the last cell is wrapped and goes on below its beginning. */
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

/** A text in lines of at most `width` characters, broken between words; longer words stay whole. */
export function wrapped(text: string, width = LINE): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}

/** `1 sensor`, `2 sensors`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const SIZES = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
] as const;

/** `32 MiB`, `1.5 GiB`, `100 bytes`. */
export function sizeText(bytes: number): string {
  const [factor, unit] = SIZES.find(([least]) => bytes >= least) ?? [1, 'bytes'];
  return `${Number((bytes / factor).toPrecision(3))} ${unit}`;
}

const TIMES = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** `1 d`, `90 s`, `1.5 h`: in the largest unit in which it is short. */
export function durationText(seconds: number): string {
  const [factor, unit] = TIMES.find(
    ([length]) => seconds >= length && Number.isInteger((10 * seconds) / length),
  ) ?? [1, 's'];
  return `${Number((seconds / factor).toPrecision(6))} ${unit}`;
}

/** Seconds as a person says them: `90 s`, `60 minutes`, `3 days`. */
export function spoken(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.round(seconds / 86_400)} days`;
}
