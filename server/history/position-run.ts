// Defines a run of rows whose positions follow one another without a gap, and joins such runs.

export interface PositionRun {
  readonly first: number;
  /** The position after the last row. */
  readonly end: number;
  /** The times of the first and of the last row, in seconds since 1970. */
  readonly firstTime: number;
  readonly lastTime: number;
}

/** Runs, in the order of their positions, with those that touch each other as one. */
export function joinedRuns(runs: readonly PositionRun[]): readonly PositionRun[] {
  const joined: PositionRun[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last?.end !== run.first) joined.push(run);
    else joined[joined.length - 1] = { ...last, end: run.end, lastTime: run.lastTime };
  }
  return joined;
}
